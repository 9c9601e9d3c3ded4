import { describe, expect, it } from 'vitest';
import {
  contentKind,
  decodeBody,
  isJson,
  looksLikeJson,
  looksLikeText,
  MAX_PRETTY_BYTES,
  prettyJson,
  withoutHidden,
} from '../../../src-renderer/lens/body-text';

const utf8 = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array, contentType: string | null) => decodeBody(bytes, contentKind(contentType));

describe('content types', () => {
  it('give media type and charset, quoted or not', () => {
    expect(contentKind('Text/Plain; charset="utf-8"')).toEqual({ mediaType: 'text/plain', charset: 'utf-8' });
    expect(contentKind('text/html;charset=ISO-8859-15; x=y')).toEqual({
      mediaType: 'text/html',
      charset: 'ISO-8859-15',
    });
    expect(contentKind(null)).toEqual({ mediaType: '', charset: null });
  });

  it('of JSON are recognised by name and by suffix', () => {
    const types = ['application/json', 'application/problem+json; charset=utf-8', 'text/plain'];
    expect(types.map((type) => isJson(contentKind(type)))).toEqual([true, true, false]);
  });
});

describe('body text', () => {
  it('uses the charset that is named', () => {
    expect(decode(Uint8Array.of(0xc1), 'text/plain; charset=koi8-r').text).toBe('а');
    expect(decode(Uint8Array.of(0x80), 'text/plain; charset=iso-8859-1').text).toBe('\x80');
  });

  it('says so where the charset is unknown', () => {
    const { text, note } = decode(Uint8Array.of(0xe9), 'text/plain; charset=x-nobody');
    expect([text, note]).toEqual(['é', 'The charset "x-nobody" is not known: shown as Latin-1.']);
  });

  it('takes UTF-8 where none is named, and Latin-1 where the bytes are not UTF-8', () => {
    expect(decode(utf8('grün €'), 'text/plain').charset).toBe('utf-8');
    expect(decode(Uint8Array.of(0x67, 0xfc, 0x6e), 'text/plain').text).toBe('gün');
  });

  it('may end inside a character', () => {
    expect(decode(utf8('ab€').subarray(0, 4), 'text/plain').charset).toBe('utf-8');
  });

  it('is told from other bytes', () => {
    expect([looksLikeText(utf8('{"a":1}\r\n')), looksLikeText(Uint8Array.of(0, 1, 2, 3, 0x41))]).toEqual([true, false]);
  });
});

describe('JSON', () => {
  it('is laid out', () => {
    expect(prettyJson('{"a":[1]}', true)).toEqual({ ok: true, text: '{\n  "a": [\n    1\n  ]\n}' });
  });

  it('that is cut, broken or too large is not, and the reason is told', () => {
    const reasons = [
      prettyJson('[1', false),
      prettyJson('[1', true),
      prettyJson(' '.repeat(MAX_PRETTY_BYTES + 1), true),
    ];
    expect(reasons.map((result) => (result.ok ? '' : result.reason))).toEqual([
      'The body is not loaded as a whole, so it is not laid out.',
      'The body is not valid JSON.',
      'The body is larger than 1 MiB, so it is not laid out.',
    ]);
    expect(prettyJson('[1', true, 'message')).toEqual({ ok: false, reason: 'The message is not valid JSON.' });
  });

  it('is looked for where nothing names a type: an object or a list, whole and valid', () => {
    expect([' {"a":1}', '[]', '7', '"a"', '{"a":', 'plain', ''].filter(looksLikeJson)).toEqual([' {"a":1}', '[]']);
  });
});

describe('what would deceive the eye', () => {
  it('is shown by number', () => {
    expect(withoutHidden('a\u202Eb\u200B\x1b\u2066')).toBe('a\\u{202E}b\\u{200B}\\u{1B}\\u{2066}');
  });

  it('leaves lines, tabs and letters of every script alone', () => {
    const text = 'é אבג 漢\t\r\n';
    expect(withoutHidden(text)).toBe(text);
  });
});
