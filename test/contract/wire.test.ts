import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeMessage } from '../../src-main/contract/wire';

const utf8 = {
  encode: (text: string) => new TextEncoder().encode(text),
  decode: (bytes: Uint8Array) => new TextDecoder().decode(bytes),
};

describe('the wire codec', () => {
  it('carries a message without bytes as text', () => {
    const message = { id: 7, call: 'feed.snapshot', params: {} } as const;
    const frame = encodeMessage(message, utf8);
    expect(typeof frame).toBe('string');
    expect(decodeMessage(frame, utf8)).toEqual(message);
  });

  it('carries bytes unchanged, also several and empty ones', () => {
    const message = {
      id: 1,
      reply: { ok: true, value: { one: new Uint8Array([0, 255, 10]), none: new Uint8Array(0), name: 'é ☃' } },
    } as const;
    expect(decodeMessage(encodeMessage(message, utf8), utf8)).toEqual(message);
  });

  it('refuses a frame that is shorter than it says', () => {
    const frame = encodeMessage({ id: 1, reply: { ok: true, value: new Uint8Array(100) } }, utf8) as Uint8Array;
    expect(() => decodeMessage(frame.subarray(0, frame.length - 1), utf8)).toThrow(RangeError);
  });
});
