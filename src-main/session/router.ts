/** Where a request goes that is not answered here. */
import type { Failure } from '../contract/errors';
import type { ForwardedPlan } from '../http1/forwarded';
import type { RequestHead } from '../http1/events';
import { forwardsLeft } from '../http1/max-forwards';
import { timesThrough } from '../http1/via';
import type { SessionIdentity } from './identity';
import type { Destination } from './upstream-port';

/** How one request is passed on. */
export interface Passage {
  /** As it goes on: its target may be another than the client's. */
  readonly head: RequestHead;
  readonly host: 'keep' | 'upstream';
  readonly forwarded: ForwardedPlan | null;
  /** A server for the next attempt, which is counted in; else why there is none. */
  next(tried: readonly Destination[], nowMs: number): Destination | Failure;
}

/** CONNECT: bytes pass as they are, or their TLS is taken off. */
export interface TunnelRequest {
  readonly kind: 'tunnel';
  readonly destination: Destination;
  /** Where requests go that are found under the TLS; null: nobody looks. */
  readonly secure: Destination | null;
}

export interface Router {
  /** Null: our own server answers it. */
  route(head: RequestHead, identity: SessionIdentity): Passage | TunnelRequest | Failure | null;
}

/** Where this request goes on to; null: our own server answers it. */
export function passageOf(
  head: RequestHead,
  { router, pseudonym }: { readonly router: Router | null; readonly pseudonym: string },
  identity: SessionIdentity,
): Passage | TunnelRequest | Failure | null {
  // At 0 whoever has the request answers it as the server it was meant for (RFC 9110 §7.6.2).
  if (router === null || forwardsLeft(head) === 0) return null;
  if (timesThrough(head.fields, pseudonym) > 0) return { code: 'UP_LOOP' };
  return router.route(head, identity);
}

export const isFailure = (outcome: object): outcome is Failure => 'code' in outcome;
export const isTunnelRequest = (outcome: object): outcome is TunnelRequest => 'kind' in outcome;
