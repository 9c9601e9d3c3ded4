import type { Sha256Hex } from '@tls/ja4';

/** Null where the browser keeps it to itself: outside of a secure context. */
export function pageSha256(): Sha256Hex | null {
  const subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle;
  if (subtle === undefined) return null;
  return async (text) => {
    const hash = new Uint8Array(await subtle.digest('SHA-256', new TextEncoder().encode(text)));
    return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
  };
}
