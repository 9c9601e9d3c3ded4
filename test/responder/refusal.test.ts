import { describe, expect, it } from 'vitest';
import { BugError, ERRORS, errorEntry, type ErrorCode } from '../../src-main/contract/errors';
import { refusal } from '../../src-main/responder/refusal';

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

  it('answers with the status it is given in place of the one of the catalogue', () => {
    expect(refusal({ code: 'LIM_RATE', detail: { limit: 5, cost: 1 } }, 503).status).toBe(503);
    expect(refusal({ code: 'LIM_IDLE_TIMEOUT', detail: { limit: 1 } }, 408).status).toBe(408);
  });

  it('is the very same reply to the same failure, and another one to another', () => {
    const refused = (limit: number, status: number) =>
      refusal({ code: 'LIM_RATE', detail: { limit, cost: 1 } }, status);
    const first = refused(5, 429);
    expect(refused(5, 429)).toBe(first);
    expect(text(refused(6, 429).body)).not.toBe(text(first.body));
    expect(refused(6, 503).status).toBe(503);
  });
});
