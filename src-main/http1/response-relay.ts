/**
 * The head of a reply as it goes on to the client.
 *
 * Written from what was parsed, like a request (`request-writer.ts`): status and reason stay, how the body ends is said
 * anew for the version the client speaks, and what belonged to the connection to the server is left behind. What cannot
 * be told to this client truthfully is not relayed at all; `relayOf` says so first.
 *
 * It must not know sockets, policy or clocks: the time is an argument.
 */
import { BugError } from '../contract/errors';
import { httpDate } from './date';
import type { Framing, RequestHead, ResponseHead } from './events';
import { ChangeList, passFields, settle, type FieldChange, type FieldSink, type RoleTaker } from './forwarded-fields';
import { FramingLines } from './framing-lines';
import { HeadText } from './head-text';
import type { FieldRole } from './hop-fields';
import { listMembers } from './list-members';
import { switchesTo } from './upgrade';
import { viaLine } from './via';

export interface RelayPlan {
  /** The request as the client sent it to us. */
  readonly request: Pick<RequestHead, 'method' | 'minor' | 'simple'>;
  /** Do we close the connection to the client after this reply? It is closed all the same where the body ends so. */
  readonly close: boolean;
  /** The protocol that was asked of the server; null: none was. */
  readonly upgrade: string | null;
  /** Our pseudonym in Via; null: no Via. */
  readonly via: string | null;
  /** Fields of our own for a final reply. */
  readonly added?: readonly (readonly [name: string, value: string])[];
  readonly nowMs: number;
}

/**
 * - `forward`: the head goes on, and a body as `relayFraming` has it.
 * - `drop`: an interim reply that this client does not know (RFC 9110 §15.2); nothing is written.
 * - `switch`: the head goes on, and then bytes of the other protocol, both ways.
 * - `tunnel`: a server that is a proxy too has opened what CONNECT asked for; not relayed here.
 * - `unasked-switch`: a 101 to what nobody asked for, or to something else. The server can no longer be understood.
 * - `coded`: the body has a transfer coding besides chunked, which nobody asked for either (RFC 9110 §10.1.4): its bytes
 *   mean nothing without the coding, and we cannot take it off.
 */
export type Relay = 'forward' | 'drop' | 'switch' | 'tunnel' | 'unasked-switch' | 'coded';

/** Is anything but chunked among the transfer codings? */
const isCoded = ({ fields }: ResponseHead): boolean =>
  fields.get('transfer-encoding') !== null &&
  fields.all('transfer-encoding').some((value) => listMembers(value).some((one) => one.toLowerCase() !== 'chunked'));

export function relayOf(head: ResponseHead, { request, upgrade }: RelayPlan): Relay {
  if (head.status === 101) return upgrade !== null && switchesTo(head, upgrade) ? 'switch' : 'unasked-switch';
  if (head.interim) return request.minor === 0 ? 'drop' : 'forward';
  if (request.method === 'CONNECT' && head.status < 300) return 'tunnel';
  const hasBody = head.framing.kind === 'chunked' || head.framing.kind === 'until-close';
  return hasBody && isCoded(head) ? 'coded' : 'forward';
}

const NO_BODY: Framing = { kind: 'none' };
const CHUNKED: Framing = { kind: 'chunked' };
const UNTIL_CLOSE: Framing = { kind: 'until-close' };

/** How the body goes to the client. A length that is known stays; HTTP/1.0 has no chunks, and then the end is the end. */
export function relayFraming({ framing, status }: ResponseHead, { request }: RelayPlan): Framing {
  if (framing.kind === 'none' || status === 101) return NO_BODY;
  // HTTP/0.9 has no head that could tell a length.
  if (request.simple) return UNTIL_CLOSE;
  if (framing.kind === 'length') return framing;
  return request.minor === 0 ? UNTIL_CLOSE : CHUNKED;
}

/** Is the connection to the client at its end after this reply? */
export const closesAfter = (head: ResponseHead, plan: RelayPlan): boolean =>
  plan.close || plan.request.simple || relayFraming(head, plan).kind === 'until-close';

const FIRST_NUMBER = /^\d+/;

/**
 * What the lines say of the length. Where there is no body that can be more than the framing: in the reply to HEAD, and
 * in a 304, the length is that of the body left out (RFC 9110 §8.6). Under the rules that let a length be said twice
 * the parser has seen to it that they are the same.
 */
function toldFraming(head: ResponseHead, plan: RelayPlan): Framing {
  const { fields, status } = head;
  const mayTell = status === 304 || (plan.request.method === 'HEAD' && status >= 200 && status !== 204);
  if (!mayTell) return relayFraming(head, plan);
  const length = FIRST_NUMBER.exec(fields.get('content-length') ?? '');
  if (length === null || fields.get('transfer-encoding') !== null) return NO_BODY;
  return { kind: 'length', bytes: Number(length[0]) };
}

const UPGRADE_REQUIRED = 426;

/** Decides about the lines of one head, and adds ours. */
class ReplyFields implements RoleTaker {
  readonly #framing: FramingLines;
  #hasDate = false;
  #hasUpgrade = false;

  constructor(
    private readonly head: ResponseHead,
    private readonly plan: RelayPlan,
    private readonly sink: FieldSink,
  ) {
    this.#framing = new FramingLines(toldFraming(head, plan));
  }

  take(role: FieldRole, line: number): void {
    const { fields } = this.head;
    switch (role) {
      case 'length':
      case 'coding':
        return this.#framing.take(role, line, fields, this.sink);
      case 'te':
        return this.sink.removed(line, 'hop-by-hop');
      case 'upgrade':
        return this.#takeUpgrade(line);
      case 'date':
        this.#hasDate = true;
        return this.#keep(line);
      default:
        return this.#keep(line);
    }
  }

  finish(): void {
    const { head, plan, sink } = this;
    // A recipient with a clock appends what is missing (RFC 9110 §6.6.1); an interim reply needs none.
    if (!this.#hasDate && head.status >= 200) sink.added('Date', httpDate(plan.nowMs), 'date');
    if (plan.via !== null) sink.addedAll(viaLine(head.version, plan.via), 'via');
    if (head.status >= 200) for (const [name, value] of plan.added ?? []) sink.added(name, value, 'rate-limit');
    this.#framing.finish(sink);
    const options = this.#options();
    if (options !== '') sink.added('Connection', options, 'hop-by-hop');
  }

  #keep(line: number): void {
    this.sink.kept(line, 'end-to-end');
  }

  /** Of a 426 it is the answer itself (RFC 9110 §15.5.22). */
  #takeUpgrade(line: number): void {
    const { status, fields } = this.head;
    if (status !== 101 && status !== UPGRADE_REQUIRED) return this.sink.removed(line, 'hop-by-hop');
    this.#hasUpgrade = true;
    settle(fields, line, fields.value(line), 'upgrade', this.sink);
  }

  #options(): string {
    const { head, plan } = this;
    const upgrade = this.#hasUpgrade ? 'Upgrade' : '';
    if (head.status < 200) return upgrade;
    // RFC 9112 §9.3: HTTP/1.0 closes unless told otherwise.
    const usual = plan.request.minor === 0 ? 'keep-alive' : '';
    const persistence = closesAfter(head, plan) ? 'close' : usual;
    return persistence !== '' && upgrade !== '' ? `${persistence}, ${upgrade}` : persistence + upgrade;
  }
}

function checkRelay(head: ResponseHead, plan: RelayPlan): void {
  const relay = relayOf(head, plan);
  if (relay !== 'forward' && relay !== 'switch') throw new BugError(`a reply is relayed that is not to be: ${relay}`);
}

function pass(head: ResponseHead, plan: RelayPlan, sink: FieldSink): void {
  checkRelay(head, plan);
  const taker = new ReplyFields(head, plan, sink);
  passFields(head.fields, taker, sink);
  taker.finish();
}

const NO_HEAD = new Uint8Array(0);

/**
 * One buffer with the whole head; without a byte for HTTP/0.9, which has none (RFC 1945 §4.1).
 *
 * @throws BugError on a reply that is not to be relayed, and on what cannot be written.
 */
export function writeRelayedHead(head: ResponseHead, plan: RelayPlan): Uint8Array {
  const { status, reason } = head;
  if (!Number.isInteger(status) || status < 100 || status > 999) throw new BugError('a status is no three digits');
  if (plan.request.simple) {
    checkRelay(head, plan);
    return NO_HEAD;
  }
  const text = new HeadText(head.fields);
  text.begin('HTTP/1.1', String(status), reason);
  pass(head, plan, text);
  return text.finish().bytes;
}

/** What `writeRelayedHead` makes of each line, for who looks at it. */
export function relayChanges(head: ResponseHead, plan: RelayPlan): readonly FieldChange[] {
  const list = new ChangeList(head.fields);
  pass(head, plan, list);
  return list.changes;
}
