import { describe, expect, it } from 'vitest';
import { BugError } from '../../src-main/contract/errors';
import { MAX_CHAIN_BYTES, MAX_CHAIN_HOPS } from '../../src-main/http1/forwarded-chain';
import { elementOf, hopText, type Hop } from '../../src-main/http1/forwarded-element';
import type { ForwardedPlan } from '../../src-main/http1/forwarded';
import { writeRequest } from '../../src-main/http1/request-writer';
import { requestHead, type FieldPairs } from '../support/request-head';
import { textOf } from '../support/wire-text';
import { planFor } from './forwarding-check';

const HOP: Hop = { client: '10.0.0.1', clientPort: null, proto: 'http', port: 8080, by: null };
const hop = (more: Partial<Hop> = {}) => hopText({ ...HOP, ...more });

/** The fields of this family that go on, of a request for `a.example`. */
function told(pairs: FieldPairs, more: Partial<ForwardedPlan>): string[] {
  const head = requestHead('GET', '/', [['Host', 'a.example'], ...pairs]);
  const forwarded = { hop: hop(), trusted: true, writesXForwarded: false, writesForwarded: false, ...more };
  return textOf(writeRequest(head, planFor(head, { forwarded })).bytes)
    .split('\r\n')
    .slice(2, -2);
}
const X = { writesXForwarded: true };
const RFC = { writesForwarded: true };
const OURS = ['X-Forwarded-Proto: http', 'X-Forwarded-Host: a.example', 'X-Forwarded-Port: 8080'];

describe('an element of Forwarded', () => {
  it.each<[Partial<Hop>, string]>([
    [{}, 'for=10.0.0.1;proto=http'],
    [{ clientPort: 80 }, 'for="10.0.0.1:80";proto=http'],
    [{ client: '2001:db8::7' }, 'for="[2001:db8::7]";proto=http'],
    [{ client: '2001:db8::7', clientPort: 80 }, 'for="[2001:db8::7]:80";proto=http'],
    [{ client: 'fe80::1%eth0' }, 'for="[fe80::1]";proto=http'],
    [{ client: '::ffff:10.0.0.9' }, 'for=10.0.0.9;proto=http'],
    [{ client: 'unknown', by: '_edge.1' }, 'for=unknown;by=_edge.1;proto=http'],
    [{ client: '_hidden', clientPort: 1, by: '::1', proto: 'https' }, 'for="_hidden:1";by="[::1]";proto=https'],
  ])('of %j is %s', (more, element) => {
    expect(elementOf(hop(more), null)).toBe(element);
  });

  it.each([
    ['a.example', 'host=a.example'],
    ['a.example:80', 'host="a.example:80"'],
    ['[::1]', 'host="[::1]"'],
    ['a"b\\c', 'host="a\\"b\\\\c"'],
  ])('quotes the host %s where it is no token', (host, pair) => {
    expect(elementOf(hop(), host)).toBe(`for=10.0.0.1;proto=http;${pair}`);
  });

  it.each<Partial<Hop>>([
    { client: '' },
    { client: '_' },
    { client: '_a b' },
    { client: `_${'a'.repeat(64)}` },
    { client: 'example.com' },
    { client: '1.2.3' },
    { client: '1::2::3' },
    { client: '::1\r\nX: y' },
    { client: '10.0.0.1", for=evil' },
    { by: 'x' },
    { port: 65_536 },
    { port: -1 },
    { clientPort: 0.5 },
  ])('is not made of %j', (more) => {
    expect(() => hop(more)).toThrow(BugError);
  });
});

describe('of a peer that is trusted', () => {
  it('the addresses go on in one line, ours at the end', () => {
    const came: FieldPairs = [
      ['x-forwarded-for', '1.1.1.1, 2.2.2.2'],
      ['X', '1'],
      ['X-Forwarded-For', '3.3.3.3'],
    ];
    expect(told(came, X)).toEqual(['x-forwarded-for: 1.1.1.1, 2.2.2.2, 3.3.3.3, 10.0.0.1', 'X: 1', ...OURS]);
  });

  it('the facts go on as they came', () => {
    const came: FieldPairs = [
      ['X-Forwarded-Proto', 'https'],
      ['X-Forwarded-Host', 'outer'],
      ['X-Forwarded-Port', '443'],
      ['X-Real-IP', '1.1.1.1'],
    ];
    expect(told(came, X)).toEqual([...came.map((pair) => pair.join(': ')), 'X-Forwarded-For: 10.0.0.1']);
  });

  it('Forwarded goes on in one line, ours at the end', () => {
    const came: FieldPairs = [
      ['Forwarded', 'for="[::1]:8, x\\"";proto=https ; by=_a,for=unknown'],
      ['forwarded', 'For=1.2.3.4:80'],
    ];
    expect(told(came, RFC)).toEqual([
      'Forwarded: for="[::1]:8, x\\"";proto=https ; by=_a,for=unknown, For=1.2.3.4:80, ' +
        'for=10.0.0.1;proto=http;host=a.example',
    ]);
  });

  // What follows a quote that is never closed would be a part of it, and the client's word the last.
  it.each(['for="evil', 'for="a\\', 'for=a"b', 'for', 'for=', '=a', 'for=a b', 'for="a"b', 'for="\x01"', 'for=a,by'])(
    'Forwarded that cannot be read is replaced: %s',
    (value) => {
      expect(
        told(
          [
            ['Forwarded', 'for=x'],
            ['Forwarded', value],
          ],
          RFC,
        ),
      ).toEqual(['Forwarded: for=10.0.0.1;proto=http;host=a.example']);
    },
  );

  it('Forwarded is not read across its lines', () => {
    const came: FieldPairs = [
      ['Forwarded', 'for="a'],
      ['Forwarded', 'b"'],
    ];
    expect(told(came, RFC)).toEqual(['Forwarded: for=10.0.0.1;proto=http;host=a.example']);
    expect(
      told(
        [
          ['Forwarded', 'for="a'],
          ['Forwarded', ',"'],
        ],
        RFC,
      ),
    ).toEqual(told(came, RFC));
    const good: FieldPairs = [
      ['Forwarded', 'for=1.1.1.1'],
      ['Forwarded', 'for="a'],
      ['Forwarded', 'b"'],
    ];
    expect(told(good, RFC)).toEqual(told(came, RFC));
  });

  it.each(['', ',', ' , ;,', ';;'])(
    'an empty Forwarded is nothing to append to, and no reason to doubt: %j',
    (value) => {
      expect(told([['Forwarded', value]], RFC)[0]).toMatch(/for=10\.0\.0\.1;proto=http;host=a\.example$/);
    },
  );

  it('what we do not write goes on untouched', () => {
    const came: FieldPairs = [
      ['Forwarded', 'for="x'],
      ['X-Forwarded-For', '1'],
    ];
    expect(told(came, {})).toEqual(['Forwarded: for="x', 'X-Forwarded-For: 1']);
  });
});

describe('of a peer that is not trusted', () => {
  const CLAIMS: FieldPairs = [
    ['X-Forwarded-For', '1.1.1.1'],
    ['x-forwarded-for', '2.2.2.2'],
    ['X-Forwarded-Host', 'evil'],
    ['X-FORWARDED-PROTO', 'https'],
    ['x-forwarded-proto', 'https'],
    ['X-Forwarded-Port', '1'],
    ['X-Forwarded-Prefix', '/admin'],
    ['X_Forwarded_For', '3.3.3.3'],
    ['X-Real_IP', '4.4.4.4'],
    ['X-Real-IP', '5.5.5.5'],
    ['Forwarded', 'for=6.6.6.6'],
    ['Forwarded', 'for=7.7.7.7'],
    ['X-Forward', 'mine'],
  ];

  it('nothing is believed: ours stands in its place', () => {
    expect(told(CLAIMS, { ...X, trusted: false })).toEqual([
      'X-Forwarded-For: 10.0.0.1',
      'X-Forwarded-Host: a.example',
      'X-FORWARDED-PROTO: http',
      'X-Forwarded-Port: 8080',
      'X-Forward: mine',
    ]);
    expect(told(CLAIMS, { ...RFC, trusted: false })).toEqual([
      'Forwarded: for=10.0.0.1;proto=http;host=a.example',
      'X-Forward: mine',
    ]);
  });

  it('nothing goes on where we write nothing', () => {
    expect(told(CLAIMS, { trusted: false })).toEqual(['X-Forward: mine']);
  });
});

describe('a chain that is too long', () => {
  const last = (values: string[]) => values[0]!.split(/: (.*)/)[1]!;

  it('keeps the hops next to us', () => {
    const hops = Array.from({ length: 1_000 }, (_, at) => `10.1.${at >> 8}.${at & 255}`);
    const kept = last(told([['X-Forwarded-For', hops.join(', ')]], X)).split(', ');
    expect(kept).toEqual([...hops.slice(-MAX_CHAIN_HOPS), '10.0.0.1']);
  });

  it('of Forwarded is cut between elements, not in a quote', () => {
    const hops = Array.from({ length: 1_000 }, (_, at) => `for="_${at}, by=x"`);
    const value = last(
      told(
        hops.map((one) => ['Forwarded', one] as const),
        RFC,
      ),
    );
    const kept = hops.slice(-MAX_CHAIN_HOPS).join(', ');
    expect(value).toBe(`${kept}, for=10.0.0.1;proto=http;host=a.example`);
  });

  it('is bounded in bytes, too', () => {
    const long = 'a'.repeat(MAX_CHAIN_BYTES);
    expect(last(told([['X-Forwarded-For', `1.1.1.1, ${long}, 2.2.2.2`]], X))).toBe('2.2.2.2, 10.0.0.1');
    expect(last(told([['X-Forwarded-For', `${long}a`]], X))).toBe('10.0.0.1');
  });
});

describe('the requests of one connection', () => {
  const write = (forwarded: ForwardedPlan, pairs: FieldPairs): string => {
    const head = requestHead('GET', '/', pairs);
    return textOf(writeRequest(head, planFor(head, { forwarded })).bytes);
  };
  const planOf = (more: Partial<ForwardedPlan>): ForwardedPlan => ({
    hop: hop(),
    trusted: true,
    writesXForwarded: false,
    writesForwarded: false,
    ...more,
  });
  const HEADS: readonly FieldPairs[] = [
    [['Host', 'a.example']],
    [['Host', 'b.example']],
    [],
    [
      ['Host', 'a.example'],
      ['X-Forwarded-For', '1.1.1.1'],
    ],
    [
      ['Host', 'a.example'],
      ['X-Forwarded-Proto', 'https'],
    ],
    [
      ['Host', ''],
      ['X-Real-IP', '1.1.1.1'],
    ],
  ];

  it.each([X, RFC, { ...X, ...RFC }, { ...X, trusted: false }, { ...X, ...RFC, trusted: false }, {}])(
    'are each told of as if there were no other: %j',
    (more) => {
      const shared = planOf(more);
      for (const one of HEADS) {
        for (const other of HEADS) {
          for (const pairs of [one, one, one, other, one]) {
            expect(write(shared, pairs)).toBe(write(planOf(more), pairs));
          }
        }
      }
    },
  );
});
