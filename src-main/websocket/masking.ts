/**
 * Takes the mask off a payload (RFC 6455 §5.3).
 * @param phase Index in the payload of the first of the bytes.
 */
export function unmask(bytes: Uint8Array, key: Uint8Array, phase: number): Uint8Array {
  const plain = new Uint8Array(bytes.length);
  // Of a number up to 2 ** 53 the bit operators see only the lower half; these are the bits that count.
  const turn = phase % 4;
  for (let index = 0; index < bytes.length; index += 1) {
    plain[index] = (bytes[index] as number) ^ (key[(index + turn) & 3] as number);
  }
  return plain;
}
