import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './step.mjs';

/** @typedef {Readonly<Record<string, string>>} Packages programs, each with the Debian package that brings it */

/** @type {Packages} */
const TEST_PACKAGES = {
  chromium: 'chromium',
  tshark: 'tshark',
  curl: 'curl',
  openssl: 'openssl',
  nc: 'netcat-openbsd',
  slowhttptest: 'slowhttptest',
  nginx: 'nginx-light',
  haproxy: 'haproxy',
};

function isExecutable(/** @type {string} */ path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export function isThere(/** @type {string} */ program) {
  const chosen = process.env['CHROMIUM_PATH'];
  if (program === 'chromium' && chosen !== undefined) return isExecutable(chosen);
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.some((folder) => isExecutable(join(folder, program)));
}

/** @returns {string[]} packages that bring what is missing */
const missingPackages = (/** @type {Packages} */ packages) =>
  Object.entries(packages).flatMap(([program, name]) => (isThere(program) ? [] : [name]));

const INSTALL = ['apt-get', 'install', '-y', '--no-install-recommends'];

/**
 * The tests never skip for want of a program: on Debian as root it is installed, elsewhere the answer says what to
 * install. Null when everything is there.
 */
export const ensureSystemTools = () => ensurePrograms(TEST_PACKAGES);

/** The same for any programs. */
export function ensurePrograms(/** @type {Packages} */ packages) {
  const missing = missingPackages(packages);
  if (missing.length === 0) return null;
  const isRootOnDebian = process.getuid?.() === 0 && existsSync('/etc/debian_version');
  if (!isRootOnDebian) return whatToInstall(missing);
  const unattended = { DEBIAN_FRONTEND: 'noninteractive' };
  const problem = run(['apt-get', 'update'], unattended) ?? run([...INSTALL, ...missing], unattended);
  if (problem !== null) return `apt-get: ${problem}\n${whatToInstall(missing)}`;
  const still = missingPackages(packages);
  return still.length === 0 ? null : whatToInstall(still);
}

function whatToInstall(/** @type {readonly string[]} */ packages) {
  return [
    `${packages.join(', ')} must be installed. On Debian:`,
    `  sudo apt-get update && sudo ${INSTALL.join(' ')} ${packages.join(' ')}`,
    'Elsewhere install the programs of the same names; a Chromium or Chrome in another place is named by CHROMIUM_PATH',
  ].join('\n');
}
