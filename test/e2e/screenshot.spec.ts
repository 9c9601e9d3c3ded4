/**
 * The pictures of the README: real traffic in both themes. Every run makes them beside its other results;
 * `UPDATE_SCREENSHOTS=1 npm test -- --only build,e2e` puts them where the README looks.
 */
import { execFile, execFileSync } from 'node:child_process';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { TestInfo } from '@playwright/test';
import { TcpClient } from '../support/tcp-client.ts';
import { expect, test, type Bytescope } from './host.ts';
import { chooseMode, portOf, stop, upstream } from './proxied.ts';

const SHOWN_IN_README = join(import.meta.dirname, 'screenshots');

test.use({
  hostFlags: ['--set', 'bucketCapacity=30', '--set', 'bucketRefillPerSec=4', '--set', 'maxBodyBytes=1048576'],
});

function curl(port: number, path: string, ...flags: string[]): void {
  execFileSync('curl', ['-s', '-o', '/dev/null', ...flags, `http://127.0.0.1:${port}${path}`]);
}

async function refused(port: number, text: string): Promise<void> {
  const client = await TcpClient.open(port);
  await client.send(text);
  await client.untilEnd();
  client.close();
}

/** A morning's worth of clients, good and bad. */
async function makeTraffic(port: number): Promise<void> {
  for (let page = 1; page <= 24; page += 1) curl(port, `/anything/api/items?page=${page}`);
  const json = ['-H', 'Content-Type: application/json'];
  curl(port, '/');
  curl(port, '/health');
  curl(port, '/echo', ...json, '-d', '{"items":[{"id":1,"name":"Zoë"},{"id":2,"name":"Åsa"}]}');
  curl(port, '/anything/api/items?page=2&sort=name');
  curl(port, '/echo', '-H', 'Transfer-Encoding: chunked', '-d', 'sent in chunks');
  curl(port, '/favicon.ico');
  curl(port, '/health', '-X', 'DELETE');
  curl(port, '/big', '-H', `Cookie: session=${'x'.repeat(17_000)}`);
  await refused(port, 'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello');
  await refused(port, 'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 52428800\r\n\r\n');
  await refused(port, '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03');
  await refused(port, 'GET /%s HTTP/1.1\r\nHost: a\r\nX-Note : spaced\r\n\r\n');
  curl(port, '/anything/files/a.bin', '-X', 'PUT', '-d', 'x'.repeat(9_000));
}

const UNFINISHED =
  'Content-Type: application/json\r\nX-Request-Id: 7f3c9a\r\nContent-Length: 31\r\n' +
  'Cookie: session=8f14e45fceea167a5a36dedd4bea2543; theme=dark\r\nX-Trace: 00-4bf92f3577b34da6a3ce929d0e0e4736';

/** A request that takes its time, in reads of a few bytes. */
async function upload(port: number): Promise<TcpClient> {
  const client = await TcpClient.open(port);
  await client.send('POST /upload HTTP/1.1\r\nHost: localhost:8080\r\nUser-Agent: slow-client/1.0\r\nAccept: */*\r\n');
  for (let at = 0; at < UNFINISHED.length; at += 24) {
    await client.send(UNFINISHED.slice(at, at + 24));
    // What the picture shows is time passing between reads.
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return client;
}

async function picture({ page }: Bytescope, theme: 'dark' | 'light', folder: string): Promise<void> {
  await page.emulateMedia({ colorScheme: theme });
  await page.getByRole('grid', { name: 'Bytes received' }).getByText('Host', { exact: true }).first().hover();
  await page.screenshot({ path: join(folder, `live-${theme}.png`) });
}

const folderOf = (info: TestInfo) => (process.env['UPDATE_SCREENSHOTS'] === '1' ? SHOWN_IN_README : info.outputDir);

test('pictures the live view in both themes', async ({ bytescope }, info) => {
  const { page, port } = bytescope;
  const folder = folderOf(info);
  await makeTraffic(port);
  const client = await upload(port);
  await page.getByRole('option', { name: 'POST /upload' }).click();
  await expect(page.getByRole('grid', { name: 'Bytes received' })).toContainText('X-Request');
  await page.getByRole('grid', { name: 'Bytes received' }).getByText('Host', { exact: true }).first().click();
  await expect(page.getByRole('timer')).toContainText('head timeout in');
  for (const theme of ['dark', 'light'] as const) await picture(bytescope, theme, folder);
  client.close();
});

/** A server of the reverse mode's picture: it takes its time, and is well or not. */
const serverThat = (tookMs: number, isWell: boolean) => {
  const answer: RequestListener = (request, reply) => {
    setTimeout(() => {
      reply.writeHead(isWell || request.url !== '/health' ? 200 : 500, {
        'Content-Type': 'application/json',
        'Keep-Alive': 'timeout=5',
        Server: 'orders/2.4',
      });
      reply.end('{"items":[{"id":1,"name":"Zoë"},{"id":2,"name":"Åsa"}]}');
    }, tookMs);
  };
  return upstream('', answer);
};

const healthCheck = { path: '/health', intervalMs: 500, timeoutMs: 400 };

test.describe('the reverse mode', () => {
  test.use({ hostFlags: [] });

  test('is pictured in both themes', async ({ bytescope: { page, port } }, info) => {
    const servers = await Promise.all([serverThat(4, true), serverThat(9, true), serverThat(1, false)]);
    const [fast, slow, sick] = servers.map((server) => `http://127.0.0.1:${portOf(server)}`);
    const config = {
      upstreams: {
        orders: { servers: [{ url: fast, weight: 2 }, { url: slow }, { url: sick }], healthCheck },
      },
    };
    await chooseMode(page, /^Reverse proxy/);
    await page.getByRole('radio', { name: 'Configuration' }).check();
    await page.getByLabel('Configuration (JSON)').fill(JSON.stringify(config));
    await page.getByRole('button', { name: 'Use and switch to Reverse proxy' }).click();
    await expect(page.getByRole('region', { name: 'Upstreams' }).getByText('unhealthy')).toBeVisible();
    const run = promisify(execFile);
    const get = (path: string, ...flags: string[]) =>
      run('curl', ['-s', '-o', '/dev/null', ...flags, `http://127.0.0.1:${port}${path}`]);
    for (let round = 1; round <= 30; round += 1) await get(`/orders?page=${round}`);
    await get('/orders/7', '-H', 'Connection: X-Trace', '-H', 'X-Trace: 4bf92f35', '-H', 'Forwarded: for=203.0.113.9');
    // Latencies are told a second after they were measured.
    await delay(1_500);
    await page.getByRole('option', { name: /, GET \/orders\/7, .*127\.0\.0\.1:\d+ → orders/ }).click();
    await page.getByRole('tab', { name: 'Both sides' }).click();
    await expect(page.getByRole('region', { name: 'Request on both sides' })).toContainText('X-Forwarded-For');
    for (const theme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme: theme });
      await page.screenshot({ path: join(folderOf(info), `reverse-${theme}.png`) });
    }
    await Promise.all(servers.map(stop));
  });
});
