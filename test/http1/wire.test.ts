import { describe, expect, it } from 'vitest';
import { SpanScanner, type Span } from '../../src-main/http1/spans.ts';
import { eventLog, piecesAt, piecesOf, type Run } from '../support/event-log.ts';
import { joinedSpans } from '../support/joined-spans.ts';
import { randomCuts, seeded } from '../support/random.ts';
import { wireDocuments, type WireCase } from '../support/wire-cases.ts';

const MAX_BYTES_CUT_EVERYWHERE = 400;
const RANDOM_RUNS = 10;

function cutsOf({ input, fact }: WireCase): Map<string, Uint8Array[]> {
  const runs = new Map([['byte by byte', piecesOf(input, 1)]]);
  if (input.length <= MAX_BYTES_CUT_EVERYWHERE) {
    for (let at = 1; at < input.length; at += 1) runs.set(`cut at ${at}`, piecesAt(input, [at]));
  }
  const random = seeded(fact.length * 7919 + input.length + 1);
  for (let run = 0; run < RANDOM_RUNS; run += 1) {
    const cuts = randomCuts(input.length, random);
    runs.set(`cut at ${cuts.join(' ')}`, piecesAt(input, cuts));
  }
  return runs;
}

const spansOf = (pieces: readonly Uint8Array[], { role, answers, limits }: WireCase): Span[] =>
  joinedSpans(new SpanScanner(role, 0, answers, limits.rules), pieces);

const documents = wireDocuments();

for (const [file, cases] of documents) {
  describe(file, () => {
    it.each(cases.map((each) => [each.fact, each] as const))('%s', (_, wireCase) => {
      const run: Run = wireCase;
      expect(eventLog([wireCase.input], run)).toEqual(wireCase.log);
      for (const [cut, pieces] of cutsOf(wireCase)) expect(eventLog(pieces, run), cut).toEqual(wireCase.log);
      expect(eventLog([wireCase.input], { ...run, tap: { mark: () => {} } }), 'with a tap').toEqual(wireCase.log);
    });
  });
}

describe('spans of the corpus', () => {
  it.each([...documents])('are the same at every cut and leave no gap: %s', (_, cases) => {
    for (const wireCase of cases) {
      const { input, fact } = wireCase;
      const whole = spansOf([input], wireCase);
      let end = 0;
      for (const span of whole) {
        expect(span.start, fact).toBe(end);
        expect(span.end, fact).toBeGreaterThan(span.start);
        end = span.end;
      }
      expect(end, fact).toBe(input.length);
      for (const [cut, pieces] of cutsOf(wireCase)) expect(spansOf(pieces, wireCase), `${fact}: ${cut}`).toEqual(whole);
    }
  });
});

describe('the corpus itself', () => {
  it('has no two cases of one name in a document', () => {
    for (const [file, cases] of documents) {
      const facts = cases.map(({ fact }) => fact);
      expect(new Set(facts).size, file).toBe(facts.length);
    }
  });
});
