import { describe, expect, it } from 'vitest';
import { BugError, ERRORS, errorEntry, type ErrorCode } from '../../src-main/contract/errors';
import { rateFields, refusal } from '../../src-main/responder/refusal';

const text = (body: Uint8Array) => Buffer.from(body).toString('utf8');
const codes = Object.keys(ERRORS) as ErrorCode[];

describe('refusal', () => {
  it.each(codes.filter((code) => errorEntry(code).status !== null))('answers %s with its status and code', (code) => {
    const reply = refusal({ code });
    expect(reply.status).toBe(errorEntry(code).status);
    expect(text(reply.body)).toMatch(new RegExp(`^${code}: .*\n$`));
  });

  it('says what happened, what to do and which rule', () => {
    expect(text(refusal({ code: 'LIM_HEAD_TIMEOUT', detail: { limit: 250 } }).body)).toBe(
      'LIM_HEAD_TIMEOUT: The head was not complete within 250 ms. ' +
        'Send the head faster, or raise the head timeout. (RFC 9110 §15.5.9)\n',
    );
  });

  it('throws for a code that closes without a reply', () => {
    expect(() => refusal({ code: 'LIM_IDLE_TIMEOUT', detail: { limit: 1 } })).toThrow(BugError);
  });

  it.each([
    [1, '1'],
    [1000, '1'],
    [1001, '2'],
  ])('tells a client to come back after %i ms as %s whole seconds', (retryAfterMs, seconds) => {
    const { fields } = refusal({ code: 'LIM_RATE', detail: { limit: 5, retryAfterMs } });
    expect(fields.find(([name]) => name === 'Retry-After')?.[1]).toBe(seconds);
  });
});

describe('rateFields', () => {
  const fields = (level: number, retryAfterMs = 0, capacity = 100, refillPerSec = 50) =>
    rateFields({ capacity, refillPerSec, level, retryAfterMs });

  it('tells capacity, window, what is left and when it is full again', () => {
    expect(fields(49.5)).toEqual([
      ['RateLimit-Policy', '"default";q=100;w=2'],
      ['RateLimit', '"default";r=49;t=2'],
    ]);
  });

  it('names the moment of Retry-After when nothing is left', () => {
    expect(fields(0, 4000, 100, 0.25)[1]).toEqual(['RateLimit', '"default";r=0;t=4']);
  });

  it('rounds the window up to a whole second', () => {
    expect(fields(1, 0, 1, 50)[0]).toEqual(['RateLimit-Policy', '"default";q=1;w=1']);
  });
});
