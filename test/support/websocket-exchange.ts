/** A recorded connection that became a WebSocket, for the page: a handshake, then what a test says. */
import { DEFAULT_SETTINGS } from '@contract/settings';
import type { FrameSource } from '../../src-renderer/model/frames.svelte';
import { ascii, RecordedConnection, received, sent, type Crossing } from './fake-connection';
import { frameBytes, KEY, type FrameParts } from './websocket-frames';

const REQUEST = [
  'GET /chat HTTP/1.1',
  'Host: a',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Protocol: chat',
  'Sec-WebSocket-Extensions: permessage-deflate',
];
const REPLY = [
  'HTTP/1.1 101 Switching Protocols',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
];
const text = (lines: readonly string[]) => ascii(`${lines.join('\r\n')}\r\n\r\n`);

export const request = text(REQUEST);
export const reply = (fields: readonly string[] = []): Uint8Array => text([...REPLY, ...fields]);

/** A frame of the client or of the server, as it came. */
export const fromClient = (atMs: number, parts: FrameParts): Crossing =>
  received(atMs, frameBytes({ key: KEY, ...parts }));
export const fromServer = (atMs: number, parts: FrameParts): Crossing => sent(atMs, frameBytes(parts));

export interface RecordedWebSocket {
  readonly connection: RecordedConnection;
  readonly source: FrameSource;
}

export function recordedWebSocket(fields: readonly string[], ...crossings: readonly Crossing[]): RecordedWebSocket {
  const answer = reply(fields);
  const connection = new RecordedConnection(1).add(received(1, request), sent(2, answer), ...crossings);
  const source = {
    connection: 1,
    requestStart: 0,
    requestEnd: request.length,
    replyStart: 0,
    replyEnd: answer.length,
    settings: DEFAULT_SETTINGS,
  };
  return { connection, source };
}
