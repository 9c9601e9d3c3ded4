/** What the window shows of requests that were passed on, while real ones are. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import { AxeBuilder } from '@axe-core/playwright';
import { WebSocket, WebSocketServer } from 'ws';
import { expect, test } from './host.ts';
import { chooseMode, curl, portOf, stop, streamOfRequests, upstream, useServers } from './proxied.ts';

test.use({ hostFlags: ['--set', 'bucketCapacity=off'] });

let one: Server;
let other: Server;
test.beforeEach(async () => {
  [one, other] = await Promise.all([upstream('one'), upstream('other')]);
});
test.afterEach(async () => {
  await Promise.all([stop(one), stop(other)]);
});

const HOP_FIELDS = ['-H', 'Connection: keep-alive, X-Secret', '-H', 'X-Secret: 1'];

test('shows what the proxy changed, and where the time went, and leads from one side to the other', async ({
  bytescope: { page, port },
}) => {
  await useServers(page, one);
  await curl(port, ...HOP_FIELDS);
  await curl(port);
  await page.getByRole('option', { name: /^#1, GET \/page/ }).click();
  await page.getByRole('tab', { name: 'Both sides' }).click();
  const sides = page.getByRole('region', { name: 'Both sides', exact: true });
  await expect(sides).toContainText('X-Secret');
  await expect(sides).toContainText('Connection names it: meant for that connection alone');
  await expect(sides.getByText('X-Forwarded-For')).toBeVisible();
  await page.getByRole('tab', { name: 'Timing' }).click();
  const times = page.getByRole('table', { name: 'How the time was spent' });
  for (const step of ['connect', 'send', 'wait', 'receive']) {
    await expect(times.getByRole('row', { name: new RegExp(`^${step}.* (ms|s)$`) })).toBeVisible();
  }
  await page.getByRole('region', { name: 'Timing' }).getByRole('button', { name: '#2 request 1' }).click();
  await expect(page.getByText("Client's side")).toBeVisible();
  await page.getByRole('option', { name: /^#3, GET \/page/ }).click();
  await page.getByRole('tab', { name: 'Timing' }).click();
  await expect(times).toContainText('connection reused');
});

test('stays at what is looked at where the window gets narrow', async ({ bytescope: { page, port } }) => {
  await useServers(page, one);
  await curl(port);
  await page.getByRole('option', { name: /^#1, GET \/page/ }).click();
  await page.getByRole('tab', { name: 'Timing' }).click();
  await page.setViewportSize({ width: 900, height: 700 });
  await expect(page.getByRole('button', { name: 'Limits', exact: true })).toBeVisible();
  await expect(page.getByRole('table', { name: 'How the time was spent' })).toBeVisible();
});

test('switches modes while requests come, and loses none', async ({ bytescope: { page, port } }) => {
  await useServers(page, one);
  const stream = streamOfRequests(port);
  const comes = (reply: string) => expect.poll(() => stream.replies.at(-1)).toContain(reply);
  for (let turn = 0; turn < 3; turn += 1) {
    await comes('one');
    await chooseMode(page, /^Server/);
    await comes('nothing at this address');
    await chooseMode(page, /^Forward proxy/);
    await comes('FWD_NOT_ABSOLUTE');
    await chooseMode(page, /^Reverse proxy/);
  }
  await comes('one');
  await stream.stop();
  expect(stream.replies.filter((reply) => !/^one$|nothing at this address|^FWD_NOT_ABSOLUTE/.test(reply))).toEqual([]);
});

test('stops the traffic of a server that is taken out by hand, while requests come', async ({
  bytescope: { page, port },
}) => {
  await useServers(page, one, other);
  const stream = streamOfRequests(port);
  const rotation = page.getByRole('group', { name: `Rotation of 127.0.0.1:${portOf(one)}` });
  const put = async (place: string) => {
    await rotation.getByRole('button', { name: place, exact: true }).click();
    await expect(rotation.getByRole('button', { name: place, exact: true })).toHaveAttribute('aria-pressed', 'true');
  };
  await expect.poll(() => stream.replies.includes('one') && stream.replies.includes('other')).toBe(true);
  await put('Out');
  // One may be under way.
  const since = stream.replies.length + 1;
  await expect.poll(() => stream.replies.length).toBeGreaterThan(since + 10);
  expect(new Set(stream.replies.slice(since))).toEqual(new Set(['other']));
  await put('In');
  await expect.poll(() => stream.replies.slice(since).includes('one')).toBe(true);
  await stream.stop();
});

test('shows the frames of a WebSocket that passes, and both ends of it', async ({ bytescope: { page, port } }) => {
  const sockets = new WebSocketServer({ server: one });
  sockets.on('connection', (socket) => socket.on('message', (message) => socket.send(`echo ${String(message)}`)));
  await useServers(page, one);
  const client = new WebSocket(`ws://127.0.0.1:${port}/chat`);
  await once(client, 'open');
  client.send('<b>hello</b>');
  const [echo] = (await once(client, 'message')) as [Buffer];
  expect(String(echo)).toBe('echo <b>hello</b>');
  await page.getByRole('option', { name: /^#1, GET \/chat/ }).click();
  await page.getByRole('tab', { name: 'Frames' }).click();
  const frames = page.getByRole('tabpanel', { name: 'Frames' });
  await expect(frames.getByRole('option').filter({ hasText: 'echo <b>hello</b>' })).toHaveCount(1);
  await expect(frames.getByRole('option').filter({ hasText: '<b>hello</b>' })).toHaveCount(2);
  client.close();
  await once(client, 'close');
  await expect(frames.getByRole('option').filter({ hasText: /close/i })).toHaveCount(2);
  await page.getByRole('option', { name: /^#2, / }).click();
  await page.getByRole('tab', { name: 'Frames' }).click();
  await expect(frames.getByRole('option').filter({ hasText: '<b>hello</b>' })).toHaveCount(2);
  sockets.close();
});

test('shows what compressed messages of a WebSocket say, and has nothing axe complains about', async ({
  bytescope: { page, port },
}, info) => {
  test.slow();
  const sockets = new WebSocketServer({ server: one, perMessageDeflate: { threshold: 0 } });
  sockets.on('connection', (socket) => socket.on('message', (message) => socket.send(String(message))));
  await useServers(page, one);
  const client = new WebSocket(`ws://127.0.0.1:${port}/prices`, { perMessageDeflate: { threshold: 0 } });
  await once(client, 'open');
  const priced = (price: number) => JSON.stringify({ type: 'price', symbol: 'ÅSA', price, note: '<b>last</b>' });
  for (const price of [101, 102, 103]) {
    client.send(priced(price));
    await once(client, 'message');
  }
  await page.getByRole('option', { name: /^#1, GET \/prices/ }).click();
  await page.getByRole('tab', { name: 'Frames' }).click();
  const frames = page.getByRole('tabpanel', { name: 'Frames' });
  const rows = frames.getByRole('option').filter({ hasText: /inflated to 65 B/ });
  await expect(rows).toHaveCount(6);
  await frames.getByRole('option', { name: /^Frame 3 from the client/ }).click();
  const message = frames.getByRole('group', { name: 'Message', exact: true });
  await expect(message).toContainText(/3 from the client, text · \d+ B compressed, 65 B/);
  await expect(message.getByRole('region')).toHaveText(/"symbol": "ÅSA",\s+"price": 103,\s+"note": "<b>last<\/b>"/);
  await message.getByText('Text', { exact: true }).click();
  await expect(message.getByRole('region')).toHaveText(priced(103));
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: info.outputPath(`frames-${colorScheme}.png`) });
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  }
  client.close();
  await once(client, 'close');
  sockets.close();
});

test('passes a stream of NDJSON on line by line, as it comes', async ({ bytescope: { page, port } }) => {
  const lines = ['{"n":1,"text":"Zoë <b>"}\n', '{"n":2}\n', '\n', '{"n":3}\n'];
  let next: (line: string | null) => void = () => undefined;
  const source = await upstream('lines', (_, reply) => {
    reply.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
    next = (line) => void (line === null ? reply.end() : reply.write(line));
    next(lines[0]!);
  });
  await useServers(page, source);
  const reply = await fetch(`http://127.0.0.1:${port}/lines`);
  const body = reply.body!.getReader();
  for (const [index, line] of lines.entries()) {
    // The next one is not sent before this one is here: nothing waits for more.
    expect(Buffer.from((await body.read()).value!).toString()).toBe(line);
    next(lines[index + 1] ?? null);
  }
  expect((await body.read()).done).toBe(true);
  expect(reply.headers.get('content-type')).toBe('application/x-ndjson');
  await page.getByRole('option', { name: /^#1, GET \/lines/ }).click();
  await page.getByRole('tab', { name: 'Messages' }).click();
  await expect(page.getByRole('tabpanel', { name: /^Messages/ })).toContainText('{"n":1,"text":"Zoë <b>"}');
  await stop(source);
});

for (const theme of ['light', 'dark'] as const) {
  test(`has nothing axe complains about beside real traffic in the ${theme} theme`, async ({
    bytescope: { page, port },
  }) => {
    test.slow();
    await page.emulateMedia({ colorScheme: theme });
    await useServers(page, one);
    await curl(port, ...HOP_FIELDS);
    await page.getByRole('option', { name: /^#1, GET \/page/ }).click();
    for (const tab of ['Both sides', 'Timing', 'Messages', 'Connection']) {
      await page.getByRole('tab', { name: tab }).click();
      expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    }
  });
}
