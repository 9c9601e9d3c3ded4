import { describe, expect, test } from 'vitest';
import { parseFilter } from '../../../src-renderer/lens/filter';
import { relayedRows } from '../../support/proxy-views';
import { makeRow, variedRows } from '../../support/rows';

const rows = [
  makeRow({ id: 1, method: 'GET', target: '/health', status: 200 }),
  makeRow({ id: 2, method: 'POST', target: '/Upload', status: 413, marks: ['LIM_BODY_BYTES'] }),
  makeRow({ id: 3, method: 'GET', target: '/slow', status: 408, marks: ['LIM_HEAD_TIMEOUT'], client: '[::1]:40000' }),
  makeRow({ id: 4, method: '', target: '', status: null, phase: 'headers', closedAtMs: null, closeCause: null }),
  makeRow({
    id: 5,
    method: 'PUT',
    target: '/a b',
    status: 429,
    marks: ['LIM_RATE'],
    phase: 'chunk-data',
    closedAtMs: null,
    closeCause: null,
  }),
];
const passing = (text: string) => rows.filter((row) => parseFilter(text).matches(row)).map((row) => row.id);

describe('what passes', () => {
  test.each<[string, number[]]>([
    ['', [1, 2, 3, 4, 5]],
    ['upload', [2]],
    ['GET /slow', [3]],
    ['"get /s"', [3]],
    ['#4', [4]],
    ['method:get', [1, 3]],
    ['-method:get', [2, 4, 5]],
    ['status:4xx', [2, 3, 5]],
    ['status:429', [5]],
    ['status:>=413', [2, 5]],
    ['status:<300', [1]],
    ['status:none', [4]],
    ['trip:any', [2, 3, 5]],
    ['trip:none', [1, 4]],
    ['trip:head', [3]],
    ['trip:"body size"', [2]],
    ['trip:body-size', [2]],
    ['trip:rate', [5]],
    ['trip:lim-head-timeout', [3]],
    ['state:open', [4, 5]],
    ['state:closed', [1, 2, 3]],
    ['state:headers', [4]],
    ['state:chunk', [5]],
    ['state:reading', [4, 5]],
    ['client:::1', [3]],
    ['trip:any -status:4xx', []],
    ['METHOD:PUT "/a b"', [5]],
  ])('%s', (text, expected) => {
    expect(passing(text)).toEqual(expected);
  });
});

test('a status below 100 asks for replies of SOCKS, any other for those of HTTP', () => {
  const rows = [0, 5, 200, 404].map((status, index) => makeRow({ id: index + 1, status }));
  const found = (text: string) => rows.filter((row) => parseFilter(text).matches(row)).map(({ status }) => status);
  expect([found('status:5'), found('status:>0'), found('status:<300')]).toEqual([[5], [5], [200]]);
});

describe('the sides of a proxy', () => {
  const sides = relayedRows();
  const found = (text: string) => sides.filter((row) => parseFilter(text).matches(row)).map((row) => row.id);

  test.each<[string, number[]]>([
    ['side:client', [1, 3, 6, 7]],
    ['side:upstream', [2, 4, 5, 8]],
    ['-side:up', [1, 3, 6, 7]],
    ['upstream:api', [1, 2, 3, 4]],
    ['upstream:10.0.0.7', [5]],
    ['upstream:any', [1, 2, 3, 4, 5, 6, 7, 8]],
    ['upstream:none', []],
    ['side:upstream upstream:API', [2, 4]],
    ['tls', [7, 8]],
    ['tls:any', [7, 8]],
    ['tls:none', [1, 2, 3, 4, 5, 6]],
    ['tls:1.3', [7, 8]],
    ['tls:example.com', [7, 8]],
    ['files', [5]],
    ['state:waiting', [3, 4]],
    ['state:tunnel', [6]],
  ])('%s', (text, expected) => {
    expect(found(text)).toEqual(expected);
  });
});

describe('what is not understood', () => {
  test.each(['status:abc', 'status:6xx', 'status:>', 'state:asleep', 'side:left'])(
    '%s filters nothing and says why',
    (text) => {
      const filter = parseFilter(text);
      expect(filter.problem).toMatch(/takes/);
      expect(filter.isEmpty).toBe(true);
      expect(passing(text)).toHaveLength(rows.length);
    },
  );

  test('a key whose value is still to be typed is no mistake', () => {
    expect(parseFilter('status:')).toMatchObject({ problem: null, isEmpty: true });
  });

  test('a mistake beside a good term leaves the good one in force', () => {
    expect(passing('status:abc method:put')).toEqual([5]);
  });
});

describe('what is highlighted', () => {
  test('tells keys, values, negation and text apart', () => {
    expect(parseFilter('-trip:any foo').tokens).toEqual([
      { kind: 'negation', text: '-' },
      { kind: 'key', text: 'trip:' },
      { kind: 'value', text: 'any' },
      { kind: 'space', text: ' ' },
      { kind: 'text', text: 'foo' },
    ]);
  });

  test('an address with a port is text, not a key', () => {
    expect(parseFilter('localhost:8080').tokens).toEqual([{ kind: 'text', text: 'localhost:8080' }]);
  });

  test.each(['', ' ', 'a"b', '"', '""', '-', '--x', 'status:"4xx', 'http://x/y z', 'method:"a"b', '\t-"a b"c:d'])(
    'the tokens of %j are the whole text and nothing else',
    (text) => {
      expect(
        parseFilter(text)
          .tokens.map((token) => token.text)
          .join(''),
      ).toBe(text);
    },
  );
});

test('filters 20 000 rows in a fraction of a second', () => {
  const { matches } = parseFilter('trip:any status:4xx -method:post client:127 /');
  const many = Array.from({ length: 667 }, () => variedRows()).flat();
  const started = performance.now();
  many.filter(matches);
  expect(performance.now() - started).toBeLessThan(200);
});
