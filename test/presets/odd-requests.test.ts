/**
 * What each preset does with requests that servers read differently, on real sockets, beside what the server it is
 * named after did with the very same bytes.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { presetEntry, type PresetName } from '../../src-main/contract/presets';
import { TcpClient } from '../support/tcp-client';
import { ODD_REQUESTS, type OddRequest } from './odd-requests';
import { PresetServer } from './preset-server';

/**
 * The statuses, and what becomes of the connection: `keep` it takes another request, `close` FIN follows. `body`: a
 * reply without a head. `waits`: nothing at all. Null: nobody asked that server.
 */
type Verdict = string | null;
const SERVERS = ['nginx', 'haproxy', 'apache', 'caddy', 'node-20'] as const satisfies readonly PresetName[];
type Row = readonly [nginx: Verdict, haproxy: Verdict, apache: Verdict, caddy: Verdict, node: Verdict];

/** nginx 1.22.1, HAProxy 2.6.12, Apache 2.4.71 and Node 20.20 were asked with these very bytes, Caddy 2.6.2 with such. */
const MATRIX: Readonly<Record<OddRequest, Row>> = {
  'a field line of 8,200 bytes': ['400 close', '200 keep', '400 close', '200 keep', '200 keep'],
  'a field line of 16,500 bytes': ['400 close', '400 close', '400 close', '431 close', '431 close'],
  '101 fields': ['200 keep', '400 close', '400 close', '200 keep', '200 keep'],
  '1,001 fields': ['400 close', '400 close', '400 close', '200 keep', '200 keep'],
  '1,500 fields': ['400 close', '400 close', '400 close', '200 keep', '200 keep'],
  'a target of 8,190 bytes': ['414 close', '200 keep', '414 close', '200 keep', '200 keep'],
  'a target of 17,000 bytes': ['414 close', '400 close', '414 close', '431 close', '431 close'],
  'no Host': ['400 close', '400 keep', '400 close', '400 close', '400 close'],
  'two different Host': ['400 close', '400 close', '400 close', '400 close', '200 keep'],
  'bare LF line ends': ['200 keep', '200 keep', '400 close', '200 keep', '400 close'],
  'Content-Length beside chunked': ['400 close', '200 close', '200 close', '200 keep', '400 close'],
  'two equal Content-Length': ['400 close', '200 keep', '400 close', '200 keep', '400 close'],
  'two equal lengths in one field': ['400 close', '200 keep', '400 close', null, '400 close'],
  'two different Content-Length': ['400 close', '400 close', '400 close', '400 close', '400 close'],
  'an unknown Transfer-Encoding': ['501 close', '400 close', '400 close', '501 close', '400 close'],
  'Transfer-Encoding in HTTP/1.0': ['400 close', '200 close', '200 close', null, '200 close'],
  'a space before the colon': ['400 close', '400 close', '400 close', '400 close', '400 close'],
  'a folded line': ['400 close', '200 keep', '200 keep', '200 keep', '400 close'],
  'byte 0x80 in a name': ['200 keep', '400 close', '400 close', '400 close', '400 close'],
  'an at sign in a name': ['200 keep', '400 close', '400 close', null, '400 close'],
  'NUL in a value': ['400 close', '400 close', '400 close', null, '400 close'],
  'CR in a value': ['400 close', '400 close', '400 close', null, '400 close'],
  'an empty name': ['400 close', '400 close', '400 close', '200 keep', '400 close'],
  'two empty lines first': ['200 keep', '200 keep', '200 keep', '400 close', '200 keep'],
  'HTTP/1.2': ['200 keep', '200 keep', '200 keep', '200 keep', '400 close'],
  'HTTP/2.0': ['505 close', '200 keep', '200 keep', '505 close', '200 close'],
  'HTTP/3.1': ['505 close', '200 keep', '200 keep', null, '400 close'],
  'HTTP/0.9': ['body close', '400 close', 'body close', '400 close', 'waits'],
  'a TLS ClientHello': ['400 close', '400 close', 'waits', 'waits', '400 close'],
  'three requests in one write': ['200 200 200 keep', '200 200 200 keep', '200 200 200 keep', null, '200 200 200 keep'],
  'one LF first': ['200 keep', '200 keep', '400 close', null, '200 keep'],
  'two spaces in the request line': ['200 keep', '200 keep', '400 close', null, '200 keep'],
  'a tab in the request line': ['400 close', '200 keep', '400 close', null, '400 close'],
  'an unknown expectation': ['200 keep', '417 keep', '417 close', null, '417 keep'],
  'gzip before chunked': ['501 close', '422 close', null, null, '200 keep'],
};

/** Where a preset does something else than its server, on purpose; the card says so in these words. */
const NOT_IMITATED: Partial<Record<PresetName, Partial<Record<OddRequest, readonly [ours: string, card: RegExp]>>>> = {
  nginx: {
    'two spaces in the request line': ['400 close', /Two spaces/],
    'an unknown expectation': ['417 close', /expectation/],
  },
  haproxy: {
    'no Host': ['400 close', /without Host/],
    'two spaces in the request line': ['400 close', /Two spaces/],
    'a tab in the request line': ['400 close', /a tab/],
    'an unknown expectation': ['417 close', /expectation/],
    'gzip before chunked': ['400 close', /gzip, chunked/],
  },
  'node-20': {
    'one LF first': ['400 close', /LF alone/],
    'two spaces in the request line': ['400 close', /Two spaces/],
    'an unknown expectation': ['417 close', /expectation/],
    'gzip before chunked': ['400 close', /gzip, chunked/],
  },
};

const PLAIN = 'GET /again HTTP/1.1\r\nHost: a\r\n\r\n';
const HEAD = /HTTP\/1\.1 (\d{3}) /g;

let server: PresetServer;
afterEach(() => server.close());

async function verdictOn(request: OddRequest, preset: PresetName): Promise<string> {
  const bytes = ODD_REQUESTS[request];
  server = await PresetServer.open(preset);
  const client = await TcpClient.open(server.port);
  await client.send(bytes);
  await server.whenRead(bytes.length);
  const { replies } = server;
  if (replies === 0) {
    client.close();
    return 'waits';
  }
  // A connection that lives on answers one more request, and then our FIN; any other sends FIN without it.
  await client.send(PLAIN);
  client.end();
  const received = await client.untilEnd();
  const statuses = Array.from(received.matchAll(HEAD), ([, status]) => status);
  client.close();
  if (statuses.length > replies) return [...statuses.slice(0, -1), 'keep'].join(' ');
  return [...(statuses.length === 0 ? ['body'] : statuses), 'close'].join(' ');
}

describe.each(SERVERS.map((preset, column) => ({ preset, column })))('$preset', ({ preset, column }) => {
  const rows = Object.entries(MATRIX) as [OddRequest, Row][];
  const asked = rows.flatMap(([request, row]) => {
    const verdict = row[column] ?? null;
    return verdict === null ? [] : [[request, verdict] as const];
  });
  const other = NOT_IMITATED[preset] ?? {};

  it.each(asked.filter(([request]) => other[request] === undefined))('%s: %s', async (request, verdict) => {
    expect(await verdictOn(request, preset)).toBe(verdict);
  });

  const exceptions = asked.flatMap(([request, theirs]) => {
    const exception = other[request];
    return exception === undefined ? [] : [[request, ...exception, theirs] as const];
  });
  it.each(exceptions)('%s: %s, and the card says so', async (request, ours, card, theirs) => {
    expect(ours).not.toBe(theirs);
    expect(presetEntry(preset).notImitated.join(' ')).toMatch(card);
    expect(await verdictOn(request, preset)).toBe(ours);
  });
});
