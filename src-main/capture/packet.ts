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
 * What the packets between two addresses have in common, whatever the client's port: many connections in a row are of
 * one client, as a rule, and share it.
 */
class AddressPair {
  /** Ethernet, IP and TCP headers of each packet. */
  readonly headerBytes: number;
  /** IPv4 addresses as numbers. Those of 32 bits are kept signed: V8 holds them without a box. */
  readonly #clientNumber: number = 0;
  readonly #serverNumber: number = 0;
  /** Sum of the IPv4 header's words without its total length: the same both ways. */
  readonly #sum: number = 0;
  /** IPv6 addresses, the client's first. */
  readonly #addresses: Uint8Array | null = null;

  constructor(
    private readonly client: Endpoint,
    private readonly server: Endpoint,
  ) {
    const isIPv4 = client.family === 'IPv4' && server.family === 'IPv4';
    this.headerBytes = TEMPLATES[isIPv4 ? 'IPv4' : 'IPv6'].in.length;
    if (isIPv4) {
      this.#clientNumber = ipv4Number(client.address);
      this.#serverNumber = ipv4Number(server.address);
      this.#sum = TEMPLATE_SUM + wordSum(this.#clientNumber) + wordSum(this.#serverNumber);
    } else {
      this.#addresses = new Uint8Array(32);
      this.#addresses.set(ipv6Bytes(client), 0);
      this.#addresses.set(ipv6Bytes(server), 16);
    }
  }

  get serverPort(): number {
    return this.server.port;
  }

  isBetween(client: Endpoint, server: Endpoint): boolean {
    return client.address === this.client.address && isSame(server, this.server);
  }

  /** Writes the Ethernet and IP headers, and what does not differ between TCP headers. */
  write({ bytes, view }: Memory, at: number, direction: Direction, payloadLength: number): void {
    const isIn = direction === 'in';
    const ip = at + ETHERNET_BYTES;
    if (this.#addresses === null) {
      bytes.set(isIn ? TEMPLATES.IPv4.in : TEMPLATES.IPv4.out, at);
      const totalLength = IP_BYTES.IPv4 + TCP_BYTES + payloadLength;
      view.setUint16(ip + 2, totalLength);
      view.setUint16(ip + 10, checksum(this.#sum + totalLength));
      view.setInt32(ip + 12, isIn ? this.#clientNumber : this.#serverNumber);
      view.setInt32(ip + 16, isIn ? this.#serverNumber : this.#clientNumber);
    } else {
      bytes.set(isIn ? TEMPLATES.IPv6.in : TEMPLATES.IPv6.out, at);
      view.setUint16(ip + 4, TCP_BYTES + payloadLength);
      bytes.set(this.#addresses.subarray(0, 16), ip + (isIn ? 8 : 24));
      bytes.set(this.#addresses.subarray(16, 32), ip + (isIn ? 24 : 8));
    }
  }
}

const isSame = (one: Endpoint, other: Endpoint): boolean => one.address === other.address && one.port === other.port;

let latestPair: AddressPair | null = null;

function pairOf(client: Endpoint, server: Endpoint): AddressPair {
  if (latestPair === null || !latestPair.isBetween(client, server)) latestPair = new AddressPair(client, server);
  return latestPair;
}

/**
 * One connection as packets: whose they are, and how far its sequence numbers are. What does not differ between
 * connections is shared by all of them: an idle one would else hold more for its headers than for all the rest of its
 * recording. Sequence numbers are kept signed, for the same reason as addresses.
 */
export class ConnectionPackets {
  readonly #pair: AddressPair;
  readonly #clientPort: number;
  /** The numbers of the next byte of each direction. */
  #nextIn: number;
  #nextOut: number;

  constructor(client: Endpoint, server: Endpoint, firstSequence: number) {
    this.#pair = pairOf(client, server);
    this.#clientPort = client.port;
    this.#nextIn = firstSequence | 0;
    this.#nextOut = firstSequence | 0;
  }

  /** Ethernet, IP and TCP headers of each packet. */
  get headerBytes(): number {
    return this.#pair.headerBytes;
  }

  /** Writes the headers of the next packet. */
  write(memory: Memory, at: number, direction: Direction, flags: number, payloadLength: number): void {
    this.#pair.write(memory, at, direction, payloadLength);
    const { bytes, view } = memory;
    const isIn = direction === 'in';
    const tcp = at + this.#pair.headerBytes - TCP_BYTES;
    view.setUint16(tcp, isIn ? this.#clientPort : this.#pair.serverPort);
    view.setUint16(tcp + 2, isIn ? this.#pair.serverPort : this.#clientPort);
    view.setInt32(tcp + 4, isIn ? this.#nextIn : this.#nextOut);
    // Each side acknowledges what the other one has sent so far.
    view.setInt32(tcp + 8, (flags & ACK) === 0 ? 0 : isIn ? this.#nextOut : this.#nextIn);
    bytes[tcp + 13] = flags;
  }

  /** That packet is over; SYN and FIN take a number each (RFC 9293 §3.4). */
  advance(direction: Direction, flags: number, payloadLength: number): void {
    const numbers = payloadLength + ((flags & (SYN | FIN)) === 0 ? 0 : 1);
    if (direction === 'in') this.#nextIn = (this.#nextIn + numbers) | 0;
    else this.#nextOut = (this.#nextOut + numbers) | 0;
  }
}

const wordSum = (number: number): number => (number >>> 16) + (number & 0xffff);

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

const ipv4Number = (address: string): number => ipv4Bytes(address).reduce((number, byte) => (number << 8) | byte, 0);

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
