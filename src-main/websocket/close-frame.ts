/** What a close frame says (RFC 6455 §5.5.1). */
import type { ErrorCode } from '../contract/errors';
import { closeCodeName, mayBeSent } from './close-codes';
import { utf8Text } from './utf8';

export interface CloseReading {
  /** Null: the frame has no payload, and gives no reason. */
  readonly code: number | null;
  /** What the code means; null where only those who use it know. */
  readonly name: string | null;
  /** Text of the wire: show as text. */
  readonly reason: string;
  /** The rule it breaks, if it breaks one. */
  readonly fault: ErrorCode | null;
}

/** Reads a payload without its mask. */
export function readClose(payload: Uint8Array): CloseReading {
  const [high, low] = payload;
  if (high === undefined) return { code: null, name: null, reason: '', fault: null };
  if (low === undefined) return { code: null, name: null, reason: '', fault: 'WS_CLOSE_LENGTH' };
  const code = high * 256 + low;
  const { text, isValid } = utf8Text(payload.subarray(2));
  const fault = !mayBeSent(code) ? 'WS_CLOSE_CODE' : isValid ? null : 'WS_CLOSE_REASON';
  return { code, name: closeCodeName(code), reason: text, fault };
}
