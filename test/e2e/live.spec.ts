import { execFileSync } from 'node:child_process';
import { TcpClient } from '../support/tcp-client.ts';
import { expect, test } from './host.ts';

test('shows a request within 200 ms of its reply', async ({ bytescope: { page, port } }) => {
  await expect(page.getByRole('button', { name: 'Stop', exact: true })).toBeVisible();
  // Counted in the page, where no driver's round trip is counted with it.
  await page.evaluate(() => {
    const seen = () => document.body.innerText.includes('/anything/timed');
    const observer = new MutationObserver(() => {
      if (seen()) Object.assign(globalThis, { seenAtMs: (globalThis as { seenAtMs?: number }).seenAtMs ?? Date.now() });
    });
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  execFileSync('curl', ['-s', `http://127.0.0.1:${port}/anything/timed`]);
  const repliedAtMs = Date.now();
  await expect(page.getByRole('option', { name: '/anything/timed' })).toBeVisible();
  const seenAtMs = await page.evaluate(() => (globalThis as unknown as { seenAtMs: number }).seenAtMs);
  expect(seenAtMs - repliedAtMs).toBeLessThan(200);
});

test('walks through the parse states as a request arrives byte by byte', async ({ bytescope: { page, port } }) => {
  const client = await TcpClient.open(port);
  const sendAll = async (text: string): Promise<void> => {
    for (const byte of text) await client.send(byte);
  };
  await client.send('P');
  await page.getByRole('option').first().click();
  const connection = page.getByRole('region', { name: 'Connection', exact: true });
  await expect(connection).toContainText('reading start line');
  await sendAll('OST /walk HTTP/1.1\r\nHo');
  await expect(connection).toContainText('reading headers');
  await sendAll('st: a\r\nTransfer-Encoding: chunked\r\n\r\n');
  await expect(connection).toContainText(/chunk size/);
  await sendAll('5\r\nhel');
  await expect(connection).toContainText(/chunk data/);
  await sendAll('lo\r\n0\r\nX-Sum');
  await expect(connection).toContainText(/trailers/);
  await sendAll(': 1\r\n\r\n');
  await expect(connection).toContainText('idle');
  client.close();
});

test('colours and names the bytes of a request', async ({ bytescope: { page, port } }) => {
  execFileSync('curl', ['-s', '-d', 'hello=world', `http://127.0.0.1:${port}/echo`]);
  await page.getByRole('option', { name: 'POST /echo' }).click();
  const grid = page.getByRole('grid', { name: 'Bytes received' });
  await expect(grid.getByRole('row').first()).toContainText('50 4f 53 54 20 2f 65 63');
  await grid.getByText('POST').first().hover();
  await expect(page.locator('.tip')).toContainText(/method.*RFC 911\d §/s);
});

test('shows both directions, as hex and as text with its line ends', async ({ bytescope: { page, port } }) => {
  execFileSync('curl', ['-s', `http://127.0.0.1:${port}/health`]);
  await page.getByRole('option', { name: 'GET /health' }).click();
  await page.getByText('Text', { exact: true }).click();
  await expect(page.getByRole('tabpanel')).toContainText(/GET \/health HTTP\/1\.1\s*CRLF/);
  await page.getByRole('radio', { name: /^Sent/ }).check({ force: true });
  await expect(page.getByRole('tabpanel')).toContainText(/HTTP\/1\.1 200 OK\s*CRLF/);
});

test('shows the messages with their fields and bodies', async ({ bytescope: { page, port } }) => {
  const body = '{"name":"Zoë","n":[1,2]}';
  const field = 'Content-Type: application/json; charset=utf-8';
  execFileSync('curl', ['-s', '-H', field, '-d', body, `http://127.0.0.1:${port}/echo`]);
  await page.getByRole('option', { name: 'POST /echo' }).click();
  await page.getByRole('tab', { name: 'Messages' }).click();
  const request = page.getByRole('region', { name: 'Request', exact: true });
  await expect(request.getByRole('row', { name: 'Content-Length 25' })).toBeVisible();
  await expect(request).toContainText('Zoë');
});

test('shows the bytes of the request that is chosen, and gives a command that sends them again', async ({
  bytescope: { page, port },
}) => {
  const client = await TcpClient.open(port);
  for (let count = 1; count <= 40; count += 1) {
    await client.send(`GET /health?n=${count} HTTP/1.1\r\nHost: a\r\nX-Padding: ${'p'.repeat(40)}\r\n\r\n`);
  }
  await page.getByRole('option').first().click();
  await expect(page.getByText('request 40 of 40')).toBeVisible();
  const grid = page.getByRole('grid', { name: 'Bytes received' });
  await expect(grid).toContainText('n=40');
  for (let step = 0; step < 35; step += 1) await page.getByRole('button', { name: 'Previous request' }).click();
  await expect(page.getByText('request 5 of 40')).toBeVisible();
  await expect(grid).toContainText('n=5');
  await page.getByRole('tab', { name: 'Messages' }).click();
  await page.evaluate(() => {
    navigator.clipboard.writeText = (text) => Promise.resolve(void Object.assign(globalThis, { copied: text }));
  });
  await page.getByRole('button', { name: 'printf | nc' }).click();
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible();
  const command = await page.evaluate(() => (globalThis as unknown as { copied: string }).copied);
  expect(execFileSync('sh', ['-c', command.split(' | nc ')[0] ?? '']).toString()).toBe(
    `GET /health?n=5 HTTP/1.1\r\nHost: a\r\nX-Padding: ${'p'.repeat(40)}\r\n\r\n`,
  );
  client.close();
});

test('names the byte a malformed request was refused at', async ({ bytescope: { page, port } }) => {
  const client = await TcpClient.open(port);
  await client.send('GET / HTTP/1.1\r\nHost: a\r\nBad : 1\r\n\r\n');
  await client.untilEnd();
  client.close();
  await page.getByRole('region', { name: 'Guard trips and faults' }).getByRole('button', { name: '400' }).click();
  await expect(page.getByRole('region', { name: 'Connection', exact: true })).toContainText(/0x0*1[cC]/);
});

test('keeps what is read in place while new connections arrive', async ({ bytescope: { page, port } }) => {
  const one = (path: string): unknown => execFileSync('curl', ['-s', `http://127.0.0.1:${port}${path}`]);
  for (let count = 0; count < 40; count += 1) one(`/anything/${count}`);
  const list = page.getByRole('listbox');
  await expect(list.getByRole('option', { name: '/anything/39' })).toBeVisible();
  await list.hover();
  await page.mouse.wheel(0, 600);
  const anchor = list.getByRole('option', { name: '/anything/20,' });
  await expect(anchor).toBeVisible();
  const before = await anchor.boundingBox();
  for (let count = 0; count < 3; count += 1) one('/anything/new');
  await expect(page.getByRole('button', { name: /3 new/ })).toBeVisible();
  expect((await anchor.boundingBox())?.y).toBe(before?.y);
  await page.getByRole('button', { name: /3 new/ }).click();
  await expect(list.getByRole('option', { name: '/anything/new' }).first()).toBeVisible();
});

test('pauses the list while capture goes on', async ({ bytescope: { page, port } }) => {
  await page.getByRole('button', { name: 'Pause the list' }).click();
  execFileSync('curl', ['-s', `http://127.0.0.1:${port}/anything/paused`]);
  await expect(page.getByText(/1 new/).first()).toBeVisible();
  await expect(page.getByRole('option', { name: '/anything/paused' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Pause the list', pressed: true }).click();
  await expect(page.getByRole('option', { name: '/anything/paused' })).toBeVisible();
});

test('filters by what is known of a connection', async ({ bytescope: { page, port } }) => {
  execFileSync('curl', ['-s', '-X', 'DELETE', `http://127.0.0.1:${port}/health`]);
  execFileSync('curl', ['-s', `http://127.0.0.1:${port}/health`]);
  await expect(page.getByRole('option')).toHaveCount(2);
  await page.keyboard.press('/');
  await page.keyboard.type('method:DELETE status:4xx');
  await expect(page.getByRole('option')).toHaveCount(1);
  await expect(page.getByRole('option')).toContainText('DELETE /health');
});

test('shows a hostile target and a hostile field as text', async ({ bytescope: { page, port } }) => {
  const attack = '/<img src=x onerror=alert(1)>'.replaceAll(' ', '%20');
  const client = await TcpClient.open(port);
  page.on('dialog', () => expect('a dialog').toBe('nothing'));
  await client.send(`GET ${attack}<b>bold</b> HTTP/1.1\r\nHost: a\r\nX-Evil: <script>alert(1)</script>\r\n\r\n`);
  await client.until(/404/);
  await page.getByRole('option', { name: 'onerror' }).click();
  await page.getByRole('tab', { name: 'Messages' }).click();
  await expect(page.getByRole('region', { name: 'Request', exact: true })).toContainText('<script>alert(1)</script>');
  await expect(page.locator('img[src="x"], b:text-is("bold"), main script')).toHaveCount(0);
  client.close();
});
