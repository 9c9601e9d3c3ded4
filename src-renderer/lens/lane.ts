/** The small bar of a list row: how the latest exchange is made up. */
import type { ConnectionRow } from '@contract/connections';
import { chiefMark, isRateLimited, isReading, markTone } from './row-state';

export type LanePart = 'start-line' | 'fields' | 'body' | 'reply' | 'limited' | 'cut' | 'rest';

export interface LaneSegment {
  readonly part: LanePart;
  readonly percent: number;
}

/** A tail for what ended the exchange, wide enough to be seen in a bar of 48 pixels. */
const TAIL_WEIGHT = 0.22;
const LEAST_WEIGHT = 0.08;

/** Shares by the square root of the bytes, so that a head is still seen beside a large body. */
export function laneSegments(row: ConnectionRow): readonly LaneSegment[] {
  const { startLine, fields, body, reply } = row.lane;
  const replyPart: LanePart = isRateLimited(row) ? 'limited' : 'reply';
  const parts: readonly (readonly [LanePart, number])[] = [
    ['start-line', startLine],
    ['fields', fields],
    ['body', body],
    [replyPart, reply],
  ];
  const sum = parts.reduce((total, [, bytes]) => total + Math.sqrt(bytes), 0);
  const weighted = parts.flatMap(([part, bytes]): LaneWeight[] =>
    bytes > 0 ? [{ part, weight: Math.max(Math.sqrt(bytes) / sum, LEAST_WEIGHT) }] : [],
  );
  return toPercent([...weighted, ...tail(row, weighted.length === 0)]);
}

interface LaneWeight {
  readonly part: LanePart;
  readonly weight: number;
}

function tail(row: ConnectionRow, isEmpty: boolean): LaneWeight[] {
  const mark = chiefMark(row);
  if (mark !== null && markTone(mark) === 'bad') return [{ part: 'cut', weight: isEmpty ? 1 : TAIL_WEIGHT }];
  if (isReading(row) || isEmpty) return [{ part: 'rest', weight: isEmpty ? 1 : 0.6 }];
  return [];
}

function toPercent(weights: readonly LaneWeight[]): readonly LaneSegment[] {
  const sum = weights.reduce((total, { weight }) => total + weight, 0);
  return weights.map(({ part, weight }) => ({ part, percent: (weight / sum) * 100 }));
}
