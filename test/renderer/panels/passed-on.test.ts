import { fireEvent, screen, within } from '@testing-library/svelte';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Exchange } from '@contract/connections';
import { HARDLY_BEGUN } from '../../../src-renderer/lens/exchanges';
import ConnectionPanel from '../../../src-renderer/panels/connection/ConnectionPanel.svelte';
import { RecordedConnection, received, sent, transportTo } from '../../support/fake-connection';
import { MAX_BYTES_READ_FOR_TRAILERS } from '../../../src-renderer/lens/passed-head';
import { CLIENT_ID, makeRelay, passedOn, REPLY, REQUEST, UPSTREAM_ID } from '../../support/passed-on';
import { renderPanel, settled } from '../../support/render-panel';
import { recordedHello } from '../../support/tls-hello';

// Nothing has a size here, and what has no height has no rows on screen.
beforeAll(() => void vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(600));
afterAll(() => void vi.restoreAllMocks());

/** Detail, the other side's detail, and the heads of both are calls that follow one another. */
async function drawn(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await settled();
}

async function show(chosen: RecordedConnection, ...others: readonly RecordedConnection[]) {
  const all = [chosen, ...others].toSorted((one, other) => one.id - other.id);
  const rendered = await renderPanel(ConnectionPanel, { rows: all.map(({ row }) => row) });
  Object.assign(rendered.engine.transport.answers, transportTo(...all).answers);
  rendered.models.selection.select(chosen.id);
  await drawn();
  return rendered;
}

const openTab = async (name: RegExp | string) => {
  await fireEvent.click(screen.getByRole('tab', { name }));
  await drawn();
};
const changed = (connection: RecordedConnection, exchange: Partial<Exchange>) => {
  const { exchanges } = connection.detail;
  connection.extra = { ...connection.extra, exchanges: exchanges.map((one) => ({ ...one, ...exchange })) };
  return connection;
};
const words = (element: Element | null) => element?.textContent?.replaceAll(/\s+/g, ' ').trim();
const PLACE = { connection: CLIENT_ID, number: 1 };
const heading = () => screen.getByRole('heading', { level: 2 }).textContent;

describe('a request that was passed on', () => {
  test('says where it went, and leads there', async () => {
    const { client, upstream } = passedOn({ request: REQUEST, reply: REPLY });
    await show(client, upstream);
    const strip = within(screen.getByRole('group', { name: 'The other side' }));
    expect(strip.getByText('api · http://127.0.0.1:3000')).toBeTruthy();
    await fireEvent.click(strip.getByRole('button', { name: `#${UPSTREAM_ID} request 1` }));
    await drawn();
    expect(heading()).toBe(`#${UPSTREAM_ID}`);
    await fireEvent.click(screen.getByRole('button', { name: `#${CLIENT_ID} request 1` }));
    await drawn();
    expect(heading()).toBe(`#${CLIENT_ID}`);
  });

  test('keeps the part that is looked at on the way to the other side', async () => {
    const { client, upstream } = passedOn({ request: REQUEST, reply: REPLY });
    await show(client, upstream);
    await openTab('Timing');
    const strip = within(screen.getByRole('group', { name: 'The other side' }));
    await fireEvent.click(strip.getByRole('button', { name: `#${UPSTREAM_ID} request 1` }));
    await drawn();
    expect(screen.getByRole('tab', { name: 'Timing' }).getAttribute('aria-selected')).toBe('true');
  });

  test('names retries and a kept connection', async () => {
    const relay = { connectAtMs: null, connectedAtMs: null, retries: 2 };
    const { client, upstream } = passedOn({ request: REQUEST, reply: REPLY, relay });
    await show(client, upstream);
    expect(words(screen.getByRole('group', { name: 'The other side' }))).toMatch(/reused 2 retries 9\.00 ms$/);
  });

  test('has no such parts where it was answered here', async () => {
    const own = new RecordedConnection(1).add(received(1, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'), sent(2, REPLY));
    await show(own);
    expect(screen.getAllByRole('tab').map((tab) => words(tab))).toEqual(['Bytes', 'Messages 1']);
    expect(screen.queryByRole('group', { name: 'The other side' })).toBeNull();
  });
});

describe('both sides', () => {
  const rowsOf = (region: string) =>
    within(screen.getByRole('region', { name: region }))
      .getAllByRole('row')
      .map((row) => [...row.children].filter(({ tagName }) => tagName !== 'I').map(words));

  async function showSides(own: 'client' | 'upstream' = 'client', scene = { request: REQUEST, reply: REPLY }) {
    const both = passedOn(scene);
    const rendered = await show(both[own], both[own === 'client' ? 'upstream' : 'client']);
    await openTab('Both sides');
    return rendered;
  }

  test('stand beside one another, line by line, with what became of each', async () => {
    await showSides();
    const rows = rowsOf('Request on both sides');
    expect(rows[0]).toEqual(['from the client #12', 'to api #13']);
    expect(rows[1]?.[0]).toBe('POST http://shop.test/cart HTTP/1.0');
    expect(rows[1]?.[1]).toMatch(/^POST \/cart HTTP\/1\.1/);
    expect(rows[2]?.[1]).toMatch(/^~ Host: 127\.0\.0\.1:3000 changed: the target names the host/);
    expect(rows[4]).toEqual([
      '− Connection: keep-alive, X-Once',
      'removed: belongs to one connection (RFC 9110 §7.6.1)',
    ]);
    expect(rows.at(-2)).toEqual(['added: names the hop that was taken (RFC 9110 §7.6.3)', '+ Via: 1.0 bytescope']);
  });

  test('have the reply go from right to left, and say that its body was re-framed', async () => {
    await showSides();
    const rows = rowsOf('Reply on both sides');
    expect(rows[0]).toEqual(['to the client #12', 'from api #13']);
    expect(rows.find(([, right]) => right?.includes('Keep-Alive'))?.[0]).toMatch(/^removed/);
    expect(rows.at(-1)?.[0]).toMatch(/^Body until the connection closes .* re-framed$/);
    expect(rows.at(-1)?.[1]).toMatch(/^Body chunked/);
  });

  test('have the trailers after the body, which is read for them alone', async () => {
    const reply =
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n' +
      `${(40_000).toString(16)}\r\n${'x'.repeat(40_000)}\r\n0\r\nX-Sum: 7\r\n\r\n`;
    await showSides('client', { request: 'GET / HTTP/1.0\r\nHost: a\r\n\r\n', reply });
    const rows = rowsOf('Reply on both sides');
    expect(rows.slice(-2)).toEqual([
      ['Trailers', 'Trailers'],
      ['removed: only a body in chunks has trailers after it (RFC 9112 §7.1.2)', '− X-Sum: 7'],
    ]);
    expect(rowsOf('Request on both sides').flat()).not.toContain('Trailers');
  });

  test('say of a long body that it was not searched for trailers', async () => {
    const bytes = MAX_BYTES_READ_FOR_TRAILERS;
    const reply =
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n' +
      `${bytes.toString(16)}\r\n${'x'.repeat(bytes)}\r\n0\r\nX-Sum: 7\r\n\r\n`;
    const client = new RecordedConnection(CLIENT_ID).add(received(1, REQUEST), sent(3, REPLY));
    const upstream = new RecordedConnection(UPSTREAM_ID, { side: 'upstream' }).add(received(1, REQUEST));
    await show(changed(client, { relay: makeRelay() }), changed(upstream.add(sent(2, reply)), { relayOf: PLACE }));
    await openTab('Both sides');
    expect(
      screen.getByText(/server's side is longer than 2,097,152 bytes: it is not searched for trailers/),
    ).toBeTruthy();
  });

  test('are the same from the side of the server', async () => {
    await showSides('upstream');
    expect(rowsOf('Request on both sides')[0]).toEqual(['from the client #12', 'to api #13']);
  });

  test('lead to the bytes of a line, on this connection and on the other', async () => {
    const { models } = await showSides();
    const request = within(screen.getByRole('region', { name: 'Request on both sides' }));
    await fireEvent.click(request.getByRole('button', { name: 'Via' }));
    await drawn();
    expect(models.selection.connectionId).toBe(UPSTREAM_ID);
    expect(screen.getByText(/^offset 0x[0-9A-F]+, 0x56, "V", field name Via$/)).toBeTruthy();
  });

  test('show hostile bytes as text', async () => {
    const request = REQUEST.replace('X-Once: 1', 'X-Once: <img src=x onerror="document.title=1">');
    await showSides('client', { request, reply: REPLY });
    expect(rowsOf('Request on both sides').flat().join()).toContain('<img src=x');
    expect(document.querySelector('img')).toBeNull();
  });

  test('are shown in hex as well, each at its message', async () => {
    await showSides();
    await fireEvent.click(screen.getByRole('radio', { name: 'Hex' }));
    await drawn();
    expect(screen.getAllByRole('grid').map((grid) => grid.getAttribute('aria-label'))).toEqual([
      'Bytes received',
      'Bytes sent',
    ]);
    await fireEvent.click(screen.getByRole('radio', { name: 'Reply' }));
    await drawn();
    expect(screen.getAllByRole('grid').map((grid) => grid.getAttribute('aria-label'))).toEqual([
      'Bytes sent',
      'Bytes received',
    ]);
    expect(document.querySelectorAll('.box.message').length).toBeGreaterThan(2);
  });

  test('draw the first lines of a very long head, and the others when asked', async () => {
    const lines = Array.from({ length: 400 }, (_, index) => `X-${index}: ${index}\r\n`).join('');
    await showSides('client', { request: `GET / HTTP/1.1\r\nHost: a\r\n${lines}\r\n`, reply: REPLY });
    expect(rowsOf('Request on both sides').length).toBeLessThan(210);
    await fireEvent.click(screen.getByRole('button', { name: /^Show all \d+ fields$/ }));
    await drawn();
    expect(rowsOf('Request on both sides').length).toBeGreaterThan(400);
  });

  test('do not compare a head that is too long', async () => {
    const request = `GET / HTTP/1.1\r\nHost: a\r\nCookie: ${'x'.repeat(70_000)}\r\n\r\n`;
    await showSides('client', { request, reply: REPLY });
    expect(screen.getByText(/The head on the client's side is longer than 65,536 bytes/)).toBeTruthy();
  });

  test('say that the other side is no longer kept', async () => {
    const { client } = passedOn({ request: REQUEST, reply: REPLY });
    await show(client);
    await openTab('Both sides');
    expect(screen.getByText('#13 request 1 is no longer kept.')).toBeTruthy();
  });

  test('say that nothing has been sent yet', async () => {
    const { client } = passedOn({ request: REQUEST, reply: REPLY });
    const relay = makeRelay({ connection: 0, number: 0, sendAtMs: null });
    await show(changed(client, { relay, replyEnd: null }));
    await openTab('Both sides');
    expect(screen.getByText(/nothing has been sent yet/)).toBeTruthy();
  });
});

describe('the waterfall', () => {
  const steps = () =>
    within(screen.getByRole('table', { name: 'How the time was spent' }))
      .getAllByRole('row')
      .map((row) => words(row));

  test('tells how long each step took, and all of it', async () => {
    const { client, upstream } = passedOn({ request: REQUEST, reply: REPLY });
    await show(client, upstream);
    await openTab('Timing');
    expect(steps()).toEqual([
      'head 1.00 ms',
      'queue 0.50 ms',
      'connect 0.50 ms',
      'TLS none: plain HTTP',
      'send 0.20 ms',
      'wait 5.60 ms',
      'receive 1.00 ms',
    ]);
    expect(words(screen.getByRole('region', { name: 'Timing' }))).toMatch(/^Total 9\.00 ms First byte after 8\.00 ms/);
  });

  test('counts the tries before, and the time they took, apart from the queue', async () => {
    const relay = { retries: 2, routedAtMs: 5, connectAtMs: 5.75 };
    const { client, upstream } = passedOn({ request: REQUEST, reply: REPLY, relay });
    await show(client, upstream);
    await openTab('Timing');
    expect(steps().slice(0, 3)).toEqual(['head 1.00 ms', '2 tries 0.75 ms', 'connect 0.25 ms']);
    expect(screen.getByText(/^2 tries failed before this one;/)).toBeTruthy();
  });

  test('has the kept connection in the place of connect and TLS, and leads to it', async () => {
    const relay = { connectAtMs: null, connectedAtMs: null };
    const { client, upstream } = passedOn({ request: REQUEST, reply: REPLY, relay });
    const { models } = await show(client, upstream);
    await openTab('Timing');
    expect(steps()[2]).toBe('connect connection reused: #13 request 1');
    expect(steps().some((step) => step?.startsWith('TLS'))).toBe(false);
    const table = within(screen.getByRole('table', { name: 'How the time was spent' }));
    await fireEvent.click(table.getByRole('button', { name: '#13 request 1' }));
    expect(models.selection.connectionId).toBe(UPSTREAM_ID);
  });

  test('is the same from the side of the server', async () => {
    const { client, upstream } = passedOn({ request: REQUEST, reply: REPLY });
    await show(upstream, client);
    await openTab('Timing');
    expect(steps()[0]).toBe('head 1.00 ms');
  });
});

describe('a connection to a server', () => {
  const TLS = {
    version: 'TLSv1.3',
    cipher: 'TLS_AES_128_GCM_SHA256',
    alpn: 'http/1.1',
    serverName: 'api.test',
    certificate: {
      subject: 'CN=<b>api.test</b>',
      issuer: 'CN=Test CA',
      notAfterMs: Date.now() - 3 * 86_400_000,
      distrust: 'TLS_UPSTREAM_DATES' as const,
    },
  };

  test('says what it sent and what it received', async () => {
    const { client, upstream } = passedOn({ request: REQUEST, reply: REPLY });
    await show(upstream, client);
    expect(screen.getAllByRole('radio', { name: /Sent|Received/ }).map((radio) => words(radio.parentElement))).toEqual([
      expect.stringMatching(/^Sent/),
      expect.stringMatching(/^Received/),
    ]);
    expect(screen.getByText(/^Phases: connect done, TLS not needed, send done, wait done, receive done$/)).toBeTruthy();
  });

  test('tells of its TLS and certificate', async () => {
    const { client, upstream } = passedOn({ request: REQUEST, reply: REPLY, upstreamRow: { tls: TLS } });
    await show(upstream, client);
    await openTab('Connection');
    const tls = screen.getByRole('region', { name: 'TLS facts' });
    expect(words(tls)).toContain('CN=<b>api.test</b>');
    expect(words(tls)).toContain('expired 3 days ago');
    expect(words(tls)).toContain('Verified nonot valid now, and taken all the same');
    expect(tls.querySelector('b')).toBeNull();
  });

  test('lists its requests with those of the clients, and which of them found it there', async () => {
    const both = passedOn({ request: REQUEST, reply: REPLY });
    const [first] = both.upstream.detail.exchanges as [Exchange];
    const check = { ...first, number: 2, relayOf: null, target: '/health' };
    const exchanges = [first, check, { ...first, number: 3, relayOf: { connection: 40, number: 7 } }];
    both.upstream.extra = { exchanges };
    await show(both.upstream, both.client);
    await openTab('Connection');
    const rows = within(screen.getByRole('region', { name: 'Requests of this connection' })).getAllByRole('row');
    expect(rows.slice(1).map((row) => [...row.children].map(words).join(' '))).toEqual([
      '3 POST /cart 201 5.80 ms #40 request 7 reused it',
      '2 POST /health 201 5.80 ms a check reused it',
      '1 POST /cart 201 5.80 ms #12 request 1 opened it',
    ]);
  });

  test('says of a health check that it has no other side', async () => {
    const { client, upstream } = passedOn({ request: REQUEST, reply: REPLY });
    const [first] = upstream.detail.exchanges as [Exchange];
    upstream.extra = { exchanges: [first, { ...first, number: 2, relayOf: null }] };
    await show(upstream, client);
    expect(screen.getByText('a request of our own: a health check')).toBeTruthy();
    await openTab('Both sides');
    expect(screen.getByText(/it has no other side/)).toBeTruthy();
  });
});

describe('connections that carry others', () => {
  test('lead to one another', async () => {
    const carrier = new RecordedConnection(5, { phase: 'tunnel', method: '' });
    const plain = new RecordedConnection(6, { carrier: 5 }).add(received(1, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'));
    await show(plain, carrier);
    expect(words(screen.getByRole('group', { name: 'The other side' }))).toBe('came in the TLS of #5');
    await fireEvent.click(screen.getByRole('button', { name: '#5' }));
    await drawn();
    expect(words(screen.getByRole('group', { name: 'The other side' }))).toBe('its TLS carries #6');
  });

  test('say which tunnel they are the other end of', async () => {
    const client = new RecordedConnection(5, { phase: 'tunnel' });
    const server = new RecordedConnection(6, { carrier: 5, side: 'upstream', phase: 'tunnel', connectedAtMs: 1 });
    await show(server, client);
    expect(words(screen.getByRole('group', { name: 'The other side' }))).toBe('the other end of the tunnel #5');
  });

  test('carry nothing where the server could not be reached', async () => {
    const asked = 'CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n';
    const client = new RecordedConnection(5).add(received(1, asked), sent(2, 'HTTP/1.1 502 Bad Gateway\r\n\r\n'));
    changed(client, { relay: makeRelay({ upstream: '', server: 'a.test:443', connection: 6, number: 0 }) });
    const failed = { phase: 'closed', closeCause: 'upstream-failed', closedAtMs: 2 } as const;
    const server = new RecordedConnection(6, { carrier: 5, side: 'upstream', ...failed });
    const { models } = await show(client, server);
    const strip = () => words(screen.getByRole('group', { name: 'The other side' }));
    expect(strip()).toMatch(/^no tunnel to a\.test:443 #6 [\d.]+ ms$/);
    models.selection.select(6);
    await drawn();
    expect(strip()).toBe('never became the other end of the tunnel #5');
  });

  test('explain the TLS that ends in them', async () => {
    const carrier = new RecordedConnection(5, { phase: 'tunnel', method: '' }).add(received(1, recordedHello('curl')));
    await show(carrier, new RecordedConnection(6, { carrier: 5 }));
    await openTab(/Messages/);
    const card = within(await screen.findByRole('region', { name: 'TLS ClientHello' }));
    expect(card.getByRole('note').textContent).toMatch(/ends here/);
  });
});

describe('a tunnel', () => {
  const CONNECT = 'CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n';
  const OPEN = 'HTTP/1.1 200 OK\r\n\r\n';

  async function showTunnel(inside: Uint8Array) {
    const connection = new RecordedConnection(1, { phase: 'tunnel' }).add(received(1, CONNECT), sent(2, OPEN));
    const exchanges = connection.detail.exchanges.map((one) => ({ ...one, switchedTo: 'tunnel' as const }));
    connection.extra = { exchanges };
    connection.add(received(3, inside), sent(4, 'xyz'));
    return show(connection);
  }

  test('is tunnel data after what opened it, both ways', async () => {
    const { models } = await showTunnel(Uint8Array.of(1, 2, 3, 4));
    models.selection.showByte(1, 'in', CONNECT.length + 1);
    await drawn();
    expect(words(document.querySelector('.info'))).toContain('tunnel data');
    models.selection.showByte(1, 'out', OPEN.length + 1);
    await drawn();
    expect(words(document.querySelector('.info'))).toContain('tunnel data');
    models.selection.showByte(1, 'out', 1);
    await drawn();
    expect(words(document.querySelector('.info'))).toContain('version');
  });

  test('shows the request that opened it, and the hello in it', async () => {
    await showTunnel(recordedHello('curl'));
    await openTab(/Messages/);
    expect(screen.getByRole('region', { name: 'Request' })).toBeTruthy();
    const card = within(await screen.findByRole('region', { name: 'TLS ClientHello' }));
    expect(card.getByRole('note').textContent).toMatch(/encrypted, and passes as it is/);
    expect(card.getByRole('button', { name: 'bytescope.test' })).toBeTruthy();
  });

  test('leads to its other end, over which no request went', async () => {
    const connection = new RecordedConnection(1, { phase: 'tunnel' }).add(received(1, CONNECT), sent(2, OPEN));
    const relay = makeRelay({ upstream: '', server: 'a.test:443', connection: 2, number: 0, sendAtMs: null });
    changed(connection, { switchedTo: 'tunnel', relay });
    const { models } = await show(connection, new RecordedConnection(2, { side: 'upstream', phase: 'tunnel' }));
    const strip = screen.getByRole('group', { name: 'The other side' });
    expect(words(strip)).toMatch(/^tunnel to a\.test:443 #2/);
    await openTab('Both sides');
    expect(screen.getByText(/^A tunnel: no request went to the other end/)).toBeTruthy();
    await fireEvent.click(within(strip).getByRole('button', { name: '#2' }));
    expect(models.selection.connectionId).toBe(2);
  });

  test('has no body in the reply that opened it', async () => {
    await showTunnel(Uint8Array.of(1, 2, 3, 4));
    await openTab(/Messages/);
    expect(words(screen.getByRole('region', { name: 'Reply' }))).toMatch(/no body/);
    expect(screen.queryByRole('group', { name: 'Reply body' })).toBeNull();
  });

  test('says that a connection never spoke HTTP', async () => {
    await show(
      new RecordedConnection(1, { phase: 'tunnel', method: '' }, { exchanges: [] }).add(received(1, '\x05\x01')),
    );
    expect(screen.getByText('no HTTP: bytes pass as they are')).toBeTruthy();
    await openTab(/Messages/);
    expect(screen.getByText(/^Not HTTP:/)).toBeTruthy();
  });
});

describe('a client of SOCKS', () => {
  const ASKED = Uint8Array.of(5, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1, 1, 187);

  async function showSocks() {
    const connection = new RecordedConnection(1, { phase: 'tunnel', method: 'CONNECT' })
      .add(received(1, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'), sent(2, OPENED))
      .detail.exchanges.slice(0, 1);
    const socks = new RecordedConnection(1, { phase: 'tunnel', method: 'CONNECT' }).add(
      received(1, ASKED),
      sent(2, OPENED),
      received(3, recordedHello('curl')),
    );
    const [first] = connection as [Exchange];
    const about = { method: 'CONNECT', target: '127.0.0.1:443', version: 'SOCKS5', requestStart: 0 };
    const ends = { requestEnd: ASKED.length, headEnd: ASKED.length, replyStart: 2, replyEnd: OPENED.length };
    socks.extra = { exchanges: [{ ...first, ...about, ...ends, status: 0, switchedTo: 'tunnel' }] };
    return show(socks);
  }
  const OPENED = '\x05\x00\x05\x00\x00\x01\x7f\x00\x00\x01\x01\xbb';

  test('asked for a tunnel, and the TLS in it is explained', async () => {
    await showSocks();
    await openTab(/Messages/);
    expect(words(screen.getByRole('region', { name: 'SOCKS request' }))).toMatch(
      /^SOCKS5 a request for a tunnel CONNECT 127\.0\.0\.1:443 REP 0 \(succeeded\) Granted/,
    );
    expect(screen.queryByRole('region', { name: 'Request' })).toBeNull();
    expect(await screen.findByRole('region', { name: 'TLS ClientHello' })).toBeTruthy();
  });

  test('has a handshake before the tunnel, both ways', async () => {
    const { models } = await showSocks();
    for (const direction of ['in', 'out'] as const) {
      models.selection.showByte(1, direction, 1);
      await drawn();
      expect(words(document.querySelector('.info'))).toContain('SOCKS handshake');
    }
    expect(document.querySelector('.paint-garbage')).toBeNull();
  });
});

describe('a client of SOCKS that was refused', () => {
  const GREETED = '\x05\x01\x00';
  const METHOD = '\x05\x00';
  const REFUSED = '\x05\x05\x00\x01\x00\x00\x00\x00\x00\x00';
  const closed = { phase: 'closed', closedAtMs: 9, closeCause: 'fault-closed' } as const;
  const NOTHING = { ...HARDLY_BEGUN, number: 1, requestStart: 0, startedAtMs: 1, version: 'SOCKS5' } as const;
  const ASKED = `${GREETED}\x05\x01\x00\x01\x7f\x00\x00\x01\x01\xbb`;

  function unreached() {
    const failure = { code: 'UP_CONNECT', detail: { server: '127.0.0.1:443', system: 'ECONNREFUSED' } } as const;
    const relay = makeRelay({ upstream: '', server: '127.0.0.1:443', connection: 2, number: 0, ...NEVER_SENT });
    const exchange: Exchange = {
      ...NOTHING,
      ...{
        method: 'CONNECT',
        target: '127.0.0.1:443',
        status: 5,
        relay,
        failure: { ...failure, offset: ASKED.length },
      },
      ...{ headEnd: ASKED.length, requestEnd: ASKED.length, replyStart: 2, replyEnd: 12, replyAtMs: 9 },
    };
    const told = { method: 'CONNECT', target: '127.0.0.1:443', status: 5, marks: ['UP_CONNECT'] } as const;
    const fault = { connection: 1, atMs: 9, ...failure, offset: ASKED.length, status: 5 } as const;
    const extra = { exchanges: [exchange], faults: [fault] };
    return new RecordedConnection(1, { ...closed, ...told }, extra).add(received(1, ASKED), sent(9, METHOD + REFUSED));
  }
  const NEVER_SENT = {
    connectedAtMs: null,
    sendAtMs: null,
    sentAtMs: null,
    replyAtMs: null,
    repliedAtMs: null,
  } as const;
  const phases = () => screen.getByText(/^Phases: /).textContent;

  test('is told what it asked for, and what was replied, in words of SOCKS', async () => {
    await show(unreached());
    expect(phases()).toBe('Phases: greeting done, request done, connect failed, reply done');
    expect(document.querySelector('.strip')?.textContent).toContain('REP 5');
    expect(document.querySelector('.end')?.textContent).toMatch(/^refused, REP 5 \(connection refused\) sent: /);
    await openTab(/Messages/);
    const told = words(screen.getByRole('region', { name: 'SOCKS request' }));
    expect(told).toMatch(/^SOCKS5 a request for a tunnel CONNECT 127\.0\.0\.1:443 .*REP 5 \(connection refused\)/);
    expect(told).toMatch(/UP_CONNECT · RFC 1928 §6/);
    expect(told).not.toMatch(/502|RFC 9110/);
  });

  test('has the steps of SOCKS in its times', async () => {
    await show(unreached());
    await openTab('Timing');
    const table = within(screen.getByRole('table', { name: 'How the time was spent' }));
    const names = table.getAllByRole('rowheader').map(({ textContent }) => textContent);
    expect(names).toEqual(['request', 'queue', 'connect']);
  });

  test('before it asked for anything has no steps of HTTP either', async () => {
    const fault = { connection: 1, atMs: 9, code: 'SOCKS_METHOD', offset: 1, status: null } as const;
    const row = { ...closed, marks: ['SOCKS_METHOD'] } as const;
    const extra = { exchanges: [], faults: [fault] };
    const client = new RecordedConnection(1, { ...row, method: '', status: null }, extra);
    await show(client.add(received(1, '\x05\x01\x02'), sent(2, '\x05\xff')));
    expect(phases()).toBe('Phases: greeting failed, request not reached, connect not reached, reply not reached');
    expect(document.querySelector('.end')?.textContent).toMatch(/method X'FF' \(no acceptable methods\) sent/);
    await openTab(/Messages/);
    expect(words(screen.getByRole('region', { name: 'SOCKS request' }))).toMatch(/needs no password.*X'FF'/);
    expect(screen.queryByRole('region', { name: 'Request' })).toBeNull();
  });
});

describe('a connection that went on with WebSocket', () => {
  test('lists its frames beside their bytes', async () => {
    const request =
      'GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n' +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
    const reply =
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n';
    const connection = new RecordedConnection(1, { phase: 'tunnel' }).add(received(1, request), sent(2, reply));
    const exchanges = connection.detail.exchanges.map((one) => ({ ...one, switchedTo: 'websocket' as const }));
    connection.extra = { exchanges };
    connection.add(sent(3, Uint8Array.of(0x81, 2, 0x68, 0x69)));
    const { models } = await show(connection);
    await openTab('Frames');
    expect(await screen.findByText(/hi/)).toBeTruthy();
    await openTab('Bytes');
    models.selection.showByte(1, 'out', reply.length + 2);
    await drawn();
    expect(words(document.querySelector('.info'))).toContain('payload');
  });
});
