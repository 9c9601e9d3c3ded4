/** Why bytes are not the ClientHello they began as. The page shows them; nothing is refused because of them. */
export type TlsFaultReason =
  | 'not-tls'
  | 'empty-record'
  | 'record-too-long'
  | 'other-record'
  | 'not-client-hello'
  | 'hello-too-long'
  | 'beyond-end'
  | 'left-over';

export interface TlsFault {
  readonly reason: TlsFaultReason;
  /** Of the byte that does not fit. */
  readonly offset: number;
}

export const FAULT_WORDS: Readonly<Record<TlsFaultReason, string>> = {
  'not-tls': 'These bytes are not a TLS record.',
  'empty-record': 'A record of a handshake is empty (RFC 8446 §5.1).',
  'record-too-long': 'A record is longer than TLS allows (RFC 8446 §5.1).',
  'other-record': 'A record of another type stands inside a handshake message (RFC 8446 §5.1).',
  'not-client-hello': 'The first handshake message is not a ClientHello.',
  'hello-too-long': 'The ClientHello is longer than is looked into.',
  'beyond-end': 'A length reaches beyond the end of what holds it.',
  'left-over': 'Bytes are left over after the last element.',
};
