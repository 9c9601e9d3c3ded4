/** Method names as text. The usual ones are not made anew for every request. */
import { latin1 } from './bytes';

/** Nobody implements a longer one (RFC 9112 §3). */
export const MAX_METHOD_BYTES = 255;

const USUAL = ['GET', 'PUT', 'POST', 'HEAD', 'PATCH', 'DELETE', 'OPTIONS', 'CONNECT', 'TRACE'];

export function methodName(bytes: Uint8Array, start: number, end: number): string {
  for (const name of USUAL) {
    if (name.length === end - start && name.charCodeAt(0) === bytes[start] && isSame(name, bytes, start)) return name;
  }
  return latin1(bytes, start, end);
}

function isSame(name: string, bytes: Uint8Array, start: number): boolean {
  for (let at = 1; at < name.length; at += 1) {
    if (name.charCodeAt(at) !== bytes[start + at]) return false;
  }
  return true;
}
