/** Max-Forwards of TRACE and OPTIONS (RFC 9110 §7.6.2); other methods have no use for it, and there it just passes. */
import type { RequestHead } from './events';

const DIGITS = /^\d+$/;

export const heedsMaxForwards = (method: string): boolean => method === 'TRACE' || method === 'OPTIONS';

/** A number too large to count goes on as the largest that is counted. */
export const countForwards = (value: string): number | null =>
  DIGITS.test(value) ? Math.min(Number(value), Number.MAX_SAFE_INTEGER) : null;

/**
 * How often the request may still be passed on; null where it does not say so. At 0 it may not: whoever has it answers it
 * as the server it was meant for.
 */
export function forwardsLeft({ method, fields }: Pick<RequestHead, 'method' | 'fields'>): number | null {
  const value = heedsMaxForwards(method) ? fields.get('max-forwards') : null;
  return value === null ? null : countForwards(value);
}
