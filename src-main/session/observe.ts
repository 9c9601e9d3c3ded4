/** What a complete head and a complete body tell the gauges, to be set beside the limits. */
import { DATA_RATE_GRACE_MS } from '../guard/deadlines';
import type { GuardGauges } from '../guard/gauges';
import type { OpenExchange } from './exchange';

export function observeHead(gauges: GuardGauges, { head, number }: OpenExchange, headMs: number): void {
  gauges.see('headTimeoutMs', Math.round(headMs));
  gauges.see('maxHeadBytes', head.end - head.start);
  gauges.see('maxFieldCount', head.fields.count);
  gauges.see('maxTargetBytes', head.target.length);
  gauges.see('maxRequestsPerConnection', number);
}

/** `end` is the inbound offset after the request; a request without a body tells nothing. */
export function observeBody(gauges: GuardGauges, exchange: OpenExchange, end: number, bodyMs: number): void {
  const { head, bodyBytes } = exchange;
  if (head.framing.kind === 'none') return;
  gauges.see('maxBodyBytes', bodyBytes);
  gauges.see('bodyTimeoutMs', Math.round(bodyMs));
  if (bodyMs > DATA_RATE_GRACE_MS) {
    gauges.see('minBodyBytesPerSec', Math.round(((end - head.end) / bodyMs) * 1_000));
  }
}
