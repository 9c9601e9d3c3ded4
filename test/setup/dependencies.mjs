import { isInstalled } from '../../src-main/launch/install.mjs';
import { ROOT, run } from './step.mjs';

/** Installs what package-lock.json names, where it is missing or differs. Null when it is there. */
export function ensureDependencies() {
  if (isInstalled(ROOT)) return null;
  const problem = run(['npm', 'ci', '--include=dev', '--no-audit', '--no-fund']);
  return problem === null ? null : `npm ci: ${problem}`;
}
