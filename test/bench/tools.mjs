import { ensureDependencies } from '../setup/dependencies.mjs';
import { ensurePrograms } from '../setup/system-tools.mjs';
import { ensureComparedPackages } from './compared-packages.mjs';

/** Proxies to compare with. Where they cannot be had, that comparison is left out and the others stay. */
const COMPARED = { nginx: 'nginx-light', haproxy: 'haproxy' };

/** wrk and slowhttptest make the load, taskset keeps it off the server's core. Null when everything is there. */
export function ensureTools() {
  const problem =
    ensureDependencies() ?? ensurePrograms({ wrk: 'wrk', taskset: 'util-linux', slowhttptest: 'slowhttptest' });
  if (problem !== null) return problem;
  for (const missing of [ensurePrograms(COMPARED), ensureComparedPackages()]) {
    if (missing !== null) console.error(missing);
  }
  return null;
}
