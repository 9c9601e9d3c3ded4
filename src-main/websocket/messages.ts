/** Which frames make one message: a first one, and continuations up to the one with FIN (RFC 6455 §5.4). */
import type { Frame, Message } from './frame';

export interface AssembledMessage {
  readonly message: Message;
  /** In order; control frames that came between them are not among them. */
  readonly frames: readonly Frame[];
  /** Of all its frames together: what its payload, still compressed, takes. */
  readonly payloadBytes: number;
  /** Is its last frame among those given? */
  readonly isFinished: boolean;
}

/** Of frames of one direction, in order. Linear. */
export function messagesOf(frames: readonly Frame[]): readonly AssembledMessage[] {
  const messages: AssembledMessage[] = [];
  let parts: Frame[] = [];
  const close = () => {
    const message = parts[0]?.message ?? null;
    const payloadBytes = parts.reduce((sum, part) => sum + part.payloadBytes, 0);
    if (message !== null)
      messages.push({ message, frames: parts, payloadBytes, isFinished: parts.at(-1)?.fin === true });
    parts = [];
  };
  for (const frame of frames) {
    if (frame.message === null) continue;
    if (frame.message !== parts[0]?.message) close();
    parts.push(frame);
  }
  close();
  return messages;
}
