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

/** What differs from packet to packet of one direction. */
export interface Segment {
  readonly sequence: number;
  readonly acknowledged: number;
  readonly flags: number;
  readonly payloadLength: number;
}

/** The headers of one direction of one connection, made once and patched for each packet. */
export class PacketHeader {
  readonly #template: Uint8Array;
  readonly #isIPv4: boolean;
  /** Sum of the IPv4 header's words without its total length. */
  readonly #sum: number;

  constructor(from: Endpoint, to: Endpoint, direction: Direction) {
    this.#isIPv4 = from.family === 'IPv4' && to.family === 'IPv4';
    this.#template = headerTemplate(from, to, direction);
    this.#sum = this.#isIPv4 ? sumOfWords(this.#template, ETHERNET_BYTES, IP_BYTES.IPv4) : 0;
  }

  get length(): number {
    return this.#template.length;
  }

  write(bytes: Uint8Array, at: number, { sequence, acknowledged, flags, payloadLength }: Segment): void {
    bytes.set(this.#template, at);
    const ip = at + ETHERNET_BYTES;
    const tcp = at + this.#template.length - TCP_BYTES;
    if (this.#isIPv4) this.#writeIPv4Length(bytes, ip, IP_BYTES.IPv4 + TCP_BYTES + payloadLength);
    else write16(bytes, ip + 4, TCP_BYTES + payloadLength);
    write32(bytes, tcp + 4, sequence);
    write32(bytes, tcp + 8, acknowledged);
    bytes[tcp + 13] = flags;
  }

  #writeIPv4Length(bytes: Uint8Array, ip: number, totalLength: number): void {
    write16(bytes, ip + 2, totalLength);
    let sum = this.#sum + totalLength;
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
    write16(bytes, ip + 10, ~sum & 0xffff);
  }
}

function headerTemplate(from: Endpoint, to: Endpoint, direction: Direction): Uint8Array {
  const family = from.family === 'IPv4' && to.family === 'IPv4' ? 'IPv4' : 'IPv6';
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
    bytes.set(ipv4Bytes(from.address), ip + 12);
    bytes.set(ipv4Bytes(to.address), ip + 16);
  } else {
    bytes[ip] = 0x60;
    bytes[ip + 6] = TCP_PROTOCOL;
    bytes[ip + 7] = HOP_LIMIT;
    bytes.set(ipv6Bytes(from), ip + 8);
    bytes.set(ipv6Bytes(to), ip + 24);
  }
  const tcp = ip + IP_BYTES[family];
  write16(bytes, tcp, from.port);
  write16(bytes, tcp + 2, to.port);
  bytes[tcp + 12] = (TCP_BYTES / 4) << 4;
  write16(bytes, tcp + 14, WINDOW);
  return bytes;
}

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

function write32(bytes: Uint8Array, at: number, value: number): void {
  write16(bytes, at, value >>> 16);
  write16(bytes, at + 2, value);
}
