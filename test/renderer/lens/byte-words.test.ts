import { describe, expect, it } from 'vitest';
import {
  byteWords,
  elementAfterVerdict,
  elementOf,
  elementOfTls,
  lightOf,
} from '../../../src-renderer/lens/byte-words';

const noText = () => '';

describe('bytes in words', () => {
  it('name controls, show letters and leave the rest as numbers', () => {
    expect([0x0d, 0x48, 0x20, 0xff].map(byteWords)).toEqual(['0x0D, CR', '0x48, "H"', '0x20, space', '0xFF']);
  });
});

describe('elements in words', () => {
  it('name the field and its own rule', () => {
    const element = elementOf({ start: 25, end: 29, kind: 'field-name', field: 'Host' }, noText);
    expect(element).toMatchObject({ label: 'field name', name: 'Host', rfc: 'RFC 9110 §7.2', paint: 'name' });
  });

  it('say which field a value or a colon belongs to', () => {
    expect(elementOf({ start: 0, end: 1, kind: 'field-value', field: 'Host' }, noText).label).toBe('value of field');
    expect(elementOf({ start: 0, end: 1, kind: 'colon', field: 'Host' }, noText).label).toBe('colon of field');
  });

  it('show the text of short elements', () => {
    expect(elementOf({ start: 0, end: 4, kind: 'method' }, () => 'POST').name).toBe('POST');
  });

  it('name an element of TLS, with hostile bytes of its text made visible', () => {
    const span = { start: 0, end: 3, kind: 'tls-server-name', name: 'a\0b', rfc: null } as const;
    expect(elementOfTls(span)).toMatchObject({ label: 'server name', name: 'a\\x00b', rfc: 'RFC 6066 §3' });
  });

  it('tell the byte of a fault from the bytes after it', () => {
    const verdict = { failure: { code: 'H1_BARE_LF' } as const, at: 10 };
    expect(elementAfterVerdict(10, verdict, 50)).toMatchObject({
      isBad: true,
      rfc: 'RFC 9112 §2.2',
      start: 10,
      end: 11,
    });
    expect(elementAfterVerdict(20, verdict, 50)).toMatchObject({ label: 'not parsed', start: 11, end: 50 });
  });

  it('light a whole element, but one byte of a body', () => {
    const body = elementOf({ start: 0, end: 1_000, kind: 'body' }, noText);
    const name = elementOf({ start: 25, end: 29, kind: 'field-name', field: 'Host' }, noText);
    expect([lightOf(body, 7), lightOf(name, 26)]).toEqual([
      { start: 7, end: 8 },
      { start: 25, end: 29 },
    ]);
  });
});
