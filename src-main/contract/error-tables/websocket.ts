/** What WebSocket frames can be that break their protocol (`WS_`). They are told of, never answered. */
import type { ErrorEntry } from '../error-entry';

export const WEBSOCKET_ERRORS = {
  WS_OPCODE: {
    status: null,
    title: 'The opcode of a frame is a reserved one.',
    hint: 'Use 0 (continuation), 1 (text), 2 (binary), 8 (close), 9 (ping) or 10 (pong).',
    rfc: 'RFC 6455 §5.2',
  },
  WS_RSV: {
    status: null,
    title: 'A reserved bit of a frame is set, and no extension was negotiated that gives it a meaning there.',
    hint: 'Leave RSV1 to RSV3 clear; with permessage-deflate set RSV1 on the first frame of a message alone.',
    rfc: 'RFC 6455 §5.2',
  },
  WS_MASK_MISSING: {
    status: null,
    title: 'A frame of the client is not masked.',
    hint: 'Mask every frame a client sends, with a new key each.',
    rfc: 'RFC 6455 §5.1',
  },
  WS_MASK_FORBIDDEN: {
    status: null,
    title: 'A frame of the server is masked.',
    hint: 'Send frames of a server without a mask.',
    rfc: 'RFC 6455 §5.1',
  },
  WS_CONTROL_FRAGMENTED: {
    status: null,
    title: 'A control frame is not the whole of its message.',
    hint: 'Set FIN on every close, ping and pong.',
    rfc: 'RFC 6455 §5.5',
  },
  WS_CONTROL_LENGTH: {
    status: null,
    title: 'The payload of a control frame is longer than 125 bytes.',
    hint: 'Keep what is sent with close, ping and pong short.',
    rfc: 'RFC 6455 §5.5',
  },
  WS_LENGTH_NOT_SHORTEST: {
    status: null,
    title: 'The payload length is written in more bytes than it needs.',
    hint: 'Write lengths up to 125 in 7 bits, and up to 65,535 in 16.',
    rfc: 'RFC 6455 §5.2',
  },
  WS_LENGTH_TOP_BIT: {
    status: null,
    title: 'The highest bit of a payload length in 64 bits is set.',
    hint: 'See that the length is written with its highest byte first.',
    rfc: 'RFC 6455 §5.2',
  },
  WS_LENGTH_TOO_LARGE: {
    status: null,
    title: 'A frame announces more bytes than can be counted here.',
    hint: 'See that the length is written with its highest byte first; nothing sends 8 PiB in one frame.',
    rfc: 'RFC 6455 §10.4',
  },
  WS_NOTHING_TO_CONTINUE: {
    status: null,
    title: 'A continuation frame comes while no message is under way.',
    hint: 'Begin every message with a text or binary frame.',
    rfc: 'RFC 6455 §5.4',
  },
  WS_MESSAGE_UNFINISHED: {
    status: null,
    title: 'A new message begins before the one under way is finished.',
    hint: 'Send the fragments of a message one after the other, and set FIN on the last one.',
    rfc: 'RFC 6455 §5.4',
  },
  WS_DATA_AFTER_CLOSE: {
    status: null,
    title: 'A data frame comes after a close frame.',
    hint: 'Send nothing after a close frame.',
    rfc: 'RFC 6455 §5.5.1',
  },
  WS_CLOSE_LENGTH: {
    status: null,
    title: 'The payload of a close frame is one byte long.',
    hint: 'Send a code of two bytes, then the reason, or no payload.',
    rfc: 'RFC 6455 §5.5.1',
  },
  WS_CLOSE_CODE: {
    status: null,
    title: 'The close code {code} is not one that may be sent.',
    hint: 'Send 1000 to 1003, 1007 to 1014, or one of your own from 3000 to 4999.',
    rfc: 'RFC 6455 §7.4',
  },
  WS_CLOSE_REASON: {
    status: null,
    title: 'The reason in a close frame is not UTF-8.',
    hint: 'Write the reason in UTF-8, and cut it between characters.',
    rfc: 'RFC 6455 §5.5.1',
  },
} as const satisfies Record<string, ErrorEntry>;
