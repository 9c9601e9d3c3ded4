/** TLS that is taken off: what the window shows of it, and how the local CA is handed out. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AxeBuilder } from '@axe-core/playwright';
import { certificateFolder, removeCertificateFolders, selfSigned } from '../support/certificates.ts';
import { expect, test } from './host.ts';
import { portOf } from './proxied.ts';

const run = promisify(execFile);
const folder = certificateFolder();
const CA = join(folder, 'ca.pem');
const files = selfSigned(folder, 'site', '-addext', 'subjectAltName=DNS:localhost');

test.use({
  hostFlags: ['--mode', 'forward', '--intercept', 'localhost', '--ca', folder],
  hostEnv: { NODE_EXTRA_CA_CERTS: files.certificatePath },
});

let site: Server;
test.beforeEach(async () => {
  const identity = { cert: readFileSync(files.certificatePath), key: readFileSync(files.keyPath) };
  site = createServer(identity, (request, reply) => void reply.end(`secret reply to ${request.url ?? ''}`));
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
});
test.afterEach(() => {
  site.closeAllConnections();
  site.close();
});
test.afterAll(() => removeCertificateFolders());

const curl = async (port: number, ...flags: string[]): Promise<string> => {
  const proxy = ['-sS', '--noproxy', '', '-x', `http://127.0.0.1:${port}`];
  return (await run('curl', [...proxy, ...flags, `https://localhost:${portOf(site)}/account`])).stdout;
};

test('shows what TLS held in a row with a lock, and the bytes that carried it in another', async ({
  bytescope: { page, port },
}) => {
  expect(await curl(port, '--cacert', CA)).toBe('secret reply to /account');
  const plain = page.getByRole('option', { name: /^#2, GET \/account.*TLSv1\.3/ });
  await expect(plain.getByTitle(/^TLSv1\.3, localhost/)).toBeVisible();
  await plain.click();
  await page.getByRole('tab', { name: 'Messages' }).click();
  await expect(page.getByRole('tabpanel', { name: /^Messages/ })).toContainText('secret reply to /account');
  const carrier = page.getByRole('option', { name: /CONNECT localhost:\d+.*carries #\d+/ });
  await expect(carrier).toHaveCount(1);
  await page.getByRole('group', { name: 'The other side' }).getByRole('button', { name: '#1', exact: true }).click();
  await expect(carrier).toHaveAttribute('aria-selected', 'true');
});

test('says of a client that does not trust the local CA that it does not', async ({ bytescope: { page, port } }) => {
  await expect(curl(port)).rejects.toThrow(/certificate/);
  await expect(page.getByRole('option', { name: /CONNECT localhost/ })).toContainText(/distrusts|not trust|TLS/i);
});

test('hands out the certificate of the local CA, and never its key', async ({ bytescope: { page } }) => {
  await page.getByRole('button', { name: /^Mode:/ }).click();
  await page.getByRole('dialog', { name: 'Modes' }).getByRole('button', { name: 'Set up…' }).click();
  await page.getByRole('tab', { name: 'TLS and local CA' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download PEM' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('bytescope-ca.pem');
  const downloaded = readFileSync(await download.path(), 'utf8');
  expect(downloaded).toBe(readFileSync(CA, 'utf8'));
  expect(existsSync(join(folder, 'ca-key.pem'))).toBe(true);
  expect(await page.content()).not.toContain('PRIVATE KEY');
  expect(downloaded).not.toContain('PRIVATE KEY');
});

for (const theme of ['light', 'dark'] as const) {
  test(`has nothing axe complains about in the ${theme} theme`, async ({ bytescope: { page, port } }) => {
    test.slow();
    await page.emulateMedia({ colorScheme: theme });
    await curl(port, '--cacert', CA);
    await page.getByRole('option', { name: /CONNECT localhost/ }).click();
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    await page.getByRole('tab', { name: 'Messages' }).click();
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  });
}
