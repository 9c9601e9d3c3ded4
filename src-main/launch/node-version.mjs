// @ts-check
/** Is this Node new enough? What is asked for stands in package.json alone. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What is wrong with this Node; null where it will do.
 *
 * @param {string} root
 * @param {string} [version] as Node tells its own
 */
export function nodeProblem(root, version = process.versions.node) {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const oldest = String(engines.node).replace('>=', '');
  const [oldestMajor = 0, oldestMinor = 0] = oldest.split('.').map(Number);
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isNewEnough = major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
  return isNewEnough ? null : `Node ${oldest} or newer is needed; this is ${version}.`;
}
