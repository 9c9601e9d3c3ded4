/**
 * Whom a certificate may be made out to: a host name or an IP address, and nothing else that a client sends as one.
 * The text comes off the wire (SNI, CONNECT, Host), so it is checked to the letter before it goes into a certificate.
 *
 * Names are taken as they go over the wire: international ones in punycode. Looser than RFC 1123 §2.1 in one thing:
 * `_` may stand in a label, since containers are often called so. No label is `*`: a wildcard is never issued.
 */
import { parseIp } from '../contract/ip-range';

export type CertificateHost =
  | { readonly kind: 'name'; readonly text: string }
  /** `full` is the same for all spellings of one address: four decimal numbers, or all eight groups in hex. */
  | { readonly kind: 'address'; readonly text: string; readonly full: string };

/** RFC 1035 §2.3.4, without the length bytes and the root. */
const MAX_NAME_CHARS = 253;
const LABEL = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/;
/** A name whose last label is a number would be read as an IPv4 address by some (WHATWG URL §3.5). */
const ENDS_IN_NUMBER = /(?:^|\.)(?:\d+|0x[0-9a-f]*)$/;

const IPV6_GROUPS = 8;
/** `::ffff:0:0/96` (RFC 4291 §2.5.5.2): such an address is read as the IPv4 address in it, but compared as it is. */
const MAPPED_PREFIX = [0, 0, 0, 0, 0, 0xffff];

function parseAddress(text: string): CertificateHost | null {
  // A zone means something on one machine alone (RFC 4007 §6).
  const address = text.includes('%') ? null : parseIp(text);
  if (address === null) return null;
  if (!text.includes(':')) return { kind: 'address', text, full: text };
  const groups = address.length < IPV6_GROUPS ? [...MAPPED_PREFIX, ...address] : address;
  return { kind: 'address', text, full: groups.map((group) => group.toString(16)).join(':') };
}

function parseName(text: string): CertificateHost | null {
  if (text.length > MAX_NAME_CHARS || ENDS_IN_NUMBER.test(text)) return null;
  return text.split('.').every((label) => LABEL.test(label)) ? { kind: 'name', text } : null;
}

/** `Example.COM.`, `192.0.2.1`, `2001:db8::1`, `[2001:db8::1]`. Null where the text is no host. */
export function parseCertificateHost(text: string): CertificateHost | null {
  // One more for a final dot, which names the same host (RFC 1034 §3.1).
  if (text.length > MAX_NAME_CHARS + 1) return null;
  const lower = text.toLowerCase();
  if (lower.startsWith('[')) {
    return lower.endsWith(']') && lower.includes(':') ? parseAddress(lower.slice(1, -1)) : null;
  }
  return parseAddress(lower) ?? parseName(lower.endsWith('.') ? lower.slice(0, -1) : lower);
}

/** The same for all spellings of one host. */
export const hostKey = (host: CertificateHost): string => (host.kind === 'name' ? host.text : host.full);
