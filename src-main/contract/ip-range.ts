/**
 * IP addresses and ranges in CIDR notation (RFC 4632 §3.1, RFC 4291 §2.3), and whether one lies in the other.
 *
 * An IPv4-mapped IPv6 address (`::ffff:192.0.2.1`, RFC 4291 §2.5.5.2) is the IPv4 address in it: a socket that listens
 * for both families tells IPv4 clients so. A range of one family holds no address of the other; `::/0` is all of IPv6.
 *
 * Linear in the text; texts longer than any address are not looked at.
 */

/** Groups of 16 bits, highest first: two for IPv4, eight for IPv6. */
export type IpAddress = readonly number[];

export interface IpRange {
  readonly network: IpAddress;
  readonly prefixBits: number;
}

/** `ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255`; a zone is not counted. */
const MAX_ADDRESS_CHARS = 45;
const GROUP_BITS = 16;
const IPV6_GROUPS = 8;
const MAPPED_BITS = 96;

/** No octet has a leading zero, which some read as octal (RFC 3986 §3.2.2). */
const IPV4 =
  /^(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)$/;

function readIpv4(text: string): IpAddress | null {
  const octets = IPV4.exec(text)?.slice(1).map(Number);
  if (octets === undefined) return null;
  const [a = 0, b = 0, c = 0, d = 0] = octets;
  return [a * 256 + b, c * 256 + d];
}

/** The groups of one side of `::`, of which only the last may be an IPv4 address; null where one is no group. */
function groupsOf(text: string, mayEndInIpv4: boolean): number[] | null {
  if (text === '') return [];
  const parts = text.split(':');
  const groups: number[] = [];
  for (const [index, part] of parts.entries()) {
    const ipv4 = mayEndInIpv4 && index === parts.length - 1 ? readIpv4(part) : null;
    if (ipv4 !== null) groups.push(...ipv4);
    else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16));
    else return null;
  }
  return groups;
}

function readIpv6(text: string): IpAddress | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [before = '', after] = halves;
  const first = groupsOf(before, after === undefined);
  const last = groupsOf(after ?? '', true);
  if (first === null || last === null) return null;
  const missing = IPV6_GROUPS - first.length - last.length;
  if (after === undefined) return missing === 0 ? first : null;
  return missing < 1 ? null : [...first, ...Array.from({ length: missing }, () => 0), ...last];
}

const isMapped = (address: IpAddress): boolean =>
  address.length === IPV6_GROUPS && address[5] === 0xffff && address.slice(0, 5).every((group) => group === 0);

function readAsWritten(text: string): IpAddress | null {
  if (text.length > MAX_ADDRESS_CHARS) return null;
  return text.includes(':') ? readIpv6(text) : readIpv4(text);
}

/** Null where the text is no address. The zone of a link-local address (`%eth0`, RFC 4007 §11) is left out. */
export function parseIp(text: string): IpAddress | null {
  const zone = text.includes(':') ? text.indexOf('%') : -1;
  const address = readAsWritten(zone === -1 ? text : text.slice(0, zone));
  return address !== null && isMapped(address) ? address.slice(6) : address;
}

/** The bits of a group that a prefix covers. */
const maskOf = (prefixBits: number, group: number): number => {
  const covered = Math.min(GROUP_BITS, Math.max(0, prefixBits - group * GROUP_BITS));
  return (0xffff << (GROUP_BITS - covered)) & 0xffff;
};

/** `10.0.0.0/8`, `2001:db8::/32`, or one address. A text that is none of them comes back as the rest of a sentence. */
export function parseIpRange(text: string): IpRange | string {
  const slash = text.indexOf('/');
  const network = readAsWritten(slash === -1 ? text : text.slice(0, slash));
  if (network === null) return 'this is no address and no range such as 10.0.0.0/8 or 2001:db8::/32';
  const allBits = network.length * GROUP_BITS;
  const bits = slash === -1 ? String(allBits) : text.slice(slash + 1);
  if (!/^(0|[1-9]\d{0,2})$/.test(bits) || Number(bits) > allBits) {
    return `the number after "/" is a whole one from 0 to ${allBits}`;
  }
  const prefixBits = Number(bits);
  if (network.some((group, index) => (group & ~maskOf(prefixBits, index)) !== 0)) {
    return 'the address has bits set that its prefix leaves open; set them to 0, or leave "/" out to mean one address';
  }
  const isOfIpv4 = isMapped(network) && prefixBits >= MAPPED_BITS;
  return isOfIpv4 ? { network: network.slice(6), prefixBits: prefixBits - MAPPED_BITS } : { network, prefixBits };
}

export const isInRange = (address: IpAddress, { network, prefixBits }: IpRange): boolean =>
  address.length === network.length &&
  network.every((group, index) => ((address[index]! ^ group) & maskOf(prefixBits, index)) === 0);

/** Whether an address lies in one of the ranges. What is no address lies in none: it is not trusted. */
export function createIpMatcher(ranges: readonly string[]): (address: string) => boolean {
  const parsed = ranges.map(parseIpRange).filter((range) => typeof range !== 'string');
  return (text) => {
    const address = parsed.length === 0 ? null : parseIp(text);
    return address !== null && parsed.some((range) => isInRange(address, range));
  };
}
