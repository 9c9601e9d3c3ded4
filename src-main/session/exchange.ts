/** One request under way on an origin session, from the end of its head to the end of its body. */
import { MAX_HELD_BODY_BYTES, MAX_HELD_TOTAL_BYTES, type HeldBytes } from '../guard/held-bytes';
import type { Fault, Fields, RequestHead } from '../http1/events';
import type { ReplyParts } from '../http1/writer';
import type { Route } from '../responder/responder';
import { BodyBuffer } from './body-buffer';
import type { Passing } from './relay-port';

const NO_BYTES = new Uint8Array(0);

type Refused = Pick<Fault, 'code' | 'detail'>;

export class OpenExchange {
  /** Null while no route is chosen, and for good where the request was refused before routing. */
  route: Route | null = null;
  trailers: Fields | null = null;
  bodyBytes = 0;
  /** Null: it is answered here. */
  relay: Passing | null = null;
  /** The final reply is out already, or has begun; what is left of the request is read and dropped. */
  replied = false;
  /** Body and trailers are read. */
  isRead = false;
  /** The reply under way ends with the connection: FIN in the middle would say that it is whole. */
  endsWithConnection = false;
  /** The connection closes after the reply. */
  closes = false;
  /** What the rate limit adds to the reply. */
  rateFields: ReplyParts['fields'] = [];
  #body: BodyBuffer | null = null;

  constructor(
    readonly head: RequestHead,
    readonly number: number,
    readonly startedAtMs: number,
  ) {}

  get isBodyToCome(): boolean {
    return this.head.framing.kind !== 'none' && !this.isRead;
  }

  /** A client that was not told to go on may send its body or not (RFC 9110 §10.1.1). */
  get isBodyInDoubt(): boolean {
    return this.head.expectsContinue && this.isBodyToCome;
  }

  /** Makes room for the body where the reply repeats it. Names the limit where its declared length is too long. */
  hold(held: HeldBytes): Refused | null {
    const { framing } = this.head;
    if (framing.kind === 'none') return null;
    if (framing.kind === 'length' && framing.bytes > MAX_HELD_BODY_BYTES) return TOO_LONG_TO_HOLD;
    this.#body = new BodyBuffer(held);
    return null;
  }

  /** Takes in a piece of the body. Names the limit where it would hold too much. */
  take(piece: Uint8Array): Refused | null {
    this.relay?.takeBody(piece);
    this.bodyBytes += piece.length;
    if (this.#body === null) return null;
    if (this.bodyBytes > MAX_HELD_BODY_BYTES) return TOO_LONG_TO_HOLD;
    return this.#body.append(piece) ? null : NO_ROOM_TO_HOLD;
  }

  takeTrailers(trailers: Fields): void {
    this.trailers = trailers;
    this.relay?.takeTrailers(trailers);
  }

  /** Is memory taken for its body? */
  get holdsBody(): boolean {
    return this.#body !== null;
  }

  get body(): Uint8Array {
    return this.#body?.bytes ?? NO_BYTES;
  }

  release(): void {
    this.#body?.release();
    this.#body = null;
  }
}

const TOO_LONG_TO_HOLD: Refused = { code: 'LIM_HELD_BODY', detail: { limit: MAX_HELD_BODY_BYTES } };
const NO_ROOM_TO_HOLD: Refused = { code: 'LIM_HELD_TOTAL', detail: { limit: MAX_HELD_TOTAL_BYTES } };
