/** Reply parts in the few shapes the routes use. */
import type { ReplyParts } from '../http1/writer';
import { encodeUtf8 } from './utf8';

type Field = readonly [name: string, value: string];

const NO_BYTES = new Uint8Array(0);
/** A browser has to take the type as it is told, also where the bytes are a stranger's. */
export const NOSNIFF: Field = ['X-Content-Type-Options', 'nosniff'];

export function textReply(status: number, text: string, fields: readonly Field[] = []): ReplyParts {
  const type: Field = ['Content-Type', 'text/plain; charset=utf-8'];
  return { status, fields: [type, NOSNIFF, ...fields], body: encodeUtf8(text) };
}

/** A pair of strings as JSON lays it out; line breaks inside strings are escaped, so this matches layout alone. */
const PAIR = /\[\n +("(?:[^"\\]|\\.)*"),\n +("(?:[^"\\]|\\.)*")\n +\]/g;

/** Laid out for people: one member a line, and one pair a line. */
export function jsonReply(value: unknown): ReplyParts {
  const type: Field = ['Content-Type', 'application/json'];
  const text = JSON.stringify(value, null, 2).replace(PAIR, '[$1, $2]');
  return { status: 200, fields: [type, NOSNIFF], body: encodeUtf8(`${text}\n`) };
}

export const bareReply = (status: number, fields: readonly Field[]): ReplyParts => ({ status, fields, body: NO_BYTES });
