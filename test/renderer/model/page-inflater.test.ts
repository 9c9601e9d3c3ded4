/** zlib itself as the judge: what the page inflates, and what it refuses, is what zlib does. */
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openInflater } from '../../../src-renderer/model/page-inflater';

function inflated(pieces: readonly Uint8Array[], windowBits = 15) {
  const inflater = openInflater(windowBits);
  const taken: Uint8Array[] = [];
  let wrong: string | null = null;
  for (const piece of pieces)
    wrong ??= inflater.inflate(piece, (bytes) => {
      taken.push(bytes.slice());
      return true;
    });
  return { text: Buffer.concat(taken).toString('latin1'), wrong };
}

function judged(bytes: Uint8Array) {
  try {
    return { text: inflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }).toString('latin1'), wrong: null };
  } catch (error) {
    return { text: '', wrong: (error as Error).message };
  }
}

const cut = (bytes: Uint8Array, pieceBytes: number): Uint8Array[] =>
  Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_, index) =>
    bytes.slice(index * pieceBytes, (index + 1) * pieceBytes),
  );

const STREAMS = fc.record({
  words: fc.array(fc.string({ maxLength: 9 }), { maxLength: 200 }),
  level: fc.integer({ min: 0, max: 9 }),
  strategy: fc.integer({ min: 0, max: 4 }),
  changes: fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 3 }),
  pieceBytes: fc.integer({ min: 1, max: 400 }),
});

describe('the inflater of the page', () => {
  it('does as zlib does, with whole streams and with broken ones', () => {
    fc.assert(
      fc.property(STREAMS, ({ words, level, strategy, changes, pieceBytes }) => {
        const options = { finishFlush: constants.Z_SYNC_FLUSH, level, strategy };
        const bytes = new Uint8Array(deflateRawSync(words.join(words.length % 2 === 0 ? ' ' : ''), options));
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        const told = inflated(cut(bytes, pieceBytes));
        const right = judged(bytes);
        if (right.wrong !== null) expect(told.wrong).toBe(right.wrong);
        // zlib leaves what follows a final block alone.
        else expect(told.text.slice(0, right.text.length)).toBe(right.text);
      }),
      { numRuns: 2_000 },
    );
  });

  it('looks at every bit it was given, those after the end of a block too', () => {
    // An empty block of 10 bits, and the head of one of a type there is none of.
    const bytes = Uint8Array.of(0x02, 0x18);
    expect([inflated([bytes]).wrong, judged(bytes).wrong]).toEqual(['invalid block type', 'invalid block type']);
  });

  it.each([8, 9, 12, 15])('reads a window of 2 ** %i bytes', (windowBits) => {
    const text = Array.from({ length: 5_000 }, (_, index) => (index * index).toString(36)).join(' ');
    const bytes = deflateRawSync(text, { windowBits, finishFlush: constants.Z_SYNC_FLUSH });
    expect(inflated([new Uint8Array(bytes)], windowBits)).toEqual({ text, wrong: null });
  });

  it('stops when it is told to, and begins anew', () => {
    const inflater = openInflater(15);
    const bomb = new Uint8Array(deflateRawSync(new Uint8Array(4_000_000), { finishFlush: constants.Z_SYNC_FLUSH }));
    let taken = 0;
    expect(inflater.inflate(bomb, (bytes) => (taken += bytes.length) < 100_000)).toBeNull();
    expect(taken).toBeLessThan(200_000);
    inflater.reset();
    taken = 0;
    inflater.inflate(bomb, (bytes) => (taken += bytes.length) > 0);
    expect(taken).toBe(4_000_000);
  });
});
