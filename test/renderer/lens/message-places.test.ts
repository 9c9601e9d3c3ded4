import { describe, expect, it } from 'vitest';
import { messageHolding, messagePlaces } from '../../../src-renderer/lens/message-places';
import { RecordedConnection, received, sent } from '../../support/fake-connection';

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const HEAD = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n';

describe('message places', () => {
  it('know where a body stands as it is', () => {
    const { detail } = new RecordedConnection(1).add(received(1, `${HEAD}half`));
    expect(messagePlaces(detail, 'in')).toEqual([{ start: 0, end: null, plainBodyStart: HEAD.length, replyTo: null }]);
  });

  it('do not take a chunked body for one', () => {
    const head = 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';
    const { detail } = new RecordedConnection(1).add(received(1, `${head}3\r\nabc\r\n0\r\n\r\n`));
    expect(messagePlaces(detail, 'in')[0]?.plainBodyStart).toBeNull();
  });

  it('of replies say what they answer', () => {
    const { detail } = new RecordedConnection(1).add(received(1, GET), sent(2, 'HTTP/1.1 204 No Content\r\n\r\n'));
    expect(messagePlaces(detail, 'out')).toEqual([{ start: 0, end: 27, plainBodyStart: null, replyTo: 'GET' }]);
  });

  it('are found by offset', () => {
    const { detail } = new RecordedConnection(1).add(received(1, GET + GET));
    const places = messagePlaces(detail, 'in');
    expect([0, GET.length - 1, GET.length, 999].map((offset) => messageHolding(places, offset)?.start)).toEqual([
      0,
      0,
      GET.length,
      GET.length,
    ]);
    expect(messageHolding([], 5)).toBeNull();
  });
});
