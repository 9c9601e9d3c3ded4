/**
 * Whose bucket: the key of a request in the bucket table, and the label people see.
 *
 * Keys of different kinds cannot meet: an address begins with a hex digit or a colon, every other kind with a sign of
 * its own. So no client gets at another one's bucket by sending a field that looks like an address.
 *
 * Keys are short whatever arrives: `MAX_KEY_CHARS`. A longer value, and every credential, is kept as a keyed hash, so
 * neither two values that share a bucket can be made on purpose, nor is a secret kept in memory or shown: pictures of
 * the bucket list get shared. A label tells a credential by its scheme and four digits of that hash, which are others
 * in every run.
 *
 * Values are compared byte for byte; of a field sent more than once the first counts.
 */
import { pathOf } from '../contract/request-target';
import type { Settings } from '../contract/settings';
import type { KeyedHash } from './keyed-hash';

/** What of a request's head a key and a cost are made of. */
export interface RatedHead {
  readonly method: string;
  readonly target: string;
  readonly fields: { get(name: string): string | null };
}

const MAX_PLAIN_CHARS = 64;
const MAX_SHOWN_CHARS = 40;
const HASH_CHARS = 16;
const FINGERPRINT_CHARS = 4;

/** A sign and a value, or a sign, what is shown of it, and its hash. */
export const MAX_KEY_CHARS = 1 + MAX_PLAIN_CHARS;
export const MAX_LABEL_CHARS = MAX_PLAIN_CHARS;

const PLAIN = '=';
const HASHED = '#';

const CREDENTIALS = /auth|cookie|credential|jwt|key|passw|secret|session|signature|token/i;

/** Authentication schemes (IANA registry, and common ones beside it): of anything else the first word may be secret. */
const SCHEMES: ReadonlySet<string> = new Set(
  (
    'apikey aws4-hmac-sha256 basic bearer digest dpop gnap hawk hoba mutual negotiate ntlm oauth privatetoken ' +
    'scram-sha-1 scram-sha-256 token vapid'
  ).split(' '),
);

/** `Bearer` of `Bearer abc` (RFC 9110 §11.4). */
function schemeOf(value: string): string | null {
  const space = value.indexOf(' ');
  if (space <= 0 || space > MAX_SHOWN_CHARS) return null;
  const word = value.slice(0, space);
  return SCHEMES.has(word.toLowerCase()) ? word : null;
}

/** The first segments of a path; a path with fewer is its own prefix. */
function firstSegments(path: string, count: number): string {
  let end = 0;
  for (let segment = 0; segment < count; segment += 1) {
    end = path.indexOf('/', end + 1);
    if (end === -1) return path;
  }
  return path.slice(0, end);
}

export class RateKeys {
  /** Two with the same rule make the same keys. */
  readonly rule: string;
  readonly #kind: Settings['rateKey'];
  readonly #fieldName: string;
  readonly #isCredential: boolean;
  readonly #segments: number;

  constructor(
    { rateKey, rateKeyField, rateKeySegments }: Settings,
    private readonly hash: KeyedHash,
  ) {
    const of = { address: '', field: rateKeyField.toLowerCase(), target: String(rateKeySegments) };
    this.rule = `${rateKey} ${of[rateKey]}`;
    this.#kind = rateKey;
    this.#fieldName = rateKeyField;
    this.#isCredential = CREDENTIALS.test(rateKeyField);
    this.#segments = rateKeySegments;
  }

  of(clientAddress: string, head: RatedHead): string {
    if (this.#kind === 'address') return clientAddress;
    if (this.#kind === 'target') return this.#plain(firstSegments(pathOf(head.target), this.#segments));
    const value = head.fields.get(this.#fieldName);
    if (value === null || value === '') return clientAddress;
    return this.#isCredential ? this.#hashed(schemeOf(value) ?? this.#fieldName, value) : this.#plain(value);
  }

  #plain(text: string): string {
    return text.length <= MAX_PLAIN_CHARS ? `${PLAIN}${text}` : this.#hashed(text, text);
  }

  #hashed(shown: string, text: string): string {
    return `${HASHED}${shown.slice(0, MAX_SHOWN_CHARS)}${this.hash.digest(text)}`;
  }
}

/** An address, a value, or `Bearer …a91f`: at most `MAX_LABEL_CHARS`. */
export function labelOf(key: string): string {
  if (key.startsWith(PLAIN)) return key.slice(1);
  if (!key.startsWith(HASHED)) return key;
  const hashStart = key.length - HASH_CHARS;
  return `${key.slice(1, hashStart)} …${key.slice(hashStart, hashStart + FINGERPRINT_CHARS)}`;
}
