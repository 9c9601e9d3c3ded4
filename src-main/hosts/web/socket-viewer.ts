/**
 * One browser tab: calls come in, replies and pushes go out. What a tab sends is checked and bounded; a tab that
 * breaks the rules loses its socket, never the process.
 */
import type { RawData, WebSocket } from 'ws';
import type { Engine } from '../../contract/engine';
import { decodeMessage, encodeMessage, type EngineMessage } from '../../contract/wire';

/** Calls of one tab not yet answered. A page makes a handful at once. */
export const MAX_CALLS_UNDER_WAY = 256;
/** Bytes waiting for a tab that does not read. The largest snapshot is less than half of this. */
export const MAX_WAITING_BYTES = 64 * 1024 * 1024;

/** RFC 6455 §7.4.1 and the IANA registry. 1008 tells the page that trying again is useless, so it is not used here. */
const INVALID_DATA = 1007;
const TRY_AGAIN_LATER = 1013;

const utf8 = {
  encode: (text: string): Uint8Array => Buffer.from(text, 'utf8'),
  decode: (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'),
};

interface IncomingCall {
  readonly id: number;
  readonly call: unknown;
  readonly params: unknown;
}

const isCall = (message: unknown): message is IncomingCall =>
  typeof message === 'object' &&
  message !== null &&
  'id' in message &&
  Number.isSafeInteger(message.id) &&
  'call' in message &&
  'params' in message;

function readCall(data: RawData, isBinary: boolean): IncomingCall | null {
  const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer);
  try {
    const message = decodeMessage(isBinary ? bytes : bytes.toString('utf8'), utf8);
    return isCall(message) ? message : null;
  } catch {
    return null;
  }
}

/** Joins a socket to the engine until one of them ends. */
export function serveViewer(socket: WebSocket, engine: Engine): void {
  let underWay = 0;
  const send = (message: EngineMessage): void => {
    if (socket.readyState !== socket.OPEN) return;
    socket.send(encodeMessage(message, utf8));
    // A close frame would only wait behind the rest.
    if (socket.bufferedAmount > MAX_WAITING_BYTES) socket.terminate();
  };
  const viewer = engine.attach((topic, payload) => send({ topic, payload }));
  socket.on('message', (data, isBinary) => {
    const message = readCall(data, isBinary);
    if (message === null) return socket.close(INVALID_DATA, 'this is not a call');
    if (underWay >= MAX_CALLS_UNDER_WAY) return socket.close(TRY_AGAIN_LATER, 'too many calls under way');
    underWay += 1;
    void viewer.request(message.call, message.params).then((reply) => {
      underWay -= 1;
      send({ id: message.id, reply });
    });
  });
  socket.on('close', () => viewer.detach());
  // A broken frame or a frame that is too long: ws has closed the socket and says so here.
  socket.on('error', () => socket.terminate());
}
