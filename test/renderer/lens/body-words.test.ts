import { describe, expect, it } from 'vitest';
import { bodySizeWords, codingNote, framingWords } from '../../../src-renderer/lens/body-words';

describe('words about a body', () => {
  it('name its framing', () => {
    expect(framingWords({ kind: 'length', bytes: 1_024 })).toBe('Content-Length: 1,024');
    expect(framingWords({ kind: 'none' })).toBe('no body');
  });

  it('say that a content coding is not decoded', () => {
    expect(codingNote('gzip')).toContain('coded with gzip');
    expect([codingNote(null), codingNote('identity')]).toEqual([null, null]);
  });

  it('tell a part from the whole', () => {
    expect([bodySizeWords(3, true), bodySizeWords(262_144, false)]).toEqual(['3 B', 'first 256 KiB']);
  });
});
