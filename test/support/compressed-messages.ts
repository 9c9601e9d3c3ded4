/** Messages compressed as permessage-deflate has them (RFC 7692 §7.2.1), made by Node's zlib. */
import { constants, deflateRawSync } from 'node:zlib';

/** Each by itself: none refers to one before. */
export function compressed(message: string | Uint8Array): Uint8Array {
  const bytes = deflateRawSync(message, { finishFlush: constants.Z_SYNC_FLUSH });
  return new Uint8Array(bytes.subarray(0, -4));
}

/** Each with what came before it as its context. */
export function compressedInContext(messages: readonly (string | Uint8Array)[]): readonly Uint8Array[] {
  let before: Uint8Array = new Uint8Array();
  return messages.map((message) => {
    const options = { finishFlush: constants.Z_SYNC_FLUSH, ...(before.length === 0 ? {} : { dictionary: before }) };
    const bytes = deflateRawSync(message, options);
    before = Buffer.concat([before, Buffer.from(message)]);
    return new Uint8Array(bytes.subarray(0, -4));
  });
}
