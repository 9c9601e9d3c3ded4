/**
 * Why a field line did not pass as it came, told from the two sides of a message: its name, what became of it, and what
 * Connection named. These are the reasons of the engine (`http1/forwarded-fields.ts`), found again by who only sees the
 * bytes; where the bytes do not tell, there is none.
 */
import type { FieldReason } from '@http1/forwarded-fields';
import { roleOf, staysThoughNamed } from '@http1/hop-fields';
import { listMembers } from '@http1/list-members';
import type { FieldPair } from './field-changes';

type Told = Exclude<FieldReason, 'end-to-end'> | 'rate-limit' | 'not-chunked';

export const REASON_WORDS: Readonly<Record<Told, string>> = {
  protected: 'Connection names it, and it stays all the same: no connection option can take it away',
  'named-in-connection': 'Connection names it: meant for that connection alone (RFC 9110 §7.6.1)',
  'hop-by-hop': 'belongs to one connection (RFC 9110 §7.6.1)',
  framing: 'how the body ends is said anew (RFC 9112 §6)',
  repeated: 'may be said once; the line before counts',
  'host-policy': 'the server behind is asked by its own name',
  'absolute-form': 'the target names the host, and Host is ignored (RFC 9112 §3.2.2)',
  expect: 'nobody waits for a 100 Continue any more (RFC 9110 §10.1.1)',
  trailers: 'that trailers are welcome holds to the end; other codings do not (RFC 9110 §10.1.4)',
  upgrade: 'one protocol goes on, if it was asked for in due form (RFC 9110 §7.8)',
  'max-forwards': 'one hop less (RFC 9110 §7.6.2)',
  via: 'names the hop that was taken (RFC 9110 §7.6.3)',
  date: 'a reply without one gets it (RFC 9110 §6.6.1)',
  'rate-limit': "what the client's bucket has left",
  untrusted: 'this client is not trusted to say where a request came from',
  'hop-appended': 'says where the request came from',
  malformed: 'cannot be read without doubt',
  'not-in-trailers': 'may not stand in trailers (RFC 9110 §6.5.1)',
  'not-chunked': 'only a body in chunks has trailers after it (RFC 9112 §7.1.2)',
};

interface NamedValue {
  readonly name: string;
  readonly value: string;
}

export interface MessageSide {
  readonly fields: readonly NamedValue[];
  /** Of a request; empty of a reply. */
  readonly target: string;
}

/** What all lines of a message say together. */
interface Gathered {
  readonly message: MessageSide;
  /** What Connection names, in lower case. */
  readonly named: ReadonlySet<string>;
  /** Names, in lower case, of lines that we were put at the end of: others of that name went into them. */
  readonly appended: ReadonlySet<string>;
}

function connectionOptions(fields: readonly NamedValue[]): ReadonlySet<string> {
  const values = fields.filter(({ name }) => name.toLowerCase() === 'connection').map(({ value }) => value);
  return new Set(values.flatMap((value) => listMembers(value.toLowerCase())));
}

const nameOf = ({ before, after }: FieldPair<NamedValue>): string => (before ?? after)?.name ?? '';

const isAppended = ({ before, after }: FieldPair<NamedValue>): boolean =>
  before !== null && after !== null && after.value.length > before.value.length && after.value.startsWith(before.value);

const RATE_NAMES = /^(?:x-)?ratelimit(?:-|$)/;

const isAbsolute = (target: string): boolean => /^[a-z][a-z0-9+.-]*:/i.test(target);

function whereFrom(pair: FieldPair<NamedValue>, { appended }: Gathered): Told {
  return pair.fate === 'added' || appended.has(nameOf(pair).toLowerCase()) ? 'hop-appended' : 'untrusted';
}

function roleReason(pair: FieldPair<NamedValue>, gathered: Gathered): Told | null {
  const { fate } = pair;
  switch (roleOf(nameOf(pair))) {
    case 'connection':
    case 'hop':
      return 'hop-by-hop';
    case 'length':
    case 'coding':
      return 'framing';
    case 'te':
      return fate === 'changed' ? 'trailers' : 'hop-by-hop';
    case 'upgrade':
      return fate === 'removed' ? 'hop-by-hop' : 'upgrade';
    case 'host':
      return fate === 'removed' ? 'repeated' : isAbsolute(gathered.message.target) ? 'absolute-form' : 'host-policy';
    case 'expect':
      return 'expect';
    case 'max-forwards':
      return fate === 'changed' ? 'max-forwards' : 'repeated';
    case 'date':
      return fate === 'added' ? 'date' : null;
    case 'end-to-end':
      return null;
    default:
      return whereFrom(pair, gathered);
  }
}

function reasonOf(pair: FieldPair<NamedValue>, gathered: Gathered): Told | null {
  const lower = nameOf(pair).toLowerCase();
  const isNamed = pair.before !== null && gathered.named.has(lower);
  if (pair.fate === 'same') return isNamed && staysThoughNamed(lower) ? 'protected' : null;
  if (lower === 'via') return 'via';
  if (pair.fate === 'added' && RATE_NAMES.test(lower)) return 'rate-limit';
  return roleReason(pair, gathered) ?? (pair.fate === 'removed' && isNamed ? 'named-in-connection' : null);
}

/** One for each pair, in their order. @param message as it came. */
export function fieldReasons(pairs: readonly FieldPair<NamedValue>[], message: MessageSide): readonly (Told | null)[] {
  const appended = new Set(pairs.filter(isAppended).map((pair) => nameOf(pair).toLowerCase()));
  const gathered = { message, named: connectionOptions(message.fields), appended };
  return pairs.map((pair) => reasonOf(pair, gathered));
}

/**
 * The same of trailers, which pass as they came or not at all.
 *
 * @param head the fields of the message as it came: Connection stands there.
 * @param isChunked does the message go on in chunks?
 */
export function trailerReasons(
  pairs: readonly FieldPair<NamedValue>[],
  head: readonly NamedValue[],
  isChunked: boolean,
): readonly (Told | null)[] {
  const named = connectionOptions(head);
  return pairs.map((pair) => {
    if (pair.fate !== 'removed') return null;
    if (!isChunked) return 'not-chunked';
    return named.has(nameOf(pair).toLowerCase()) ? 'named-in-connection' : 'not-in-trailers';
  });
}
