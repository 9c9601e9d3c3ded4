/**
 * Which field lines of a message an intermediary passes on (RFC 9110 §7.6): in their order, names as they were spelled
 * and values byte for byte, but for those that belong to one connection or that it has to answer for itself.
 *
 * The decisions are told to a sink. One sink writes the bytes; the other lists what became of each line, for who looks
 * at it. So the list is what was done, and on the way of a message nobody pays for it.
 */
import type { Fields } from './events';
import { namedInConnection, roleOfLine, staysThoughNamed, type FieldRole } from './hop-fields';

/** What decided. */
export type FieldReason =
  | 'end-to-end'
  /** Connection names it, and it stays all the same: see `KEPT_THOUGH_NAMED`. */
  | 'protected'
  | 'named-in-connection'
  | 'hop-by-hop'
  /** How the body of this message ends is said anew. */
  | 'framing'
  /** A second line of what may be said once. */
  | 'repeated'
  | 'host-policy'
  /** The target names the host, and Host is ignored (RFC 9112 §3.2.2). */
  | 'absolute-form'
  | 'expect'
  | 'trailers'
  | 'upgrade'
  | 'max-forwards'
  | 'via'
  | 'date'
  /** What the client's bucket has left. */
  | 'rate-limit'
  /** The peer is not trusted to say where a request came from. */
  | 'untrusted'
  /** The peer is trusted, and was put at the end of what it said. */
  | 'hop-appended'
  /** What came cannot be read without doubt, so that nothing may be appended to it. */
  | 'malformed'
  /** May not stand in trailers (RFC 9110 §6.5.1). */
  | 'not-in-trailers';

/** Lines of our own that go into many heads: looked at, and made bytes, once. `ownLines` makes them. */
export interface OwnLines {
  readonly pairs: readonly (readonly [name: string, value: string])[];
  readonly bytes: Uint8Array;
}

/** Lines are those of the fields that the sink was made for. */
export interface FieldSink {
  kept(line: number, why: FieldReason): void;
  changed(line: number, value: string, why: FieldReason): void;
  removed(line: number, why: FieldReason): void;
  added(name: string, value: string, why: FieldReason): void;
  addedAll(lines: OwnLines, why: FieldReason): void;
}

export interface FieldChange {
  readonly kind: 'kept' | 'changed' | 'removed' | 'added';
  readonly name: string;
  readonly why: FieldReason;
  /** Index of the line in the fields that were received; null for one that was added. */
  readonly line: number | null;
}

/** Lists what became of each line, in the order in which they are written. */
export class ChangeList implements FieldSink {
  readonly changes: FieldChange[] = [];

  constructor(private readonly fields: Fields) {}

  kept(line: number, why: FieldReason): void {
    this.#tell('kept', line, why);
  }

  changed(line: number, _value: string, why: FieldReason): void {
    this.#tell('changed', line, why);
  }

  removed(line: number, why: FieldReason): void {
    this.#tell('removed', line, why);
  }

  added(name: string, _value: string, why: FieldReason): void {
    this.changes.push({ kind: 'added', name, why, line: null });
  }

  addedAll({ pairs }: OwnLines, why: FieldReason): void {
    for (const [name, value] of pairs) this.added(name, value, why);
  }

  #tell(kind: 'kept' | 'changed' | 'removed', line: number, why: FieldReason): void {
    this.changes.push({ kind, name: this.fields.name(line), why, line });
  }
}

/** Decides about the lines that have a role; the others pass without it. */
export interface RoleTaker {
  take(role: FieldRole, line: number): void;
}

/** Time is linear in the bytes of the fields, whatever Connection names. */
export function passFields(fields: Fields, taker: RoleTaker, sink: FieldSink): void {
  const named = namedInConnection(fields);
  for (let line = 0; line < fields.count; line += 1) {
    const role = roleOfLine(fields, line);
    if (role === 'connection' || role === 'hop') sink.removed(line, 'hop-by-hop');
    else if (role !== 'end-to-end') taker.take(role, line);
    else if (named === null) sink.kept(line, 'end-to-end');
    else passNamed(fields, line, named, sink);
  }
}

function passNamed(fields: Fields, line: number, named: ReadonlySet<string>, sink: FieldSink): void {
  const lower = fields.name(line).toLowerCase();
  if (!named.has(lower)) sink.kept(line, 'end-to-end');
  else if (staysThoughNamed(lower)) sink.kept(line, 'protected');
  else sink.removed(line, 'named-in-connection');
}

/** Tells a line whose value was decided anew: where it is the same as before, nothing changed. */
export function settle(fields: Fields, line: number, value: string, why: FieldReason, sink: FieldSink): void {
  if (fields.value(line) === value) sink.kept(line, why);
  else sink.changed(line, value, why);
}
