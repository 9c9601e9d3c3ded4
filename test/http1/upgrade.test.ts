import { describe, expect, it } from 'vitest';
import type { RequestHead } from '../../src-main/http1/events';
import { asksForWebSocket } from '../../src-main/http1/upgrade';
import { fieldsOf, requestHead } from '../support/request-head';

const ASKED = {
  Upgrade: 'websocket',
  Connection: 'keep-alive, Upgrade',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

const asks = (fields: Record<string, string>, more: Partial<RequestHead> = {}): boolean =>
  asksForWebSocket({ ...requestHead('GET', '/', Object.entries({ ...ASKED, ...fields })), ...more });

describe('an opening handshake of WebSocket', () => {
  it('is one in the words of the RFC, and in any case', () => {
    expect(asks({})).toBe(true);
    expect(asks({ Upgrade: 'h2c , WebSocket', Connection: 'upgrade' })).toBe(true);
  });

  it.each([
    { Upgrade: 'h2c' },
    { Upgrade: 'websocket/13' },
    { Connection: 'keep-alive' },
    { Connection: 'x-upgrade' },
    { 'Sec-WebSocket-Version': '8' },
    { 'Sec-WebSocket-Version': '13, 8' },
    { 'Sec-WebSocket-Key': '' },
    { 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ=' },
  ])('is none with %j', (fields) => {
    expect(asks(fields)).toBe(false);
  });

  it.each<Partial<RequestHead>>([
    { method: 'POST' },
    { minor: 0 },
    { framing: { kind: 'length', bytes: 1 } },
    { framing: { kind: 'chunked' } },
    { fields: fieldsOf([...Object.entries(ASKED), ['Sec-WebSocket-Key', ASKED['Sec-WebSocket-Key']]]) },
  ])('is none in a request with %j', (more) => {
    expect(asks({}, more)).toBe(false);
  });
});
