/** Reads a Content-Type (RFC 9110 §8.3.1) as far as showing a body as text needs it. */

export interface MediaType {
  /** In lower case, without parameters: `text/html`. */
  readonly essence: string;
  /** In lower case and without quotes; null where there is none. */
  readonly charset: string | null;
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const PARAMETER = String.raw`${TOKEN}=(?:${TOKEN}|"(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t -\x7e\x80-\xff])*")`;
/** No two neighbours of it match the same characters, so that reading is linear. */
const MEDIA_TYPE = new RegExp(String.raw`^${TOKEN}/${TOKEN}[\t ]*(?:;[\t ]*(?:${PARAMETER}[\t ]*)?)*$`);
const CODINGS = new RegExp(String.raw`^${TOKEN}(?:[\t ]*,[\t ]*${TOKEN})*$`);

/** Is this a Content-Type that may be sent on (RFC 9110 §8.3.1)? */
export const isMediaType = (text: string): boolean => MEDIA_TYPE.test(text);
/** Is this a list of content codings that may be sent on (RFC 9110 §8.4)? */
export const isCodingList = (text: string): boolean => CODINGS.test(text);

/** The end of one parameter: the next ";" that does not stand in a quoted string. */
function parameterEnd(text: string, from: number): number {
  let quoted = false;
  for (let at = from; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quoted && character === '\\') at += 1;
    else if (character === '"') quoted = !quoted;
    else if (character === ';' && !quoted) return at;
  }
  return text.length;
}

function unquoted(value: string): string {
  if (value.length < 2 || !value.startsWith('"') || !value.endsWith('"')) return value;
  return value.slice(1, -1).replace(/\\(.)/g, '$1');
}

export function parseMediaType(text: string): MediaType {
  let end = parameterEnd(text, 0);
  const essence = text.slice(0, end).trim().toLowerCase();
  while (end < text.length) {
    const next = parameterEnd(text, end + 1);
    const parameter = text.slice(end + 1, next);
    const equals = parameter.indexOf('=');
    // The first charset counts, as in the WHATWG reading of the field.
    if (equals > 0 && parameter.slice(0, equals).trim().toLowerCase() === 'charset') {
      return { essence, charset: unquoted(parameter.slice(equals + 1).trim()).toLowerCase() };
    }
    end = next;
  }
  return { essence, charset: null };
}

const TEXT_TYPES = new Set([
  'application/json',
  'application/xml',
  'application/javascript',
  'application/ecmascript',
  'application/graphql',
  'application/sql',
  'application/toml',
  'application/yaml',
  'application/x-ndjson',
  'application/x-www-form-urlencoded',
  'application/x-yaml',
  'message/http',
]);

export const isTextType = ({ essence }: MediaType): boolean =>
  essence.startsWith('text/') || TEXT_TYPES.has(essence) || essence.endsWith('+json') || essence.endsWith('+xml');
