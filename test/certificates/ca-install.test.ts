/** The commands of the table, run as they stand: by those clients that every machine with the tests has. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SecureContexts } from '../../src-main/certificates/secure-contexts';
import { caInstall, filledSteps, type CaDescription, type CaInstallName } from '../../src-main/contract/ca-install';
import { CHROMIUM_ARGS, CHROMIUM_PATH } from '../chromium';
import {
  certificateFolder,
  ended,
  openedIn,
  removeCertificateFolders,
  serveTls,
  type TlsServer,
} from '../support/certificates';

let ca: CaDescription;
let server: TlsServer;
let url: string;

beforeAll(async () => {
  // A path that a shell would take apart.
  const folder = join(certificateFolder(), "my $HOME's files");
  mkdirSync(folder);
  const { authority } = await openedIn(folder);
  ca = authority.describe();
  server = await serveTls(new SecureContexts(authority, Date.now));
  url = `https://localhost:${server.port}/`;
});
afterAll(() => {
  server.close();
  removeCertificateFolders();
});

const commandsOf = (name: CaInstallName): string[] =>
  filledSteps(caInstall(name).install, 'posix', ca).flatMap(({ command }) => command ?? []);

const run = (script: string) => ended('sh', ['-c', script]);
const PRINT = `fetch(process.argv[1]).then((reply) => reply.text()).then((text) => process.stdout.write(text))`;

describe('the commands of the table', () => {
  it('let curl trust the authority, for one call and for all', async () => {
    const [one = '', all = ''] = commandsOf('curl');
    expect((await run(one.replace('curl', 'curl -sS').replace('https://example.com/', url))).out).toBe('hello\n');
    expect((await run(`${all}; curl -sS ${url}`)).out).toBe('hello\n');
    expect((await run(`${all}; unset CURL_CA_BUNDLE; curl -sS ${url}`)).err).toContain('certificate');
  });

  it('let Node trust the authority', async () => {
    const [command = ''] = commandsOf('node');
    expect((await run(`${command}; node -e '${PRINT}' ${url}`)).out).toBe('hello\n');
    expect((await run(`node -e '${PRINT}' ${url}`)).out).toBe('');
  });

  it('let a Chromium with a profile of its own trust the authority', async () => {
    const [command = ''] = commandsOf('chromium');
    const headless = `'${CHROMIUM_PATH}' ${CHROMIUM_ARGS.join(' ')} --headless --dump-dom`;
    const started = command.replace('chromium', headless).replace('https://example.com/', url);
    expect((await run(started)).out).toContain('hello');
    const distrusting = started.replace(ca.spkiSha256, 'A'.repeat(43) + '=');
    expect((await run(distrusting)).out).not.toContain('hello');
  });
});
