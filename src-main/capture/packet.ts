/**
 * The frames around recorded bytes: Ethernet, IPv4 or IPv6, TCP. What a capture on the wire would have shown is made
 * up from what is known: addresses, ports, order and time. Sequence numbers count the bytes, so that Wireshark
 * puts the streams together as they were.
 *
 * TCP checksums are left 0, as in a capture on a sending machine whose network card fills them in: a sum over every
 * byte would cost more than all the rest of recording, and no reader asks for it by default.
 */
import type { Endpoint } from '../contract/address';
import type { Direction } from '../contract/connections';
import type { Memory } from './pcapng-blocks';

export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const PSH = 0x08;
export const ACK = 0x10;

const ETHERNET_BYTES = 14;
const TCP_BYTES = 20;
const IP_BYTES = { IPv4: 20, IPv6: 40 } as const;
const ETHERTYPE = { IPv4: 0x0800, IPv6: 0x86dd } as const;
const TCP_PROTOCOL = 6;
const HOP_LIMIT = 64;
const WINDOW = 0xffff;
/** Locally administered addresses: they belong to no device. */
const CLIENT_MAC = [0x02, 0, 0, 0, 0, 1];
const SERVER_MAC = [0x02, 0, 0, 0, 0, 2];

/** The most payload that fits one IP packet of either family (its length is a 16-bit number). */
export const MAX_PAYLOAD_BYTES = 0xffff - IP_BYTES.IPv4 - TCP_BYTES;

/**
 * One direction of one connection as packets: whose they are, and how far its sequence numbers are. What does not
 * differ between connections comes from a template all of them share: one of its own would cost an idle connection
 * more than all the rest of its recording.
 */
export class PacketFlow {
  readonly headerBytes: number;
  readonly #template: Uint8Array;
  readonly #isIPv4: boolean;
  readonly #addresses: Addresses;
  /** Source port in the upper half. */
  readonly #ports: number;
  /** The number of the next byte. */
  #sequence: number;
  #reverse: PacketFlow | null = null;

  constructor(from: Endpoint, to: Endpoint, direction: Direction, firstSequence: number) {
    this.#isIPv4 = from.family === 'IPv4' && to.family === 'IPv4';
    this.#template = TEMPLATES[this.#isIPv4 ? 'IPv4' : 'IPv6'][direction];
    this.headerBytes = this.#template.length;
    this.#addresses = this.#isIPv4 ? ipv4Addresses(from, to) : ipv6Addresses(from, to);
    this.#ports = ((from.port << 16) | to.port) >>> 0;
    this.#sequence = firstSequence;
  }

  /** Each side acknowledges what the other one has sent so far. */
  pairWith(reverse: PacketFlow): void {
    this.#reverse = reverse;
    reverse.#reverse = this;
  }

  /** Writes the headers of the next packet. */
  write({ bytes, view }: Memory, at: number, flags: number, payloadLength: number): void {
    bytes.set(this.#template, at);
    const ip = at + ETHERNET_BYTES;
    const tcp = at + this.headerBytes - TCP_BYTES;
    const { source, target, sum, ipv6 } = this.#addresses;
    if (ipv6 === null) {
      const totalLength = IP_BYTES.IPv4 + TCP_BYTES + payloadLength;
      view.setUint16(ip + 2, totalLength);
      view.setUint16(ip + 10, checksum(sum + totalLength));
      view.setUint32(ip + 12, source);
      view.setUint32(ip + 16, target);
    } else {
      view.setUint16(ip + 4, TCP_BYTES + payloadLength);
      bytes.set(ipv6, ip + 8);
    }
    view.setUint32(tcp, this.#ports);
    view.setUint32(tcp + 4, this.#sequence);
    view.setUint32(tcp + 8, (flags & ACK) === 0 ? 0 : this.#acknowledged);
    bytes[tcp + 13] = flags;
  }

  get #acknowledged(): number {
    const reverse = this.#reverse;
    return reverse === null ? 0 : reverse.#sequence;
  }

  /** That packet is over; SYN and FIN take a number each (RFC 9293 §3.4). */
  advance(flags: number, payloadLength: number): void {
    this.#sequence = (this.#sequence + payloadLength + ((flags & (SYN | FIN)) === 0 ? 0 : 1)) >>> 0;
  }
}

/** IPv4 addresses as numbers, with the sum of the header's words without its total length; or both of IPv6 in a row. */
interface Addresses {
  readonly source: number;
  readonly target: number;
  readonly sum: number;
  readonly ipv6: Uint8Array | null;
}

function ipv4Addresses(from: Endpoint, to: Endpoint): Addresses {
  const source = ipv4Number(from.address);
  const target = ipv4Number(to.address);
  const sum = TEMPLATE_SUM + (source >>> 16) + (source & 0xffff) + (target >>> 16) + (target & 0xffff);
  return { source, target, sum, ipv6: null };
}

function ipv6Addresses(from: Endpoint, to: Endpoint): Addresses {
  const ipv6 = new Uint8Array(32);
  ipv6.set(ipv6Bytes(from), 0);
  ipv6.set(ipv6Bytes(to), 16);
  return { source: 0, target: 0, sum: 0, ipv6 };
}

/** The complement of the sum of words, carries added (RFC 1071). */
function checksum(sumOfWords: number): number {
  let sum = sumOfWords;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** Ethernet, IP and TCP headers without addresses, ports, lengths and numbers. */
function headerTemplate(family: 'IPv4' | 'IPv6', direction: Direction): Uint8Array {
  const bytes = new Uint8Array(ETHERNET_BYTES + IP_BYTES[family] + TCP_BYTES);
  bytes.set(direction === 'in' ? SERVER_MAC : CLIENT_MAC, 0);
  bytes.set(direction === 'in' ? CLIENT_MAC : SERVER_MAC, 6);
  write16(bytes, 12, ETHERTYPE[family]);
  const ip = ETHERNET_BYTES;
  if (family === 'IPv4') {
    bytes[ip] = 0x45;
    // Do not fragment: nothing ever will.
    bytes[ip + 6] = 0x40;
    bytes[ip + 8] = HOP_LIMIT;
    bytes[ip + 9] = TCP_PROTOCOL;
  } else {
    bytes[ip] = 0x60;
    bytes[ip + 6] = TCP_PROTOCOL;
    bytes[ip + 7] = HOP_LIMIT;
  }
  const tcp = ip + IP_BYTES[family];
  bytes[tcp + 12] = (TCP_BYTES / 4) << 4;
  write16(bytes, tcp + 14, WINDOW);
  return bytes;
}

const TEMPLATES = {
  IPv4: { in: headerTemplate('IPv4', 'in'), out: headerTemplate('IPv4', 'out') },
  IPv6: { in: headerTemplate('IPv6', 'in'), out: headerTemplate('IPv6', 'out') },
} as const;

/** Of the IPv4 template's words: version, do not fragment, hop limit and protocol. */
const TEMPLATE_SUM = sumOfWords(TEMPLATES.IPv4.in, ETHERNET_BYTES, IP_BYTES.IPv4);

const ipv4Number = (address: string): number => ipv4Bytes(address).reduce((sum, byte) => sum * 256 + byte, 0);

const ipv4Bytes = (address: string): number[] => address.split('.', 4).map((part) => Number(part) & 0xff);

/** An address as the system prints it, or an IPv4 address beside an IPv6 one (RFC 4291 §2.5.5.2). */
function ipv6Bytes({ address, family }: Endpoint): Uint8Array {
  const bytes = new Uint8Array(16);
  if (family === 'IPv4') {
    bytes.set([0xff, 0xff, ...ipv4Bytes(address)], 10);
    return bytes;
  }
  const [plain = ''] = address.split('%', 1);
  const [before = '', after] = plain.split('::', 2);
  const head = groupsOf(before);
  const tail = after === undefined ? [] : groupsOf(after);
  head.forEach((group, index) => write16(bytes, index * 2, group));
  tail.forEach((group, index) => write16(bytes, 16 - (tail.length - index) * 2, group));
  return bytes;
}

const groupsOf = (text: string): number[] =>
  text === '' ? [] : text.split(':', 8).map((group) => Number.parseInt(group, 16) & 0xffff);

function sumOfWords(bytes: Uint8Array, start: number, length: number): number {
  let sum = 0;
  for (let at = start; at < start + length; at += 2) sum += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  return sum;
}

function write16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
}
