/**
 * The wire codec of the web host: JSON in text frames, and a binary frame where a message holds bytes.
 *
 * A binary frame is a 4-byte big-endian length of its JSON part, that JSON in UTF-8, then the bytes of every
 * `Uint8Array` in order. In the JSON each of them is `{"$bytes": length}`. Both ends use this one file. No list holds
 * bytes.
 */
import type { CallName, Reply, TopicName } from './calls';

/** Page to engine. `id` is chosen by the page and repeated in the reply. */
export interface CallMessage {
  readonly id: number;
  readonly call: CallName;
  readonly params: unknown;
}

/** Engine to page. */
export type EngineMessage =
  { readonly id: number; readonly reply: Reply<unknown> } | { readonly topic: TopicName; readonly payload: unknown };

/** The longest text frame the engine takes from a page: calls are small. */
export const MAX_CALL_BYTES = 64 * 1024;

export interface Utf8 {
  encode(text: string): Uint8Array;
  decode(bytes: Uint8Array): string;
}

const LENGTH_BYTES = 4;

export function encodeMessage(message: EngineMessage | CallMessage, utf8: Utf8): string | Uint8Array {
  const parts: Uint8Array[] = [];
  const json = JSON.stringify(withoutBytes(message, parts));
  if (parts.length === 0) return json;
  const head = utf8.encode(json);
  const total = parts.reduce((sum, part) => sum + part.length, LENGTH_BYTES + head.length);
  const frame = new Uint8Array(total);
  new DataView(frame.buffer).setUint32(0, head.length);
  frame.set(head, LENGTH_BYTES);
  let at = LENGTH_BYTES + head.length;
  for (const part of parts) {
    frame.set(part, at);
    at += part.length;
  }
  return frame;
}

/**
 * The value with places for its bytes, which are put aside. Bytes are members of objects, never items of lists, so
 * that lists of thousands of rows are not looked through: that took longer than all the rest of encoding them.
 */
function withoutBytes(value: unknown, parts: Uint8Array[]): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  if (value instanceof Uint8Array) {
    parts.push(value);
    return { $bytes: value.length };
  }
  let replaced: Record<string, unknown> | null = null;
  for (const [name, member] of Object.entries(value)) {
    const plain = withoutBytes(member, parts);
    if (plain !== member) (replaced ??= { ...value })[name] = plain;
  }
  return replaced ?? value;
}

const isBytesPlace = (value: unknown): value is { $bytes: number } =>
  typeof value === 'object' && value !== null && '$bytes' in value && typeof value.$bytes === 'number';

/** Throws a `SyntaxError` or `RangeError` on a frame that is not of this codec. */
export function decodeMessage(frame: string | Uint8Array, utf8: Utf8): unknown {
  if (typeof frame === 'string') return JSON.parse(frame);
  const headLength = new DataView(frame.buffer, frame.byteOffset, frame.byteLength).getUint32(0);
  let at = LENGTH_BYTES + headLength;
  if (at > frame.length) throw new RangeError('the frame is shorter than its JSON part');
  return JSON.parse(utf8.decode(frame.subarray(LENGTH_BYTES, at)), (_key, value: unknown) => {
    if (!isBytesPlace(value)) return value;
    const end = at + value.$bytes;
    if (end > frame.length) throw new RangeError('the frame is shorter than its bytes');
    const bytes = frame.subarray(at, end);
    at = end;
    return bytes;
  });
}
