/** `uri-host [":" port]` (RFC 9110 §7.2), as it stands in Host, in authority-form and in absolute-form. */
import { COLON, DIGIT_0, HEX_VALUE, NOT_HEX, REG_NAME_CHAR, isDigit } from './grammar';

export const PERCENT = 0x25;
const MAX_PORT = 65_535;

export interface Authority {
  readonly hostBytes: number;
  /** Null where there is no colon; NaN where there is one and nothing after it. */
  readonly port: number | null;
}

const isHex = (text: string, at: number): boolean => (HEX_VALUE[text.charCodeAt(at)] ?? NOT_HEX) !== NOT_HEX;

/** "%" and two hex digits (RFC 3986 §2.1)? */
export const isPercentEncoding = (text: string, at: number): boolean =>
  text.charCodeAt(at) === PERCENT && isHex(text, at + 1) && isHex(text, at + 2);

/** reg-name, of which an IPv4 address is a case (RFC 3986 §3.2.2); returns the index after it. */
function regNameEnd(text: string): number {
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (isPercentEncoding(text, at)) at += 3;
    else if (REG_NAME_CHAR[code] === 1) at += 1;
    else break;
  }
  return at;
}

/** No octet has a leading zero (RFC 3986 §3.2.2). */
const IPV4 = /^(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}$/;
const IPV_FUTURE = /^v[0-9a-f]+\.[-a-z0-9._~!$&'()*+,;=:]+$/i;
/** The longest form has six groups and an IPv4 address. */
const MAX_IPV6_LENGTH = 45;

/** IPv6address (RFC 3986 §3.2.2): eight groups, one run of which may be left out as "::". */
function isIpv6(text: string): boolean {
  if (text.length > MAX_IPV6_LENGTH) return false;
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1) ?? '';
  const endsInIpv4 = IPV4.test(last) && text.endsWith(last);
  const hex = endsInIpv4 ? groups.slice(0, -1) : groups;
  const count = hex.length + (endsInIpv4 ? 2 : 0);
  return hex.every((group) => /^[0-9a-f]{1,4}$/i.test(group)) && (halves.length === 2 ? count < 8 : count === 8);
}

/** Reads the port after the host. Undefined where what stands there is no port. */
function portAfter(text: string, hostEnd: number): number | null | undefined {
  if (hostEnd === text.length) return null;
  if (text.charCodeAt(hostEnd) !== COLON) return undefined;
  if (hostEnd + 1 === text.length) return Number.NaN;
  let port = 0;
  for (let at = hostEnd + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (!isDigit(code)) return undefined;
    // Stricter than the grammar, which has no end of digits: no such port exists.
    port = port * 10 + (code - DIGIT_0);
    if (port > MAX_PORT) return undefined;
  }
  return port;
}

/** Null where the text is no authority. User information is none: RFC 9110 §4.2.4 has recipients treat it as an error. */
export function readAuthority(text: string): Authority | null {
  let hostBytes: number;
  if (text.startsWith('[')) {
    const close = text.indexOf(']');
    const literal = text.slice(1, close);
    if (close === -1 || !(isIpv6(literal) || IPV_FUTURE.test(literal))) return null;
    hostBytes = close + 1;
  } else {
    hostBytes = regNameEnd(text);
  }
  const port = portAfter(text, hostBytes);
  return port === undefined ? null : { hostBytes, port };
}
