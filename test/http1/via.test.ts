import { describe, expect, it } from 'vitest';
import { BugError } from '../../src-main/contract/errors';
import { isPseudonym, timesThrough, viaValue } from '../../src-main/http1/via';
import { fieldsOf } from '../support/request-head';

const via = (...values: string[]) => fieldsOf(values.map((value) => ['Via', value] as const));

describe('what we add to Via', () => {
  it('is the version that was received and our pseudonym', () => {
    expect(viaValue('HTTP/1.0', 'us')).toBe('1.0 us');
    expect(viaValue('HTTP/1.1', 'proxy.example:8080')).toBe('1.1 proxy.example:8080');
    expect(viaValue('HTTP/1.0', 'proxy.example:8080')).toBe('1.0 proxy.example:8080');
    expect(viaValue('HTTP/1.0', 'us')).toBe('1.0 us');
  });

  it.each(['', 'a b', 'a,b', 'a(b)', 'a\r\n', '\u0141', 'a'.repeat(256)])('cannot be the pseudonym %j', (pseudonym) => {
    expect(isPseudonym(pseudonym)).toBe(false);
    expect(() => viaValue('HTTP/1.1', pseudonym)).toThrow(BugError);
  });
});

describe('the times a message came through us', () => {
  it.each([
    [[], 0],
    [['1.1 them'], 0],
    [['1.1 us'], 1],
    [['1.0 them, 1.1 US (a comment),HTTP/1.1\t us'], 2],
    [['1.1 us', '1.1 them', '1.1 us'], 2],
    [['1.1 us2', '1.1 usher', 'us', 'us 1.1', '1.1'], 0],
    [['1.1 us(tight)'], 1],
    [['1.1 them (never closed', '1.1 us'], 1],
    [['1.1 them (never closed, 1.1 us'], 1],
  ])('of %j are %i', (values, times) => {
    expect(timesThrough(via(...values), 'us')).toBe(times);
  });

  it('are counted in a Via of any length', () => {
    expect(timesThrough(via('1.1 us,'.repeat(10_000), ' \t,'.repeat(20_000)), 'us')).toBe(10_000);
  });
});
