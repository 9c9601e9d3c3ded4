/**
 * What both ends of a chaos run saw of each request, and what is wrong with it. A violation is never a matter of luck:
 * whatever the upstreams do, a proxy that does its work makes none.
 */
import { replyBody, type Exchange } from './exchange';
import { statusOf, type MessageHead } from './message-reader';

/**
 * `ok`: the right reply, whole. `refused`: 502, 503 or 504. `cut`: the connection ended within the reply, which the
 * client can tell. `unanswered`: pipelined behind one after which the connection closed.
 */
export type Outcome = 'ok' | 'refused' | 'cut' | 'unanswered';

interface Record {
  readonly method: string;
  deliveries: number;
  /** What upstreams did to it after which no whole reply need come. */
  readonly harms: string[];
  outcome: Outcome | null;
  /** Of a refusal: its status, and the error it names. */
  reason: string;
}

/** RFC 9110 §9.2.2: a safe request may be sent again, and once is enough. */
const MAX_DELIVERIES = { GET: 2, HEAD: 2, POST: 1 };
const MAX_SHOWN = 20;

export class Ledger {
  readonly outcomes: { [Name in Outcome]: number } = { ok: 0, refused: 0, cut: 0, unanswered: 0 };
  /** How often each kind of trouble was made. */
  readonly troubles = new Map<string, number>();
  /** Whole replies of each upstream. */
  readonly served = new Map<string, number>();
  readonly #records = new Map<string, Record>();
  readonly #violations: [id: string, what: string][] = [];

  violate(id: string, what: string): void {
    if (this.#violations.length < MAX_SHOWN) this.#violations.push([id, what]);
  }

  /** Each with what its request went through. */
  get violations(): readonly string[] {
    return this.#violations.map(([id, what]) => {
      const { method = '', deliveries = 0, harms = [] } = this.#records.get(id) ?? {};
      return `${id}: ${what} (${[method, `delivered ${deliveries} times`, ...harms].join(', ')})`;
    });
  }

  /** The head of a request has come to an upstream. From here on the proxy cannot know that it had no effect. */
  delivered({ id, method }: Exchange): void {
    const record = this.#record(id, method);
    record.deliveries += 1;
    if (record.deliveries > MAX_DELIVERIES[method]) this.violate(id, 'delivered too often');
  }

  harmed({ id, method }: Exchange, trouble: string): void {
    this.#record(id, method).harms.push(trouble);
    this.troubled(trouble);
  }

  troubled(trouble: string): void {
    this.troubles.set(trouble, (this.troubles.get(trouble) ?? 0) + 1);
  }

  servedBy(server: string): void {
    this.served.set(server, (this.served.get(server) ?? 0) + 1);
  }

  /** A reply is whole as far as its framing tells. */
  answered({ id, method }: Exchange, head: MessageHead, body: Buffer): void {
    const status = statusOf(head);
    const repliedId = head.fields.get('x-id');
    if (status === 502 || status === 503 || status === 504) {
      this.#record(id, method).reason = `${status} ${body.toString('latin1').trim()}`;
      return this.ended({ id, method }, 'refused');
    }
    this.ended({ id, method }, 'ok');
    if (status !== 200) return this.violate(id, `status ${status}`);
    if (repliedId !== id) return this.violate(id, `the reply is that of ${repliedId}`);
    const expected = method === 'HEAD' ? Buffer.alloc(0) : replyBody(id);
    if (body.equals(expected)) return;
    const isPrefix = expected.subarray(0, body.length).equals(body);
    const what = isPrefix ? 'a body cut short that looks complete' : 'a wrong body';
    this.violate(id, `${what}, ${body.length} of ${expected.length} bytes, framing ${head.framing}`);
  }

  ended({ id, method }: Exchange, outcome: Outcome): void {
    const record = this.#record(id, method);
    if (record.outcome !== null) this.violate(id, `ended twice: ${record.outcome}, ${outcome}`);
    record.outcome = outcome;
    this.outcomes[outcome] += 1;
  }

  get count(): number {
    return Object.values(this.outcomes).reduce((sum, count) => sum + count, 0);
  }

  /** Requests that one upstream failed and another answered. */
  get savedByRetry(): number {
    return [...this.#records.values()].filter(({ outcome, deliveries }) => outcome === 'ok' && deliveries > 1).length;
  }

  /** Requests that failed although an upstream had them once and did nothing to them. */
  get failedNeedlessly(): readonly string[] {
    return [...this.#records].flatMap(([id, { method, outcome, harms, deliveries, reason }]) =>
      (outcome === 'refused' || outcome === 'cut') && harms.length === 0 && deliveries > 0
        ? [`${id}: ${outcome} (${method}, delivered ${deliveries} times) ${reason}`.trim()]
        : [],
    );
  }

  #record(id: string, method: string): Record {
    const known = this.#records.get(id);
    if (known !== undefined) return known;
    const record = { method, deliveries: 0, harms: [], outcome: null, reason: '' };
    this.#records.set(id, record);
    return record;
  }
}
