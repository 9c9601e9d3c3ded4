/** A body as a JSON string: as text where it says it is text and is, else in base64. */
import { encodeBase64 } from './base64';
import { isTextType, parseMediaType } from './media-type';
import { textOf } from './units';
import { decodeUtf8 } from './utf8';

export interface BodyText {
  readonly body: string;
  /** How `body` was made from the bytes: a charset, or `base64`. */
  readonly bodyEncoding: string;
  /** Why it is in base64 although text was announced, or not whole. */
  readonly bodyNote?: string;
}

const decodeAscii = (bytes: Uint8Array): string | null => (bytes.every((byte) => byte < 0x80) ? textOf(bytes) : null);

interface Charset {
  readonly name: string;
  readonly decode: (bytes: Uint8Array) => string | null;
}
const UTF_8: Charset = { name: 'utf-8', decode: decodeUtf8 };
const LATIN_1: Charset = { name: 'iso-8859-1', decode: (bytes) => textOf(bytes) };
const ASCII: Charset = { name: 'us-ascii', decode: decodeAscii };

const CHARSETS: ReadonlyMap<string, Charset> = new Map([
  ['utf-8', UTF_8],
  ['utf8', UTF_8],
  ['iso-8859-1', LATIN_1],
  ['iso8859-1', LATIN_1],
  ['latin1', LATIN_1],
  ['us-ascii', ASCII],
  ['ascii', ASCII],
]);

const inBase64 = (bytes: Uint8Array, note?: string): BodyText => {
  const text = { body: encodeBase64(bytes), bodyEncoding: 'base64' };
  return note === undefined ? text : { ...text, bodyNote: note };
};

/** `contentType` is null where the request has none: then UTF-8 is tried, for people who type requests by hand. */
export function bodyText(bytes: Uint8Array, contentType: string | null): BodyText {
  const type = contentType === null ? null : parseMediaType(contentType);
  if (type !== null && !isTextType(type)) return inBase64(bytes);
  const label = type?.charset ?? UTF_8.name;
  const charset = CHARSETS.get(label);
  if (charset === undefined) return inBase64(bytes, `the charset ${label.slice(0, 40)} is not known here`);
  const text = charset.decode(bytes);
  if (text !== null) return { body: text, bodyEncoding: charset.name };
  return inBase64(bytes, type === null ? undefined : `the bytes are not ${charset.name}`);
}
