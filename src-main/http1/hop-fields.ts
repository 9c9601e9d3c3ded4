/**
 * Which field names an intermediary may not simply pass on, and what the Connection field says of the others.
 *
 * Nearly every field is end-to-end and goes on as it came, so that is told by the length and the first letter of its
 * name alone; only a name that may be one of ours is compared.
 */
import type { Fields } from './events';
import { FieldLines } from './fields';
import { listMembers } from './list-members';

/**
 * `hop`: means something for one connection and is never passed on (RFC 9110 §7.6.1; HTTP2-Settings: RFC 9113 §3.1 has
 * made it obsolete, and RFC 7540 §3.2.1 made it one; the Proxy- ones are for the proxy next to their sender, RFC 9110
 * §11.7). `claim`: another way to say where a request came from. The rest are decided by who writes the message.
 */
export type FieldRole =
  | 'end-to-end'
  | 'hop'
  | 'connection'
  | 'te'
  | 'upgrade'
  | 'coding'
  | 'length'
  | 'host'
  | 'expect'
  | 'max-forwards'
  | 'x-forwarded-for'
  | 'x-forwarded-host'
  | 'x-forwarded-port'
  | 'x-forwarded-proto'
  | 'forwarded'
  | 'claim'
  | 'date';

const ROLES: ReadonlyMap<string, FieldRole> = new Map<string, FieldRole>([
  ['keep-alive', 'hop'],
  ['proxy-connection', 'hop'],
  ['proxy-authenticate', 'hop'],
  ['proxy-authorization', 'hop'],
  ['proxy-authentication-info', 'hop'],
  ['http2-settings', 'hop'],
  ['connection', 'connection'],
  ['te', 'te'],
  ['upgrade', 'upgrade'],
  ['transfer-encoding', 'coding'],
  ['content-length', 'length'],
  ['host', 'host'],
  ['expect', 'expect'],
  ['max-forwards', 'max-forwards'],
  ['x-forwarded-for', 'x-forwarded-for'],
  ['x-forwarded-host', 'x-forwarded-host'],
  ['x-forwarded-port', 'x-forwarded-port'],
  ['x-forwarded-proto', 'x-forwarded-proto'],
  ['forwarded', 'forwarded'],
  ['x-real-ip', 'claim'],
  ['date', 'date'],
]);

const CLAIM_PREFIX = 'x-forwarded-';

/**
 * Names of intermediaries and of content that a Connection field cannot take away. RFC 9110 §7.6.1 has an intermediary
 * remove what Connection names, and forbids the sender to name what is for all recipients: to name one of these is the
 * sender's fault, and obeying it is an attack on whoever relies on them. A client that could remove Authorization,
 * Cookie or Origin, or that made Via or X-Forwarded-For vanish, would be somebody else to the server (CVE-2022-31813);
 * a reply without Cache-Control or Set-Cookie would be kept, or lost. Names that have a role of their own need not
 * stand here: nothing but their role decides.
 */
const KEPT_THOUGH_NAMED: ReadonlySet<string> = new Set([
  // who asks, and on whose behalf
  'authorization',
  'authentication-info',
  'www-authenticate',
  'cookie',
  'set-cookie',
  'origin',
  'referer',
  'via',
  'sec-fetch-dest',
  'sec-fetch-mode',
  'sec-fetch-site',
  'sec-fetch-user',
  // what the content is
  'content-type',
  'content-encoding',
  'content-language',
  'content-location',
  'content-range',
  'content-disposition',
  'trailer',
  'range',
  'accept-ranges',
  // whether it may be kept, and whether it is still good
  'cache-control',
  'pragma',
  'expires',
  'age',
  'vary',
  'etag',
  'last-modified',
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-unmodified-since',
  'if-range',
  // what a page may do
  'location',
  'content-security-policy',
  'strict-transport-security',
  'x-content-type-options',
  'x-frame-options',
  'access-control-allow-origin',
  'access-control-allow-credentials',
]);

/** A name in lower case that stays though Connection names it. */
export const staysThoughNamed = (lower: string): boolean => KEPT_THOUGH_NAMED.has(lower);

/** Longer names share one place in the table. */
const MAX_LENGTH = 31;
/** One of the low five bits of a first letter, whatever its case. */
const LETTERS = 32;

const placeOf = (length: number, first: number): number => Math.min(length, MAX_LENGTH) * LETTERS + (first & 0x1f);
const placeOfName = (name: string): number => placeOf(name.length, name.charCodeAt(0));

/** May a name of this length with this first letter have a role? */
const MAYBE = new Uint8Array((MAX_LENGTH + 1) * LETTERS);

interface NameRole {
  readonly name: string;
  readonly role: FieldRole;
}
/** The name of that length with that first letter which has a role; where there are two, one of them. */
const LIKELY = Array.from({ length: MAYBE.length }, (): NameRole | null => null);

for (const [name, role] of ROLES) {
  MAYBE[placeOfName(name)] = 1;
  LIKELY[placeOfName(name)] = { name, role };
}
for (let length = CLAIM_PREFIX.length; length <= MAX_LENGTH; length += 1) MAYBE[placeOfName('x'.repeat(length))] = 1;

/**
 * The names that tell where a request came from are found with "_" for "-" too: a server that makes variables of names
 * (RFC 3875 §4.1.18) takes the two for one, and a client could say there what it may not say here.
 */
function roleByName(name: string): FieldRole {
  const lower = name.toLowerCase();
  const role = ROLES.get(lower);
  if (role !== undefined) return role;
  if (!lower.includes('_')) return lower.startsWith(CLAIM_PREFIX) ? 'claim' : 'end-to-end';
  const hyphened = lower.replaceAll('_', '-');
  return hyphened.startsWith(CLAIM_PREFIX) || ROLES.get(hyphened) === 'claim' ? 'claim' : 'end-to-end';
}

export const roleOf = (name: string): FieldRole => (MAYBE[placeOfName(name)] === 1 ? roleByName(name) : 'end-to-end');

/** The same of one line: of nearly all the name is not even made. */
export function roleOfLine(fields: Fields, line: number): FieldRole {
  if (!(fields instanceof FieldLines)) return roleOf(fields.name(line));
  const start = fields.nameStart(line);
  const place = placeOf(fields.nameEnd(line) - start, fields.codeAt(start));
  if (MAYBE[place] !== 1) return 'end-to-end';
  const likely = LIKELY[place]!;
  return likely !== null && fields.isNamed(line, likely.name) ? likely.role : roleByName(fields.name(line));
}

const isUsualOption = (value: string): boolean =>
  value === 'keep-alive' || value === 'close' || value === 'Keep-Alive' || value === 'Close';

/** The connection options of a message in lower case, apart from `close` and `keep-alive`; null where there are none. */
export function namedInConnection(fields: Fields): ReadonlySet<string> | null {
  let named: Set<string> | null = null;
  for (const value of fields.all('connection')) {
    if (isUsualOption(value)) continue;
    for (const member of listMembers(value)) {
      const option = member.toLowerCase();
      if (option !== 'close' && option !== 'keep-alive') (named ??= new Set()).add(option);
    }
  }
  return named;
}
