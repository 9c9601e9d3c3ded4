/**
 * One message on both sides of a proxy: its start line, its fields, how its body ends and its trailers, as it came and as
 * it went on. Bodies are compared by length and framing: their bytes are a click away.
 */
import type { Framing } from '@http1/events';
import { fieldChanges, type FieldFate, type FieldPair } from './field-changes';
import { fieldReasons, REASON_WORDS, trailerReasons } from './field-reasons';
import { formatCount, formatPlural } from './format';
import type { Run } from './hex-rows';
import type { FieldPart, MessageReading } from './message-parts';

/** What a reading tells of one side. */
export interface SideHead {
  readonly line: readonly Run[];
  readonly fields: readonly FieldPart[];
  readonly framing: Framing | null;
  /** Null: not known, since they come after a body that has not been read to its end. */
  readonly trailers: readonly FieldPart[] | null;
}

export interface PassedField extends FieldPair {
  /** In words; null where the two sides do not tell. */
  readonly why: string | null;
}

export interface PassedLine {
  /** What of it went on otherwise: `target`, `version`. */
  readonly changed: readonly string[];
  readonly why: string | null;
}

export interface PassedHead {
  readonly line: PassedLine;
  readonly fields: readonly PassedField[];
  /** Empty where there are none, and where one side is not known. */
  readonly trailers: readonly PassedField[];
  /** Of both. */
  readonly counts: Readonly<Record<FieldFate, number>>;
}

export const sideHead = (reading: MessageReading): SideHead => ({
  line: reading.startLine()?.runs ?? [],
  fields: reading.fields(),
  framing: reading.framing,
  trailers: reading.framing?.kind === 'chunked' && !reading.isComplete ? null : reading.trailers(),
});

const LINE_PARTS = ['method', 'target', 'version', 'status', 'reason'] as const;

const partOf = ({ line }: SideHead, paint: Run['paint']): string => line.find((run) => run.paint === paint)?.text ?? '';

const LINE_REASONS: Readonly<Partial<Record<(typeof LINE_PARTS)[number], string>>> = {
  target: 'a server is asked with the path alone (RFC 9112 §3.2.1)',
  version: 'each hop speaks its own version (RFC 9112 §2.3)',
};

export function passedLine(before: SideHead, after: SideHead): PassedLine {
  const changed = LINE_PARTS.filter((part) => partOf(before, part) !== partOf(after, part));
  const reasons = changed.flatMap((part) => LINE_REASONS[part] ?? []);
  return { changed, why: reasons.length === 0 ? null : reasons.join('; ') };
}

type Told = readonly (keyof typeof REASON_WORDS | null)[];

const inWords = (pairs: readonly FieldPair[], reasons: Told): readonly PassedField[] =>
  pairs.map((pair, index) => {
    const reason = reasons[index] ?? null;
    return { ...pair, why: reason && REASON_WORDS[reason] };
  });

function passedTrailers(before: SideHead, after: SideHead): readonly PassedField[] {
  if (before.trailers === null || after.trailers === null) return [];
  const pairs = fieldChanges(before.trailers, after.trailers);
  return inWords(pairs, trailerReasons(pairs, before.fields, after.framing?.kind === 'chunked'));
}

export function passedHead(before: SideHead, after: SideHead): PassedHead {
  const pairs = fieldChanges(before.fields, after.fields);
  const fields = inWords(pairs, fieldReasons(pairs, { fields: before.fields, target: partOf(before, 'target') }));
  const trailers = passedTrailers(before, after);
  const counts = { same: 0, changed: 0, removed: 0, added: 0 };
  for (const { fate } of [...fields, ...trailers]) counts[fate] += 1;
  return { line: passedLine(before, after), fields, trailers, counts };
}

/** `2 removed, 1 changed, 3 added, 9 as they came` */
export function countWords({ counts, line }: PassedHead): string {
  const { removed, changed, added, same } = counts;
  const words = [
    removed > 0 ? `${formatCount(removed)} removed` : null,
    changed > 0 ? `${formatCount(changed)} changed` : null,
    added > 0 ? `${formatCount(added)} added` : null,
  ].filter((word) => word !== null);
  if (words.length === 0) {
    return `${formatPlural(same, 'field')} as ${same === 1 ? 'it' : 'they'} came${line.changed.length === 0 ? ', nothing changed' : ''}`;
  }
  return `fields: ${words.join(', ')}${same === 0 ? '' : `, ${formatCount(same)} as ${same === 1 ? 'it' : 'they'} came`}`;
}

const FRAMING_NAMES: Readonly<Record<Framing['kind'], string>> = {
  none: 'no body',
  length: 'by length',
  chunked: 'chunked',
  'until-close': 'until the connection closes',
};

/** `chunked · 1,024 B`; `bytes`: of the body without its coding, null where that is not known. */
export function bodyWords(framing: Framing, bytes: number | null): string {
  if (framing.kind === 'none') return FRAMING_NAMES.none;
  const length = framing.kind === 'length' ? framing.bytes : bytes;
  return length === null ? FRAMING_NAMES[framing.kind] : `${FRAMING_NAMES[framing.kind]} · ${formatCount(length)} B`;
}

export const isReframed = (before: Framing, after: Framing): boolean => before.kind !== after.kind;

/** Why there is no head to be compared, or none yet. */
export type HeadLack = 'none' | 'reading' | 'dropped' | 'too-long' | 'failed';

/** A longer head is not compared: one that is cut would seem to have lost what is not shown. */
export const MAX_COMPARED_HEAD_BYTES = 64 * 1024;

/** What comes after a longer body is not looked for: all of it would have to be read. */
export const MAX_BYTES_READ_FOR_TRAILERS = 2 * 1024 * 1024;

/** Why the trailers of a chunked message are not compared; null: they are, or will be once it is complete. */
export function trailerLackWords(lack: HeadLack, side: 'client' | 'upstream'): string | null {
  const whose = side === 'client' ? 'client' : 'server';
  switch (lack) {
    case 'none':
    case 'reading':
      return null;
    case 'dropped':
      return `The journal's size limit dropped what tells of trailers on the ${whose}'s side.`;
    case 'too-long':
      return `The message on the ${whose}'s side is longer than ${formatCount(MAX_BYTES_READ_FOR_TRAILERS)} bytes: it is not searched for trailers.`;
    case 'failed':
      return `The trailers on the ${whose}'s side could not be read.`;
  }
}

export function lackWords(lack: HeadLack, side: 'client' | 'upstream', kind: 'request' | 'reply'): string {
  const whose = side === 'client' ? 'client' : 'server';
  switch (lack) {
    case 'none':
      return kind === 'request' ? 'Nothing was sent.' : `No reply ${side === 'client' ? 'to' : 'of'} the ${whose} yet.`;
    case 'reading':
      return `The head on the ${whose}'s side is not complete yet.`;
    case 'dropped':
      return `The head on the ${whose}'s side was dropped by the journal's size limit.`;
    case 'too-long':
      return `The head on the ${whose}'s side is longer than ${formatCount(MAX_COMPARED_HEAD_BYTES)} bytes: it is not compared.`;
    case 'failed':
      return `The head on the ${whose}'s side could not be read.`;
  }
}
