/**
 * The field lines that say how a body ends. One of them is written, or none, from what was parsed and not from what was
 * read: whoever reads it next has no choice to make. It stands where the first line of its name stood.
 */
import { BugError } from '../contract/errors';
import type { Fields, Framing } from './events';
import { settle, type FieldSink } from './forwarded-fields';
import type { FieldRole } from './hop-fields';

const NAMES = { length: 'Content-Length', coding: 'Transfer-Encoding' } as const;

export class FramingLines {
  readonly #role: 'length' | 'coding' | null;
  readonly #value: string;
  #written = false;

  /** `until-close` has no line, as `none` has none: who may use them is for the caller to know. */
  constructor(framing: Framing) {
    this.#role = framing.kind === 'length' ? 'length' : framing.kind === 'chunked' ? 'coding' : null;
    this.#value = framing.kind === 'length' ? digitsOf(framing.bytes) : 'chunked';
  }

  take(role: FieldRole, line: number, fields: Fields, sink: FieldSink): void {
    if (role !== this.#role) return sink.removed(line, 'framing');
    if (this.#written) return sink.removed(line, 'repeated');
    this.#written = true;
    settle(fields, line, this.#value, 'framing', sink);
  }

  finish(sink: FieldSink): void {
    if (this.#role !== null && !this.#written) sink.added(NAMES[this.#role], this.#value, 'framing');
  }
}

function digitsOf(bytes: number): string {
  if (!Number.isSafeInteger(bytes) || bytes < 0) throw new BugError('the length of a body is no count of bytes');
  return String(bytes);
}
