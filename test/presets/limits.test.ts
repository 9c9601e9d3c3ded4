/** What each preset does with what is too large or too many, and with bursts, as the server it is named after. */
import { describe, expect, it } from 'vitest';
import { presetSettings, type PresetName } from '../../src-main/contract/presets';
import { PolicyInForce } from '../../src-main/inspector/policy';
import { Playbook } from '../support/session-playbook';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

const as = (preset: PresetName): Playbook => new Playbook(presetSettings(preset));
const get = (more: string, target = '/health'): string => `GET ${target} HTTP/1.1\r\nHost: a\r\n${more}\r\n`;
const fields = (count: number): string => Array.from({ length: count - 1 }, (_, at) => `F${at}: 1\r\n`).join('');

describe('one field line of 70,000 bytes', () => {
  it.each([
    ['nginx', 400],
    ['apache', 400],
    ['haproxy', 400],
    ['node-20', 431],
    ['kestrel', 431],
    ['envoy', 431],
    ['caddy', 431],
  ] as const)('%s: %i, then FIN', (preset, status) => {
    const book = as(preset).send(get(`X: ${'x'.repeat(70_000)}\r\n`));
    expect(book.statuses()).toEqual([status]);
    expect(book.effects).toEqual(['end']);
  });
});

describe('a target of 70,000 bytes', () => {
  it.each([
    ['nginx', 414],
    ['apache', 414],
    ['haproxy', 400],
    ['node-20', 431],
    ['kestrel', 414],
    ['envoy', 431],
    ['caddy', 431],
  ] as const)('%s: %i, then FIN', (preset, status) => {
    const book = as(preset).send(get('', `/${'t'.repeat(70_000)}`));
    expect(book.statuses()).toEqual([status]);
    expect(book.effects).toEqual(['end']);
  });
});

describe('too many fields', () => {
  it.each([
    ['nginx', 1_000, 400],
    ['apache', 100, 400],
    ['haproxy', 100, 400],
    ['kestrel', 100, 431],
    ['envoy', 100, 431],
  ] as const)('%s takes %i, and answers one more with %i', (preset, most, status) => {
    expect(
      as(preset)
        .send(get(fields(most)))
        .statuses(),
    ).toEqual([200]);
    expect(
      as(preset)
        .send(get(fields(most + 1)))
        .statuses(),
    ).toEqual([status]);
  });

  it('Node drops those beyond 1,023 and tells nobody', () => {
    const book = as('node-20').send(get(fields(1_500)));
    expect(book.statuses()).toEqual([200]);
    expect(book.factsOf('head')).toMatchObject([{ fieldCount: 1_023 }]);
    expect(book.factsOf('trip')).toEqual([]);
  });

  it('Caddy takes as many as the head holds', () => {
    expect(
      as('caddy')
        .send(get(fields(1_500)))
        .statuses(),
    ).toEqual([200]);
  });
});

describe('a body', () => {
  const post = (length: number): string => `POST /none HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`;

  it.each([
    ['nginx', MIB],
    ['apache', GIB],
    ['kestrel', 30_000_000],
  ] as const)('%s: 413 at once where Content-Length is more than %i', (preset, most) => {
    expect(as(preset).send(post(most)).statuses()).toEqual([]);
    const book = as(preset).send(post(most + 1));
    expect(book.statuses()).toEqual([413]);
    expect(book.effects).toEqual(['end']);
  });

  it('nginx: 413 in place of 100 Continue', () => {
    const book = as('nginx').send(
      `POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: ${MIB + 1}\r\nExpect: 100-continue\r\n\r\n`,
    );
    expect(book.statuses()).toEqual([413]);
  });

  it.each(['haproxy', 'node-20', 'envoy', 'caddy'] as const)('%s: of any length', (preset) => {
    expect(
      as(preset)
        .send(post(10 * GIB))
        .statuses(),
    ).toEqual([]);
  });
});

describe('one connection too many', () => {
  it.each([
    ['nginx', 512],
    ['apache', 400],
  ] as const)('%s: FIN without a byte beyond %i', (preset, most) => {
    const policy = new PolicyInForce(presetSettings(preset), 'default');
    for (let open = 0; open < most; open += 1) policy.admission.enter(`10.0.0.${open % 250}`, policy.settings);
    const book = new Playbook({}, 'default', policy);
    expect(book.written()).toBe('');
    expect(book.effects).toEqual(['end']);
    expect(book.factsOf('trip')).toMatchObject([{ code: 'LIM_CONNECTIONS', status: null }]);
  });
});

describe('nginx limit_req at 10 requests a second, ten at once', () => {
  /** What each of ten connections gets, and after how long. */
  function burst(bucketCapacity: number): readonly [status: number, sec: number][] {
    const settings = { ...presetSettings('nginx'), bucketCapacity, bucketRefillPerSec: 10 };
    const policy = new PolicyInForce(settings, 'default');
    const books = Array.from({ length: 10 }, () => new Playbook({}, 'default', policy).send(get('')));
    const seen: [number, number][] = [];
    for (let tenth = 0; tenth <= 20; tenth += 1) {
      for (const book of books) {
        const reply = book.written();
        if (reply === '') continue;
        expect(reply).not.toMatch(/Retry-After|RateLimit/);
        seen.push([Number(reply.slice(9, 12)), tenth / 10]);
      }
      for (const book of books) book.wait(100);
    }
    return seen;
  }

  it('without a burst: 1 × 200, 9 × 503', () => {
    const seen = burst(1);
    expect(seen.map(([status]) => status)).toEqual([200, ...Array.from({ length: 9 }, () => 503)]);
    expect(seen.every(([, sec]) => sec === 0)).toBe(true);
  });

  it('with burst=5: 1 at once, 5 after 0.1 … 0.5 s, 4 × 503', () => {
    const seen = burst(6);
    expect(seen.filter(([status]) => status === 503)).toEqual(Array.from({ length: 4 }, () => [503, 0]));
    expect(seen.filter(([status]) => status === 200).map(([, sec]) => sec)).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5]);
  });
});
