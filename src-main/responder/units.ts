/** UTF-16 units to text, in pieces that the stack can take. */

/** Units handed to one `String.fromCharCode`; many more arguments would overflow the stack. */
const RUN_LENGTH = 8192;

/** The text of the first `length` units; a byte is the unit of a Latin-1 character. */
export function textOf(units: Uint8Array | Uint16Array, length = units.length): string {
  let text = '';
  for (let at = 0; at < length; at += RUN_LENGTH) {
    const run = units.subarray(at, Math.min(at + RUN_LENGTH, length));
    text += Reflect.apply(String.fromCharCode, null, run) as string;
  }
  return text;
}
