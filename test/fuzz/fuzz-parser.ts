/**
 * Mutated inputs through the parser: it must not throw, and its verdict, offsets and all, must be the same whole,
 * byte by byte and at random cuts, with limits and without.
 */
import { NO_LIMITS, type ParserLimits } from '../../src-main/http1/events.ts';
import type { ParserRole } from '../../src-main/http1/parser.ts';
import { eventLog, piecesAt, piecesOf, type Run } from '../support/event-log.ts';
import { seeded } from '../support/random.ts';
import { wireDocuments } from '../support/wire-cases.ts';
import { cutsOf, mutate } from './mutate.ts';

export interface FuzzResult {
  readonly inputs: number;
  readonly bytes: number;
  /** Inputs that ended in a fault: the rest was taken for messages, or was not complete. */
  readonly faults: number;
  /** Null: every input was told the same at every cut. */
  readonly finding: Finding | null;
}

export interface Finding {
  readonly what: string;
  readonly role: ParserRole;
  readonly input: Uint8Array;
}

const TIGHT: ParserLimits = { maxHeadBytes: 200, maxFieldCount: 4, maxTargetBytes: 20, maxBodyBytes: 30 };

/** What differs between two ways to cut one input, or what was thrown; null where nothing does. */
function difference(input: Uint8Array, run: Run, cuts: readonly number[]): string | null {
  try {
    const whole = eventLog([input], run).join('\n');
    for (const pieces of [piecesOf(input, 1), piecesAt(input, cuts)]) {
      const cut = eventLog(pieces, run).join('\n');
      if (cut !== whole) return `told whole:\n${whole}\ntold in ${pieces.length} pieces:\n${cut}`;
    }
    return null;
  } catch (thrown) {
    return `threw ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`;
  }
}

export interface FuzzOptions {
  readonly inputs: number;
  readonly seed: number;
  readonly onProgress?: (done: number) => void;
}

const PROGRESS_EVERY = 50_000;

export function fuzzParser({ inputs, seed, onProgress }: FuzzOptions): FuzzResult {
  const random = seeded(seed);
  const cases = [...wireDocuments().values()].flat().filter(({ input }) => input.length <= 4_096);
  const seedsOf = (role: ParserRole) => cases.filter((one) => one.role === role).map(({ input }) => input);
  const seeds = { request: seedsOf('request'), response: seedsOf('response') };
  let bytes = 0;
  let faults = 0;
  for (let done = 1; done <= inputs; done += 1) {
    const role: ParserRole = random() < 0.75 ? 'request' : 'response';
    const input = mutate(seeds[role], random);
    const limits = random() < 0.5 ? NO_LIMITS : TIGHT;
    const run: Run = { role, limits, closes: true, answers: role === 'response' ? ['GET', 'HEAD', 'GET'] : [] };
    const what = difference(input, run, cutsOf(input, random));
    if (what !== null) return { inputs: done, bytes, faults, finding: { what, role, input } };
    bytes += input.length;
    if (eventLog([input], run).some((line) => line.includes(' fault '))) faults += 1;
    if (done % PROGRESS_EVERY === 0) onProgress?.(done);
  }
  return { inputs, bytes, faults, finding: null };
}
