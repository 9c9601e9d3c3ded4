/** What each element is called, and where it is defined. */
import type { SpanKind } from './span-kinds';

export interface SpanWords {
  readonly label: string;
  /** Null where no rule covers such bytes. */
  readonly rfc: string | null;
}

const KIND_WORDS: Readonly<Record<SpanKind, SpanWords>> = {
  preamble: { label: 'empty line before a request', rfc: 'RFC 9112 §2.2' },
  method: { label: 'method', rfc: 'RFC 9110 §9.1' },
  target: { label: 'request target', rfc: 'RFC 9112 §3.2' },
  version: { label: 'protocol version', rfc: 'RFC 9112 §2.3' },
  status: { label: 'status code', rfc: 'RFC 9110 §15' },
  reason: { label: 'reason phrase', rfc: 'RFC 9112 §4' },
  // The rule of a request line; a status line has the same one in §4, and the kind does not tell them apart.
  space: { label: 'single space', rfc: 'RFC 9112 §3' },
  'field-name': { label: 'field name', rfc: 'RFC 9110 §5.1' },
  colon: { label: 'colon', rfc: 'RFC 9112 §5' },
  ows: { label: 'optional white space', rfc: 'RFC 9110 §5.6.3' },
  'field-value': { label: 'field value', rfc: 'RFC 9110 §5.5' },
  'line-end': { label: 'line end', rfc: 'RFC 9112 §2.2' },
  'empty-line': { label: 'empty line, end of the fields', rfc: 'RFC 9112 §2.1' },
  'chunk-size': { label: 'chunk size', rfc: 'RFC 9112 §7.1' },
  'chunk-extension': { label: 'chunk extension', rfc: 'RFC 9112 §7.1.1' },
  'chunk-data': { label: 'chunk data', rfc: 'RFC 9112 §7.1' },
  body: { label: 'body', rfc: 'RFC 9112 §6' },
  garbage: { label: 'not parsed', rfc: null },
};

/** Where the field with this name, in lower case, is defined. */
const FIELD_RULES: ReadonlyMap<string, string> = new Map([
  ['accept', 'RFC 9110 §12.5.1'],
  ['accept-charset', 'RFC 9110 §12.5.2'],
  ['accept-encoding', 'RFC 9110 §12.5.3'],
  ['accept-language', 'RFC 9110 §12.5.4'],
  ['accept-ranges', 'RFC 9110 §14.3'],
  ['age', 'RFC 9111 §5.1'],
  ['allow', 'RFC 9110 §10.2.1'],
  ['authorization', 'RFC 9110 §11.6.2'],
  ['cache-control', 'RFC 9111 §5.2'],
  ['connection', 'RFC 9110 §7.6.1'],
  ['content-disposition', 'RFC 6266 §4'],
  ['content-encoding', 'RFC 9110 §8.4'],
  ['content-language', 'RFC 9110 §8.5'],
  ['content-length', 'RFC 9110 §8.6'],
  ['content-location', 'RFC 9110 §8.7'],
  ['content-range', 'RFC 9110 §14.4'],
  ['content-type', 'RFC 9110 §8.3'],
  ['cookie', 'RFC 6265 §4.2'],
  ['date', 'RFC 9110 §6.6.1'],
  ['etag', 'RFC 9110 §8.8.3'],
  ['expect', 'RFC 9110 §10.1.1'],
  ['expires', 'RFC 9111 §5.3'],
  ['forwarded', 'RFC 7239 §4'],
  ['from', 'RFC 9110 §10.1.2'],
  ['host', 'RFC 9110 §7.2'],
  ['if-match', 'RFC 9110 §13.1.1'],
  ['if-modified-since', 'RFC 9110 §13.1.3'],
  ['if-none-match', 'RFC 9110 §13.1.2'],
  ['if-range', 'RFC 9110 §13.1.5'],
  ['if-unmodified-since', 'RFC 9110 §13.1.4'],
  ['last-modified', 'RFC 9110 §8.8.2'],
  ['link', 'RFC 8288 §3'],
  ['location', 'RFC 9110 §10.2.2'],
  ['max-forwards', 'RFC 9110 §7.6.2'],
  ['origin', 'RFC 6454 §7'],
  ['pragma', 'RFC 9111 §5.4'],
  ['proxy-authenticate', 'RFC 9110 §11.7.1'],
  ['proxy-authorization', 'RFC 9110 §11.7.2'],
  ['range', 'RFC 9110 §14.2'],
  ['referer', 'RFC 9110 §10.1.3'],
  ['retry-after', 'RFC 9110 §10.2.3'],
  ['server', 'RFC 9110 §10.2.4'],
  ['set-cookie', 'RFC 6265 §4.1'],
  ['te', 'RFC 9110 §10.1.4'],
  ['trailer', 'RFC 9110 §6.6.2'],
  ['transfer-encoding', 'RFC 9112 §6.1'],
  ['upgrade', 'RFC 9110 §7.8'],
  ['user-agent', 'RFC 9110 §10.1.5'],
  ['vary', 'RFC 9110 §12.5.5'],
  ['via', 'RFC 9110 §7.6.3'],
  ['www-authenticate', 'RFC 9110 §11.6.1'],
]);

/**
 * The words for an element. For the name or value of a field they name the field, and the rule is the field's own
 * where it is a known one. `field` comes off the wire: show it as text only.
 */
export function describeSpan(kind: SpanKind, field?: string): SpanWords {
  const words = KIND_WORDS[kind];
  if (field === undefined || (kind !== 'field-name' && kind !== 'field-value')) return words;
  return { label: `${words.label} (${field})`, rfc: FIELD_RULES.get(field.toLowerCase()) ?? words.rfc };
}
