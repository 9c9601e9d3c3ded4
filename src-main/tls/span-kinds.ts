/** What the bytes of a TLS connection are taken for, as far as they are not encrypted. */
export type TlsKind =
  | 'tls-record-type'
  | 'tls-handshake-type'
  | 'tls-version'
  | 'tls-length'
  | 'tls-random'
  | 'tls-session-id'
  | 'tls-cipher-suite'
  | 'tls-compression'
  | 'tls-extension'
  | 'tls-extension-data'
  | 'tls-name-type'
  | 'tls-server-name'
  | 'tls-alpn'
  | 'tls-group'
  | 'tls-signature-scheme'
  | 'tls-key'
  | 'tls-psk-mode'
  | 'tls-alert'
  /** Sent by a client for no other end than that servers learn to bear the unknown (RFC 8701). */
  | 'tls-grease'
  /** The payload of a record that is not looked into: it is encrypted, or comes after the hello. */
  | 'tls-opaque'
  /** Not TLS, or not what its place asks for. */
  | 'tls-garbage';

/** Bytes of one element. Where it is split over two records each part is a span of its own. */
export interface TlsSpan {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  readonly kind: TlsKind;
  /** What stands there, or what a length measures; null where the kind says it all. Texts of the wire: show as text. */
  readonly name: string | null;
  /** Where an extension is defined; null where the rule of the kind holds. */
  readonly rfc: string | null;
}

export interface TlsWords {
  readonly label: string;
  readonly rfc: string | null;
}

const KIND_WORDS: Readonly<Record<TlsKind, TlsWords>> = {
  'tls-record-type': { label: 'TLS record type', rfc: 'RFC 8446 §5.1' },
  'tls-handshake-type': { label: 'handshake type', rfc: 'RFC 8446 §4' },
  'tls-version': { label: 'version', rfc: 'RFC 8446 §4.1.2' },
  'tls-length': { label: 'length of', rfc: 'RFC 8446 §3.4' },
  'tls-random': { label: 'random', rfc: 'RFC 8446 §4.1.2' },
  'tls-session-id': { label: 'session ID', rfc: 'RFC 8446 §4.1.2' },
  'tls-cipher-suite': { label: 'cipher suite', rfc: 'RFC 8446 §4.1.2' },
  'tls-compression': { label: 'compression method', rfc: 'RFC 8446 §4.1.2' },
  'tls-extension': { label: 'extension', rfc: 'RFC 8446 §4.2' },
  'tls-extension-data': { label: 'data of extension', rfc: 'RFC 8446 §4.2' },
  'tls-name-type': { label: 'name type', rfc: 'RFC 6066 §3' },
  'tls-server-name': { label: 'server name', rfc: 'RFC 6066 §3' },
  'tls-alpn': { label: 'application protocol', rfc: 'RFC 7301 §3.1' },
  'tls-group': { label: 'group', rfc: 'RFC 8446 §4.2.7' },
  'tls-signature-scheme': { label: 'signature scheme', rfc: 'RFC 8446 §4.2.3' },
  'tls-key': { label: 'public key for', rfc: 'RFC 8446 §4.2.8' },
  'tls-psk-mode': { label: 'pre-shared key mode', rfc: 'RFC 8446 §4.2.9' },
  'tls-alert': { label: 'alert', rfc: 'RFC 8446 §6' },
  'tls-grease': { label: 'made to be ignored', rfc: 'RFC 8701 §2' },
  'tls-opaque': { label: 'TLS record', rfc: 'RFC 8446 §5.1' },
  'tls-garbage': { label: 'not TLS', rfc: null },
};

/** What the element is called, and where it is defined. */
export const describeTls = ({ kind, rfc }: Pick<TlsSpan, 'kind' | 'rfc'>): TlsWords => ({
  label: KIND_WORDS[kind].label,
  rfc: rfc ?? KIND_WORDS[kind].rfc,
});
