/**
 * Which trailer fields go on (RFC 9110 §6.5.1). Fewer than in a head: what a recipient merges into the fields of the head
 * must not change what the message is, who it came from or how it ends, and nobody waits for these to decide.
 */
import type { Fields } from './events';
import { FieldLines } from './fields';
import type { FieldSink } from './forwarded-fields';
import { forbiddenTrailer } from './framing';
import { roleOf } from './hop-fields';

/** The rule of the parser, for one name. */
const isForbidden = (name: string): boolean =>
  forbiddenTrailer(new FieldLines(name, Int32Array.of(0, name.length, name.length, name.length), 0, 1)) !== -1;

/** @param named what Connection in the head of the message names (`namedInConnection`): it goes here too (§7.6.1). */
export function passTrailers(trailers: Fields, named: ReadonlySet<string> | null, sink: FieldSink): void {
  for (let line = 0; line < trailers.count; line += 1) {
    const name = trailers.name(line);
    if (named?.has(name.toLowerCase()) === true) sink.removed(line, 'named-in-connection');
    else if (roleOf(name) !== 'end-to-end' || name.toLowerCase() === 'via' || isForbidden(name))
      sink.removed(line, 'not-in-trailers');
    else sink.kept(line, 'end-to-end');
  }
}
