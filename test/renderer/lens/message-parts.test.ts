import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { STRICT_RULES } from '@http1/events';
import { MessageReading } from '../../../src-renderer/lens/message-parts';
import { ascii } from '../../support/fake-connection';

const CHUNKED =
  'POST /up HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nX-Empty:\r\n\r\n' +
  '5\r\nhello\r\n6;n="v"\r\n world\r\n0\r\nX-Sum: 7f\r\n\r\nNEXT';

function read(text: string, cuts: readonly number[] = [], start = 0, rules = STRICT_RULES): MessageReading {
  const reading = new MessageReading({ role: 'request', start, replyTo: null, rules });
  const edges = [0, ...[...cuts].sort((a, b) => a - b), text.length];
  edges.slice(1).forEach((edge, index) => reading.take(ascii(text.slice(edges[index], edge))));
  return reading;
}
const fieldsOf = (reading: MessageReading) => reading.fields().map(({ name, value }) => [name, value]);
const bodyOf = (reading: MessageReading) => String.fromCharCode(...reading.body());

describe('reading a message', () => {
  it('reads what a tolerance let through by the rules it was read by', () => {
    const reading = read('GET / HTTP/1.1\nHost: a\n\n', [], 0, { ...STRICT_RULES, bareLf: true });
    expect([reading.fault, fieldsOf(reading)]).toEqual([null, [['Host', 'a']]]);
  });

  test.prop([fc.array(fc.integer({ min: 0, max: CHUNKED.length }), { maxLength: 12 })])(
    'gives the same parts however the bytes are cut',
    (cuts) => {
      const reading = read(CHUNKED, cuts);
      expect(fieldsOf(reading)).toEqual([
        ['Host', 'a'],
        ['Transfer-Encoding', 'chunked'],
        ['X-Empty', ''],
      ]);
      expect(bodyOf(reading)).toBe('hello world');
      expect(reading.trailers().map(({ name, value }) => [name, value])).toEqual([['X-Sum', '7f']]);
      expect(reading.isComplete).toBe(true);
    },
  );

  it('gives the start line by element', () => {
    expect(
      read(CHUNKED)
        .startLine()
        ?.runs.map(({ text, paint }) => [text, paint]),
    ).toEqual([
      ['POST', 'method'],
      [' ', 'delimiter'],
      ['/up', 'target'],
      [' ', 'delimiter'],
      ['HTTP/1.1', 'version'],
    ]);
  });

  it('tells places in the stream, not in the message', () => {
    const [host] = read(CHUNKED, [], 1_000).fields();
    const at = 1_000 + CHUNKED.indexOf('Host');
    expect([host?.namePlace, host?.place]).toMatchObject([
      { start: at, end: at + 4 },
      { start: at, end: at + 7 },
    ]);
  });

  it('shows the fields of a head that is not complete', () => {
    expect(fieldsOf(read('GET / HTTP/1.1\r\nHost: a\r\nAcc'))).toEqual([['Host', 'a']]);
  });

  it('stops at a fault and keeps what came before', () => {
    const reading = read('GET / HTTP/1.1\r\nHost: a\r\nBad : b\r\n\r\n', [], 50);
    expect(reading.fault).toMatchObject({
      code: 'H1_FIELD_SPACE',
      offset: 50 + 'GET / HTTP/1.1\r\nHost: a\r\nBad'.length,
    });
    expect(fieldsOf(reading)[0]).toEqual(['Host', 'a']);
  });

  it('knows that the reply to HEAD has no body', () => {
    const reading = new MessageReading({ role: 'response', start: 0, replyTo: 'HEAD', rules: STRICT_RULES });
    reading.take(ascii('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n'));
    expect([reading.isComplete, reading.bodyBytes]).toEqual([true, 0]);
  });

  it('does not change a body it has handed out', () => {
    const reading = read('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc');
    const before = reading.body();
    reading.take(ascii('def'));
    expect([String.fromCharCode(...before), bodyOf(reading)]).toEqual(['abc', 'abcdef']);
  });
});
