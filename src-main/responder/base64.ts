/** Base64 (RFC 4648 §4) without btoa and Buffer, which the pure rooms do not have. Linear. */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

const letter = (bits: number): string => ALPHABET.charAt(bits & 0x3f);

export function encodeBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const group = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    text += letter(group >> 18) + letter(group >> 12);
    text += at + 1 < bytes.length ? letter(group >> 6) : '=';
    text += at + 2 < bytes.length ? letter(group) : '=';
  }
  return text;
}
