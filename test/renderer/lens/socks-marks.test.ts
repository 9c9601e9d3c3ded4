import { describe, expect, it } from 'vitest';
import type { Exchange } from '@contract/connections';
import { HARDLY_BEGUN } from '../../../src-renderer/lens/exchanges';
import { socksMarks } from '../../../src-renderer/lens/socks-marks';
import { makeRow } from '../../support/rows';

const OPEN = { closedAtMs: null, closeCause: null } as const;
const BEGUN: Exchange = {
  ...HARDLY_BEGUN,
  ...{ number: 1, method: '', target: '', version: 'SOCKS5', startedAtMs: 0, requestStart: 0, failure: null },
};
const ASKED = { method: 'CONNECT', target: 'a.test:443' } as const;

function told(bytesOut: number, changes: Partial<Exchange>, isOpen = false): string {
  const row = makeRow({ id: 1, bytesOut, ...(isOpen ? OPEN : {}) });
  return socksMarks({ ...BEGUN, ...changes }, row)
    .map(({ mark, part }) => (part === null ? mark : `${mark} ${part}`))
    .join(', ');
}
const failed = (code: NonNullable<Exchange['failure']>['code'], offset = 0) => ({ failure: { code, offset } });

describe('the strip of a client of SOCKS', () => {
  it('says what is awaited', () => {
    expect(told(0, {}, true)).toBe('now, ahead, ahead, ahead');
    expect(told(2, {}, true)).toBe('done, now, ahead, ahead');
    expect(told(2, ASKED, true)).toBe('done, done, now, ahead');
    expect(told(12, { ...ASKED, status: 0 }, true)).toBe('done, done, done, done REP 0');
  });

  it('says what it was refused at, and the reply', () => {
    expect(told(0, failed('SOCKS_VERSION'))).toBe('failed, ahead, ahead, ahead');
    expect(told(2, failed('SOCKS_METHOD', 1))).toBe('failed, ahead, ahead, ahead');
    expect(told(12, { ...failed('SOCKS_COMMAND', 4), status: 7 })).toBe('done, failed, ahead, done REP 7');
    expect(told(2, failed('LIM_HEAD_TIMEOUT', 4))).toBe('done, failed, ahead, ahead');
    expect(told(12, { ...ASKED, ...failed('FWD_PRIVATE', 20), status: 2 })).toBe('done, done, failed, done REP 2');
  });

  it('says where a client left that had nothing wrong with it', () => {
    expect(told(2, ASKED)).toBe('done, done, ahead, ahead');
  });

  it('has not begun before the first byte', () => {
    expect(socksMarks(null, makeRow({ id: 1 })).map(({ mark }) => mark)).toEqual(Array(4).fill('ahead'));
  });
});
