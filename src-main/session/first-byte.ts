/** What a client speaks, by its first byte. */

/** The type of a TLS record that holds a handshake (RFC 8446 §5.1). */
const HANDSHAKE = 0x16;

/** `text`: HTTP without TLS, as a rule. */
export function spoken(first: number): 'tls' | 'text' | 'other' {
  if (first === HANDSHAKE) return 'tls';
  const letter = first | 0x20;
  return letter >= 0x61 && letter <= 0x7a ? 'text' : 'other';
}
