/**
 * The head of a request as it goes to the server behind us.
 *
 * Written from what was parsed, never from the bytes that were read: whatever the rules of the parser let through (a line
 * that ends in LF alone, a fold, two lengths, a length beside a coding, lines that were skipped), what leaves here reads
 * one way under the strictest rules. The version is our own (RFC 9112 §2.3), the target is the one the next server
 * takes, and how the body ends is said once.
 *
 * It must not know sockets, policy or time: what is for others to decide stands in the plan.
 */
import { BugError } from '../contract/errors';
import { readAuthority } from './authority';
import type { Framing, RequestHead } from './events';
import { ChangeList, passFields, settle, type FieldChange, type FieldSink, type RoleTaker } from './forwarded-fields';
import { ForwardedFields, type ForwardedPlan } from './forwarded';
import { FramingLines } from './framing-lines';
import { HeadText, isTarget, isToken, type WrittenHead } from './head-text';
import type { FieldRole } from './hop-fields';
import { listMembers } from './list-members';
import { countForwards, heedsMaxForwards } from './max-forwards';
import { viaLine } from './via';

export interface RequestPlan {
  /** Host and port of the server the request goes to, as they stand in a URI. */
  readonly authority: string;
  /** What Host says: what the client asked for, or `authority`. Where the client named no host it is `authority`. */
  readonly host: 'keep' | 'upstream';
  /** Of the body as it will be sent: that of the head, or another where the body was gathered. */
  readonly framing: Framing;
  /** `drop` where the body is sent without waiting (RFC 9110 §10.1.1). */
  readonly expect: 'forward' | 'drop';
  /** Is the connection to the server closed after the reply? */
  readonly close: boolean;
  /** The one protocol that the server may switch to; see `upgrade.ts`. */
  readonly upgrade: string | null;
  /** Our pseudonym in Via; null: no Via. */
  readonly via: string | null;
  /** Null: the fields that say where a request came from pass as they came. */
  readonly forwarded: ForwardedPlan | null;
}

interface AbsoluteTarget {
  readonly authority: string;
  /** Empty, or from the first "/" or "?" on. */
  readonly rest: string;
}

function splitAbsolute(target: string): AbsoluteTarget {
  const start = target.indexOf('//') + 2;
  let end = start;
  while (end < target.length && target[end] !== '/' && target[end] !== '?') end += 1;
  const authority = target.slice(start, end);
  // A colon with no port after it says nothing, and not everyone reads it so (RFC 3986 §6.2.3).
  return { authority: authority.endsWith(':') ? authority.slice(0, -1) : authority, rest: target.slice(end) };
}

/** Who the request is for: of an absolute target, its authority and not Host (RFC 9112 §3.2.2); null where nobody is named. */
export function requestedHost({ target, targetForm, fields }: RequestHead): string | null {
  return targetForm === 'absolute' ? splitAbsolute(target).authority : fields.get('host');
}

/** The target as a server takes it: origin-form, or "*" for all of it (RFC 9112 §3.2.1, §3.2.4). */
export function originTarget({ method, target, targetForm }: RequestHead): string {
  if (targetForm !== 'absolute') return target;
  const { rest } = splitAbsolute(target);
  if (rest === '') return method === 'OPTIONS' ? '*' : '/';
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/** Decides about the lines of one head, and adds ours. */
class RequestFields implements RoleTaker {
  readonly #framing: FramingLines;
  readonly #forwarded: ForwardedFields | null;
  /** Null: the line of the client stays as it is. */
  readonly #host: string | null;
  #options: string;
  #hasHost = false;
  #hasTe = false;
  #hasUpgrade = false;
  #hasMaxForwards = false;

  constructor(
    private readonly head: RequestHead,
    private readonly plan: RequestPlan,
    private readonly sink: FieldSink,
  ) {
    const requested = requestedHost(head);
    this.#framing = new FramingLines(plan.framing);
    this.#forwarded = plan.forwarded && new ForwardedFields(head.fields, plan.forwarded, requested, sink);
    const isKept = plan.host === 'keep' && requested !== null;
    this.#host = !isKept ? plan.authority : head.targetForm === 'absolute' ? requested : null;
    this.#options = plan.close ? 'close' : '';
  }

  /** RFC 9110 §7.2 has Host first; where the client put it elsewhere it stays there. */
  begin(): void {
    if (this.head.fields.get('host') !== null) return;
    this.#hasHost = true;
    this.sink.added('Host', this.#host ?? this.plan.authority, this.#whyHost());
  }

  take(role: FieldRole, line: number): void {
    switch (role) {
      case 'host':
        return this.#takeHost(line);
      case 'length':
      case 'coding':
        return this.#framing.take(role, line, this.head.fields, this.sink);
      case 'te':
        return this.#takeTe(line);
      case 'upgrade':
        return this.#takeUpgrade(line);
      case 'expect':
        return this.#takeExpect(line);
      case 'max-forwards':
        return this.#takeMaxForwards(line);
      case 'x-forwarded-for':
      case 'x-forwarded-host':
      case 'x-forwarded-port':
      case 'x-forwarded-proto':
      case 'forwarded':
      case 'claim':
        return this.#forwarded === null ? this.#keep(line) : this.#forwarded.take(role, line);
      default:
        return this.#keep(line);
    }
  }

  finish(): void {
    const { plan, head, sink } = this;
    this.#forwarded?.finish();
    if (plan.via !== null) sink.addedAll(viaLine(head.version, plan.via), 'via');
    this.#framing.finish(sink);
    if (plan.upgrade !== null && !this.#hasUpgrade) this.#addUpgrade(plan.upgrade);
    if (this.#options !== '') sink.added('Connection', this.#options, 'hop-by-hop');
  }

  #keep(line: number): void {
    this.sink.kept(line, 'end-to-end');
  }

  #whyHost(): 'absolute-form' | 'host-policy' {
    return this.plan.host === 'keep' && this.head.targetForm === 'absolute' ? 'absolute-form' : 'host-policy';
  }

  #takeHost(line: number): void {
    if (this.#hasHost) return this.sink.removed(line, 'repeated');
    this.#hasHost = true;
    if (this.#host === null) this.#keep(line);
    else settle(this.head.fields, line, this.#host, this.#whyHost(), this.sink);
  }

  #option(name: string): void {
    this.#options += this.#options === '' ? name : `, ${name}`;
  }

  /** Transfer codings are a matter of each connection; that trailers are welcome holds to the end (RFC 9110 §10.1.4). */
  #takeTe(line: number): void {
    const { fields, minor } = this.head;
    const isWelcome = listMembers(fields.value(line)).some((member) => member.toLowerCase() === 'trailers');
    if (this.#hasTe || !isWelcome || minor === 0) return this.sink.removed(line, 'hop-by-hop');
    this.#hasTe = true;
    this.#option('TE');
    settle(fields, line, 'trailers', 'trailers', this.sink);
  }

  #takeUpgrade(line: number): void {
    const { upgrade } = this.plan;
    if (upgrade === null || this.#hasUpgrade) return this.sink.removed(line, 'hop-by-hop');
    this.#checkUpgrade();
    settle(this.head.fields, line, upgrade, 'upgrade', this.sink);
  }

  #addUpgrade(protocol: string): void {
    this.#checkUpgrade();
    this.sink.added('Upgrade', protocol, 'upgrade');
  }

  #checkUpgrade(): void {
    // A body between the request and what follows the switch: two readers may not agree where it ends.
    if (this.plan.framing.kind !== 'none') throw new BugError('a request that asks for an upgrade has a body');
    this.#hasUpgrade = true;
    this.#option('Upgrade');
  }

  /** An expectation of HTTP/1.0 is ignored (RFC 9110 §10.1.1), and must not come to life in the version we write. */
  #takeExpect(line: number): void {
    if (this.plan.expect === 'forward' && this.head.expectsContinue) this.#keep(line);
    else this.sink.removed(line, 'expect');
  }

  #takeMaxForwards(line: number): void {
    const { fields, method } = this.head;
    if (!heedsMaxForwards(method)) return this.#keep(line);
    if (this.#hasMaxForwards) return this.sink.removed(line, 'repeated');
    this.#hasMaxForwards = true;
    const left = countForwards(fields.value(line));
    if (left === 0) throw new BugError('a request that may not be passed on is passed on');
    if (left === null) this.sink.removed(line, 'malformed');
    else this.sink.changed(line, String(left - 1), 'max-forwards');
  }
}

/** The last one found good: a plan is made for many requests. */
let knownAuthority = '';

function checkPlan({ method }: RequestHead, { authority, framing }: RequestPlan): void {
  if (method === 'CONNECT') throw new BugError('a CONNECT is answered with a tunnel, never passed on');
  // RFC 9112 §6.3 item 7: no request ends with the connection.
  if (framing.kind === 'until-close') throw new BugError('the body of a request cannot end with the connection');
  if (authority === knownAuthority) return;
  const { hostBytes = 0 } = readAuthority(authority) ?? {};
  if (hostBytes === 0) throw new BugError('the server a request goes to has no host');
  knownAuthority = authority;
}

function pass(head: RequestHead, plan: RequestPlan, sink: FieldSink): void {
  checkPlan(head, plan);
  const taker = new RequestFields(head, plan, sink);
  taker.begin();
  passFields(head.fields, taker, sink);
  taker.finish();
}

/**
 * The whole head in one buffer.
 *
 * @throws BugError on a plan that makes no sense for this head, and on what cannot be written.
 */
export function writeRequest(head: RequestHead, plan: RequestPlan): WrittenHead {
  const target = originTarget(head);
  if (!isToken(head.method) || !isTarget(target)) throw new BugError('a request line holds a byte it may not hold');
  const text = new HeadText(head.fields);
  text.begin(head.method, target, 'HTTP/1.1');
  pass(head, plan, text);
  return text.finish();
}

/** What `writeRequest` makes of each line, for who looks at it. */
export function requestChanges(head: RequestHead, plan: RequestPlan): readonly FieldChange[] {
  const list = new ChangeList(head.fields);
  pass(head, plan, list);
  return list.changes;
}
