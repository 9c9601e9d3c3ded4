/** Bodies as text: which charset, decoding, and JSON laid out for reading. All of it bounded. */

/** Larger bodies are not laid out as JSON: the parse alone would freeze the page. */
export const MAX_PRETTY_BYTES = 1024 * 1024;

const FALLBACK = 'iso-8859-1';

export interface ContentKind {
  /** `application/json`, in lower case; empty where there is no Content-Type. */
  readonly mediaType: string;
  /** As the field names it; null where it names none. */
  readonly charset: string | null;
}

const PARAMETER = /;\s*charset\s*=\s*(?:"([^"]*)"|([^\s;]+))/i;

/** Reads a Content-Type as far as a viewer needs it. */
export function contentKind(contentType: string | null): ContentKind {
  const text = (contentType ?? '').slice(0, 1_000);
  const match = PARAMETER.exec(text);
  const charset = match?.[1] ?? match?.[2] ?? null;
  return { mediaType: (text.split(';')[0] ?? '').trim().toLowerCase(), charset: charset === '' ? null : charset };
}

export const isJson = ({ mediaType }: ContentKind): boolean =>
  mediaType === 'application/json' || mediaType === 'text/json' || mediaType.endsWith('+json');

export interface DecodedText {
  readonly text: string;
  /** The charset that was used. */
  readonly charset: string;
  /** What a reader should know of the choice; null where there is nothing to say. */
  readonly note: string | null;
}

const decoderFor = (charset: string): TextDecoder | null => {
  try {
    return new TextDecoder(charset);
  } catch {
    return null;
  }
};

/** Every byte as the character with its number: unlike the decoder of that name, which is Windows-1252. */
function latin1(bytes: Uint8Array): string {
  const PIECE = 8_192;
  let text = '';
  for (let at = 0; at < bytes.length; at += PIECE) text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return text;
}

const isWholeUtf8 = (bytes: Uint8Array): boolean => {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
};

/**
 * Decodes with the charset that was named; UTF-8 where none is named and the bytes are valid UTF-8 (RFC 8259 §8.1
 * asks it of JSON), Latin-1 otherwise. Bytes may end inside a character: the window of a body is cut anywhere.
 */
export function decodeBody(bytes: Uint8Array, kind: ContentKind): DecodedText {
  if (kind.charset === null) {
    if (isWholeUtf8(bytes)) return { text: new TextDecoder().decode(bytes), charset: 'utf-8', note: null };
    return {
      text: latin1(bytes),
      charset: FALLBACK,
      note: 'No charset is named and the bytes are not UTF-8: shown as Latin-1.',
    };
  }
  if (/^(iso-?8859-1|latin-?1)$/i.test(kind.charset)) return { text: latin1(bytes), charset: FALLBACK, note: null };
  const decoder = decoderFor(kind.charset);
  if (decoder !== null) return { text: decoder.decode(bytes), charset: decoder.encoding, note: null };
  return {
    text: latin1(bytes),
    charset: FALLBACK,
    note: `The charset "${kind.charset.slice(0, 60)}" is not known: shown as Latin-1.`,
  };
}

/** Controls, marks of direction and characters without width: what makes a text look like another one. */
const HIDDEN = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** The text with what would be hidden in it, or reorder it, by number: `\u{202E}`. Tabs and line ends stay. */
export const withoutHidden = (text: string): string =>
  text.replace(HIDDEN, (character) => `\\u{${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}}`);

export type PrettyJson = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string };

/**
 * Lays JSON out with two spaces; `what` it is called where that cannot be. Numbers and key order stay as `JSON.parse`
 * gives them; the Text view has the original.
 */
export function prettyJson(text: string, isWhole: boolean, what = 'body'): PrettyJson {
  if (!isWhole) return { ok: false, reason: `The ${what} is not loaded as a whole, so it is not laid out.` };
  if (text.length > MAX_PRETTY_BYTES)
    return { ok: false, reason: `The ${what} is larger than 1 MiB, so it is not laid out.` };
  try {
    return { ok: true, text: JSON.stringify(JSON.parse(text), null, 2) };
  } catch {
    return { ok: false, reason: `The ${what} is not valid JSON.` };
  }
}

/** Where nothing names a type: an object or a list that is valid JSON. Bounded as laying it out is. */
export const looksLikeJson = (text: string): boolean => /^\s*[[{]/.test(text) && prettyJson(text, true).ok;

/** Does it look like text at all? Bodies of other kinds open in the hex view. */
export function looksLikeText(bytes: Uint8Array): boolean {
  const head = bytes.subarray(0, 1_024);
  const odd = head.filter((byte) => byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d).length;
  return odd * 20 <= head.length;
}
