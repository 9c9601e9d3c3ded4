import { beforeEach, describe, expect, it, vi } from 'vitest';
import { RelayWorld, type ClientLine, type UpstreamLine, type WorldOptions } from '../support/relay-world.ts';

let world: RelayWorld;
let client: ClientLine;

function start(options: WorldOptions = {}): void {
  world = new RelayWorld({ servers: 1, ...options });
  client = world.client();
}
beforeEach(() => start());

const GET = 'GET /a HTTP/1.1\r\nHost: a\r\n\r\n';
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const POST_HEAD = 'POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n';

function send(line: ClientLine | UpstreamLine, text: string): void {
  line.incoming += text;
  world.settle();
}

function end(line: ClientLine | UpstreamLine): void {
  line.hasPeerEnded = true;
  world.settle();
}

/** The latest connection to a server, which is there now. */
function connected(): UpstreamLine {
  const line = world.upstreams.at(-1);
  if (line === undefined) throw new Error('no server was asked');
  if (line.session.phase === 'connecting') world.accept(line);
  world.settle();
  return line;
}

function asked(text = GET): UpstreamLine {
  send(client, text);
  return connected();
}

const statuses = (): number[] => Array.from(client.taken.matchAll(/HTTP\/1\.1 (\d{3}) /g), (match) => Number(match[1]));

describe('a body that nobody takes any more', () => {
  it('is not kept', () => {
    start({ settings: { maxBodyBytes: null } });
    send(client, 'POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 600000\r\n\r\nabc');
    world.refuse(world.upstreams[0]!);
    world.settle();
    expect(statuses()).toEqual([502]);
    const copies = vi.spyOn(Uint8Array.prototype, 'slice');
    for (let sent = 0; sent < 500_000; sent += 50_000) send(client, 'x'.repeat(50_000));
    const copied = copies.mock.results.reduce((sum, { value }) => sum + (value as Uint8Array).length, 0);
    copies.mockRestore();
    expect(copied).toBe(0);
  });
});
