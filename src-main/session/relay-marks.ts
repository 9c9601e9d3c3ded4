/** How a request is getting on on its way to a server: filled in by who passes it on, seen by who asks meanwhile. */
import type { Relay } from '../contract/connections';
import type { Destination } from './upstream-port';

export type Marks = { -readonly [Key in keyof Relay]: Relay[Key] };

export const newMarks = (
  { upstream, server }: Pick<Destination, 'upstream' | 'server'>,
  retries: number,
  routedAtMs: number,
): Marks => ({
  upstream,
  server,
  retries,
  connection: 0,
  number: 0,
  routedAtMs,
  connectAtMs: null,
  connectedAtMs: null,
  securedAtMs: null,
  sendAtMs: null,
  sentAtMs: null,
  replyAtMs: null,
  repliedAtMs: null,
});
