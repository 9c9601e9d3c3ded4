import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_MESSAGE_BYTES, SocksGreeting, type SocksEvent } from '../../src-main/session/socks-greeting';

const GREETING = [5, 1, 0];

/** Everything that comes of these bytes, cut into reads of these lengths. */
function eventsOf(bytes: readonly number[], lengths: readonly number[] = [bytes.length]): SocksEvent[] {
  const greeting = new SocksGreeting();
  const events: SocksEvent[] = [];
  let start = 0;
  for (const length of [...lengths, bytes.length]) {
    const read = Uint8Array.from(bytes.slice(start, start + length));
    for (;;) {
      const event = greeting.read(read, greeting.offset - start);
      if (event === null) break;
      events.push(event);
      if (event.kind !== 'greeted') return events;
    }
    start += read.length;
  }
  return events;
}

const last = (request: readonly number[]): SocksEvent | undefined => eventsOf([...GREETING, ...request]).at(-1);
const named = (name: string, port = [0, 80]): number[] => [
  ...[5, 1, 0, 3, name.length],
  ...Array.from(name, (character) => character.charCodeAt(0)),
  ...port,
];
const ipv6 = (...groups: number[]): number[] => [
  5,
  1,
  0,
  4,
  ...groups.flatMap((group) => [group >> 8, group & 255]),
  1,
  187,
];

describe('a request', () => {
  it('names an IPv4 address', () => {
    expect(last([5, 1, 0, 1, 192, 0, 2, 1, 31, 144])).toEqual({
      kind: 'asked',
      host: '192.0.2.1',
      port: 8080,
      start: 3,
      end: 13,
    });
  });

  it.each([
    [[0x2001, 0xdb8, 0, 0, 0, 0, 0, 1], '2001:db8::1'],
    [[0, 0, 0, 0, 0, 0, 0, 0], '::'],
    [[0, 0, 0, 0, 0, 0, 0, 1], '::1'],
    [[1, 0, 0, 0, 0, 0, 0, 0], '1::'],
    [[1, 0, 2, 3, 4, 5, 6, 7], '1:0:2:3:4:5:6:7'],
    [[1, 0, 0, 2, 0, 0, 0, 3], '1:0:0:2::3'],
    [[0, 0, 0, 0, 0, 0xffff, 0x7f00, 1], '127.0.0.1'],
  ])('names an IPv6 address: %j', (groups, host) => {
    expect(last(ipv6(...groups))).toMatchObject({ kind: 'asked', host, port: 443, end: 25 });
  });

  it.each([
    ['Example.COM', 'example.com'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['a'.repeat(255), 'a'.repeat(255)],
    ['127.0.0.1', '127.0.0.1'],
    ['::1', '::1'],
  ])('names a host: %s', (name, host) => {
    expect(last(named(name))).toMatchObject({ kind: 'asked', host, port: 80, end: 3 + 7 + name.length });
  });
});

describe('what is refused', () => {
  it.each([
    ['another version', [4, 1, 0, 80], 'SOCKS_VERSION', 0, null],
    ['HTTP', [0x47], 'SOCKS_VERSION', 0, null],
    ['no method at all', [5, 0], 'SOCKS_METHOD', 1, [5, 255]],
    ['a password alone', [5, 2, 1, 2], 'SOCKS_METHOD', 1, [5, 255]],
  ] as const)('in a greeting: %s', (_, bytes, code, offset, reply) => {
    expect(eventsOf(bytes)).toEqual([
      { kind: 'fault', fault: { code, offset }, rep: null, reply: reply && Uint8Array.from(reply) },
    ]);
  });

  it.each([
    ['another version', [4], 'SOCKS_VERSION', 3, 1],
    ['BIND', [5, 2], 'SOCKS_COMMAND', 4, 7],
    ['UDP', [5, 3], 'SOCKS_COMMAND', 4, 7],
    ['a kind of address that is none', [5, 1, 0, 2], 'SOCKS_ADDRESS', 6, 8],
    ['an empty name', named(''), 'SOCKS_ADDRESS', 7, 1],
    ['a name with a space', named('a b'), 'SOCKS_ADDRESS', 7, 1],
    ['a name with a NUL', named('a\0b'), 'SOCKS_ADDRESS', 7, 1],
    ['a name with a zone', named('fe80::1%eth0'), 'SOCKS_ADDRESS', 7, 1],
    ['port 0', named('a', [0, 0]), 'SOCKS_ADDRESS', 9, 1],
  ] as const)('in a request: %s', (_, bytes, code, offset, rep) => {
    const event = last(bytes);
    expect(event).toMatchObject({ kind: 'fault', fault: { code, offset }, rep });
    expect(event?.kind === 'fault' && event.reply?.[1]).toBe(rep);
  });
});

describe('any cut', () => {
  const byte = fc.integer({ min: 0, max: 255 });
  /** Mostly right, so that the later bytes are looked at as well. */
  const conversation = fc
    .tuple(
      fc.oneof(fc.constant(GREETING), fc.constant([5, 3, 2, 1, 0]), fc.array(byte, { maxLength: 6 })),
      fc.oneof(
        fc.constant(named('host.example')),
        fc.constant(ipv6(1, 2, 3, 4, 5, 6, 7, 8)),
        fc.array(byte, { maxLength: 8 }).map((rest) => [5, 1, 0, ...rest]),
        fc.array(byte, { maxLength: 20 }),
      ),
      fc.array(byte, { maxLength: 5 }),
    )
    .map((parts) => parts.flat());

  it('comes to the same', () => {
    fc.assert(
      fc.property(conversation, fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 30 }), (bytes, lengths) => {
        expect(eventsOf(bytes, lengths)).toEqual(eventsOf(bytes));
      }),
    );
  });

  it('at every byte comes to the same', () => {
    const bytes = [...GREETING, ...named('a'.repeat(255))];
    expect(bytes.length - GREETING.length).toBe(MAX_MESSAGE_BYTES);
    const whole = eventsOf(bytes);
    expect(eventsOf(bytes, Array<number>(bytes.length).fill(1))).toEqual(whole);
    for (let at = 1; at < bytes.length; at += 1) expect(eventsOf(bytes, [at])).toEqual(whole);
  });

  it('leaves what is behind a request alone', () => {
    fc.assert(
      fc.property(fc.array(byte), (behind) => {
        const bytes = [...GREETING, ...named('a.example')];
        expect(eventsOf([...bytes, ...behind])).toEqual(eventsOf(bytes));
      }),
    );
  });
});
