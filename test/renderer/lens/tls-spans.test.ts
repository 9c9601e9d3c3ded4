import { describe, expect, it } from 'vitest';
import { tlsSpanAt, tlsSpansIn } from '../../../src-renderer/lens/tls-spans';
import { readingOf, recordedHello } from '../../support/tls-hello';

const bytes = recordedHello('node');
const reading = readingOf(bytes);

describe('the spans of TLS in a range', () => {
  it('are those that meet it', () => {
    const spans = tlsSpansIn(reading, 12, 50);
    expect([spans[0]?.kind, spans.at(-1)?.kind]).toEqual(['tls-random', 'tls-session-id']);
    expect([spans[0]!.start <= 12, spans.at(-1)!.end >= 50]).toEqual([true, true]);
  });

  it('end with one for all that is not looked into', () => {
    const end = bytes.length;
    expect(tlsSpansIn(reading, end - 1, end + 900).at(-1)).toMatchObject({
      kind: 'tls-opaque',
      start: end,
      end: end + 900,
    });
    expect(tlsSpansIn(reading, end + 100, end + 900)).toMatchObject([{ start: end + 100, end: end + 900 }]);
  });

  it('are told to a reader as one, whatever the page', () => {
    const end = bytes.length;
    expect(tlsSpanAt(reading, end + 500, end + 900)).toMatchObject({ kind: 'tls-opaque', start: end, end: end + 900 });
    expect(tlsSpanAt(reading, 5, end)).toMatchObject({ kind: 'tls-handshake-type' });
  });
});
