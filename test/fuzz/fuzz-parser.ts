/**
 * Mutated inputs through the parser: it must not throw, and its verdict, offsets and all, must be the same whole,
 * byte by byte and at random cuts, with limits and without, under the strict rules and any others, by a new parser and
 * by one that read another connection before. Text is read by Node, which throws where there are no bytes.
 */
import { NO_LIMITS, STRICT_RULES, type ParserLimits, type ParserRules } from '../../src-main/http1/events.ts';
import { useNativeLatin1 } from '../../src-main/inspector/native-latin1.ts';
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

const TIGHT: ParserLimits = {
  maxHeadBytes: 200,
  maxFieldCount: 4,
  maxTargetBytes: 20,
  maxRequestLineBytes: 40,
  maxFieldLineBytes: 35,
  maxBodyBytes: 30,
  rules: STRICT_RULES,
};

const CHOICES: { readonly [Rule in keyof ParserRules]: readonly ParserRules[Rule][] } = {
  bareLf: [false, true],
  obsFold: [false, true],
  equalLengths: [false, true],
  lengthWithCoding: ['refuse', 'close', 'keep'],
  codingInHttp10: [false, true],
  repeatedHost: [false, true],
  emptyFieldName: [false, true],
  oddFieldNames: [false, true],
  versions: ['http1', 'exact', 'any'],
  http09: ['refuse', 'answer', 'fields'],
  tlsOnPlainPort: ['refuse', 'wait'],
  emptyLines: [true, false],
  oddTargets: [true, false],
  fieldOverflow: ['refuse', 'drop'],
};

const anyRules = (random: () => number): ParserRules =>
  Object.fromEntries(
    Object.entries(CHOICES).map(([rule, choices]) => [rule, choices[Math.floor(random() * choices.length)]]),
  ) as unknown as ParserRules;

/** Strict as often as not: that is what is in force unless somebody changes it. */
function anyLimits(random: () => number): ParserLimits {
  const limits = random() < 0.5 ? NO_LIMITS : TIGHT;
  return random() < 0.5 ? limits : { ...limits, rules: anyRules(random) };
}

/** What differs between two ways to cut one input, or what was thrown; null where nothing does. */
function difference(input: Uint8Array, run: Run, cuts: readonly number[]): string | null {
  try {
    const whole = eventLog([input], run).join('\n');
    const isLent = run.role === 'request';
    for (const pieces of [piecesOf(input, 1), piecesAt(input, cuts)]) {
      const cut = eventLog(pieces, { ...run, isLent }).join('\n');
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
  useNativeLatin1();
  const random = seeded(seed);
  const cases = [...wireDocuments().values()].flat().filter(({ input }) => input.length <= 4_096);
  const seedsOf = (role: ParserRole) => cases.filter((one) => one.role === role).map(({ input }) => input);
  const seeds = { request: seedsOf('request'), response: seedsOf('response') };
  let bytes = 0;
  let faults = 0;
  for (let done = 1; done <= inputs; done += 1) {
    const role: ParserRole = random() < 0.75 ? 'request' : 'response';
    const input = mutate(seeds[role], random);
    const limits = anyLimits(random);
    const answers = role === 'response' ? ['GET', 'HEAD', 'GET'] : [];
    const run: Run = { role, limits, closes: true, answers, namesFault: role === 'request' };
    const what = difference(input, run, cutsOf(input, random));
    if (what !== null) return { inputs: done, bytes, faults, finding: { what, role, input } };
    bytes += input.length;
    if (eventLog([input], run).some((line) => line.includes(' fault '))) faults += 1;
    if (done % PROGRESS_EVERY === 0) onProgress?.(done);
  }
  return { inputs, bytes, faults, finding: null };
}
