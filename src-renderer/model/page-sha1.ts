import type { Sha1Base64 } from '@websocket/handshake';

/** Null where the browser keeps it to itself: outside of a secure context. */
export function pageSha1(): Sha1Base64 | null {
  const subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle;
  if (subtle === undefined) return null;
  return async (text) => {
    const hash = new Uint8Array(await subtle.digest('SHA-1', new TextEncoder().encode(text)));
    return btoa(String.fromCharCode(...hash));
  };
}
