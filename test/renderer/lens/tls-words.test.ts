import { describe, expect, it } from 'vitest';
import { chiefItems, helloSize, noHelloWords, otherItems } from '../../../src-renderer/lens/tls-words';
import { makeRow } from '../../support/rows';
import { helloMessage, helloOf, inRecords, readingOf, recordedHello, serverNameBody } from '../../support/tls-hello';

const textsOf = (lists: ReturnType<typeof chiefItems>, label: string) =>
  lists.find((list) => list.label === label)?.items.map(({ text }) => text);

describe('a hello in words', () => {
  it('gives what the client wanted first', () => {
    const chief = chiefItems(helloOf(recordedHello('curl')));
    expect(textsOf(chief, 'Server name')).toEqual(['bytescope.test']);
    expect(textsOf(chief, 'ALPN')).toEqual(['h2', 'http/1.1']);
    expect(textsOf(chief, 'Versions offered')?.[0]).toBe('TLS 1.3');
  });

  it('takes the version of an old client from the old field', () => {
    expect(textsOf(chiefItems(helloOf(recordedHello('openssl-tls12'))), 'Versions offered')).toEqual(['TLS 1.2']);
  });

  it('makes hostile bytes of a name visible', () => {
    const hello = helloOf(inRecords(helloMessage({ extensions: [[0, serverNameBody('<b>\x1b')]] })));
    expect(textsOf(chiefItems(hello), 'Server name')).toEqual(['<b>\\x1B']);
  });

  it('says what is wrong inside of an extension', () => {
    const hello = helloOf(inRecords(helloMessage({ extensions: [[0, [9, 9, 9]]] })));
    const extensions = otherItems(hello).find(({ label }) => label.startsWith('Extensions'));
    expect(extensions?.items[0]?.problem).toMatch(/beyond the end/);
  });

  it('counts the records it came in', () => {
    const reading = readingOf(inRecords(helloMessage(), 20));
    expect(helloSize(reading, reading.hello!)).toBe('62 bytes in 3 records');
  });

  it('tells one that may go on from one that cannot, and from one that is none', () => {
    const half = readingOf(recordedHello('node').subarray(0, 200));
    expect(noHelloWords(half, makeRow({ id: 1, closedAtMs: null }))).toMatch(
      /not complete after 200 bytes; it may go on/,
    );
    expect(noHelloWords(half, makeRow({ id: 1, closedAtMs: 5 }))).toMatch(/the connection ended before it was/);
    const none = readingOf(Uint8Array.of(0x16, 3, 1, 0, 0));
    expect(noHelloWords(none, makeRow({ id: 1 }))).toMatch(/is empty/);
  });
});
