import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS, type Settings } from '../../src-main/contract/settings';
import { KeyedHash } from '../../src-main/guard/keyed-hash';
import { labelOf, MAX_KEY_CHARS, MAX_LABEL_CHARS, RateKeys } from '../../src-main/guard/rate-key';

const keys = (settings: Partial<Settings>, seed = 1) =>
  new RateKeys({ ...DEFAULT_SETTINGS, ...settings }, new KeyedHash(new Uint32Array([seed, 2])));

const withField = (value: string | null, of: Partial<Settings> = {}, seed = 1) =>
  keys({ rateKey: 'field', ...of }, seed).of('10.0.0.1', {
    method: 'GET',
    target: '/',
    fields: { get: () => value },
  });

const withTarget = (target: string, rateKeySegments = 1) =>
  keys({ rateKey: 'target', rateKeySegments }).of('10.0.0.1', { method: 'GET', target, fields: { get: () => null } });

describe('the bucket of a client', () => {
  it('is named by its address', () => {
    const key = keys({}).of('2001:db8::7', { method: 'GET', target: '/', fields: { get: () => 'x' } });
    expect(labelOf(key)).toBe('2001:db8::7');
  });
});

describe('the bucket of a field value', () => {
  const TENANT = { rateKeyField: 'X-Tenant' };

  it('is named by the value, byte for byte', () => {
    expect(labelOf(withField('blue', TENANT))).toBe('blue');
    expect(withField('Blue', TENANT)).not.toBe(withField('blue', TENANT));
  });

  it.each([null, ''])('is that of the address without a value (%j)', (value) => {
    expect(withField(value, TENANT)).toBe('10.0.0.1');
  });

  // A client without a key of its own would else empty the bucket of somebody else.
  it('is never that of an address, whatever the value looks like', () => {
    expect(withField('10.0.0.1', TENANT)).not.toBe('10.0.0.1');
  });

  it('is never that of a longer value, even one spelled like its key', () => {
    const long = withField('y'.repeat(500), TENANT);
    expect([withField(long, TENANT), withField(long.slice(1), TENANT)]).not.toContain(long);
  });

  it('costs no more for 16 KB than for a line, and tells long values apart', () => {
    const value = 'z'.repeat(16_384);
    const [one, other] = [withField(`${value}1`, TENANT), withField(`${value}2`, TENANT)];
    expect(one).not.toBe(other);
    expect(one.length).toBeLessThanOrEqual(MAX_KEY_CHARS);
    expect(labelOf(one).length).toBeLessThanOrEqual(MAX_LABEL_CHARS);
  });
});

describe('a credential', () => {
  const SECRET = 'hunter2hunter2';

  it.each([
    ['Authorization', `Bearer ${SECRET}`, /^Bearer …[\da-f]{4}$/],
    ['Authorization', `basic ${SECRET}`, /^basic …[\da-f]{4}$/],
    ['Proxy-Authorization', `Digest ${SECRET}`, /^Digest …[\da-f]{4}$/],
    ['Authorization', SECRET, /^Authorization …[\da-f]{4}$/],
    // Not a scheme: it may be the first half of a secret.
    ['Authorization', `${SECRET} abc`, /^Authorization …[\da-f]{4}$/],
    ['Cookie', `sid=${SECRET}`, /^Cookie …[\da-f]{4}$/],
    ['X-Api-Key', SECRET, /^X-Api-Key …[\da-f]{4}$/],
    ['X-Session', SECRET, /^X-Session …[\da-f]{4}$/],
  ])('in %s is neither kept nor shown: %s', (rateKeyField, value, label) => {
    const key = withField(value, { rateKeyField });
    expect(key).not.toContain(SECRET);
    expect(labelOf(key)).toMatch(label);
  });

  it('is told from another one', () => {
    expect(withField('Bearer a')).not.toBe(withField('Bearer b'));
  });

  it('has another fingerprint in every run', () => {
    expect(labelOf(withField(`Bearer ${SECRET}`, {}, 1))).not.toBe(labelOf(withField(`Bearer ${SECRET}`, {}, 7)));
  });

  it('has a short label under the longest of names', () => {
    const label = labelOf(withField(SECRET, { rateKeyField: 'X-Token-'.padEnd(64, 'x') }));
    expect(label.length).toBeLessThanOrEqual(MAX_LABEL_CHARS);
  });
});

describe('the bucket of a target', () => {
  it.each([
    ['/', 1, '/'],
    ['/a', 1, '/a'],
    ['/a/b/c', 1, '/a'],
    ['/a/b/c', 2, '/a/b'],
    ['/a/b?x=/c/d', 2, '/a/b'],
    ['/a?x', 2, '/a'],
    ['/a/b', 16, '/a/b'],
    ['/%61/b', 1, '/%61'],
    ['//a/b', 1, '/'],
    ['http://example.org/a/b', 1, '/a'],
    ['http://example.org', 1, '/'],
    ['http://example.org?a/b', 1, '/'],
    ['*', 1, '*'],
    ['example.org:443', 1, 'example.org:443'],
  ])('%s with %i segments is that of %s', (target, segments, label) => {
    expect(labelOf(withTarget(target, segments))).toBe(label);
  });

  it('is never that of an address', () => {
    expect(withTarget('10.0.0.1')).not.toBe('10.0.0.1');
  });

  it('has a short key and a short label, and is told from one that begins alike', () => {
    const long = `/${'a'.repeat(8_000)}`;
    const [one, other] = [withTarget(`${long}1`), withTarget(`${long}2`)];
    expect(one).not.toBe(other);
    expect(one.length).toBeLessThanOrEqual(MAX_KEY_CHARS);
    expect(labelOf(one)).toMatch(/^\/a{39} …[\da-f]{4}$/);
  });
});

describe('the rule of the keys', () => {
  it('changes with what names a bucket, and with nothing else', () => {
    const rule = (settings: Partial<Settings>) => keys(settings).rule;
    expect(rule({ rateKeyField: 'X-A', rateKeySegments: 3 })).toBe(rule({}));
    expect(rule({ rateKey: 'field', rateKeyField: 'x-a' })).toBe(rule({ rateKey: 'field', rateKeyField: 'X-A' }));
    const rules = [
      rule({}),
      rule({ rateKey: 'field' }),
      rule({ rateKey: 'field', rateKeyField: 'X-A' }),
      rule({ rateKey: 'target' }),
      rule({ rateKey: 'target', rateKeySegments: 2 }),
    ];
    expect(new Set(rules).size).toBe(rules.length);
  });
});
