/**
 * What a SOCKS5 client says before its bytes pass as they are (RFC 1928 §3, §4): which ways in it offers, and where it
 * wants to go. Bytes go in however they are cut, and come to the same verdict at the same byte. Of the longest message
 * no more is held than it has.
 */
import { parseIp } from '../contract/ip-range';
import { SOCKS_REPLIES, type SocksReply } from '../contract/socks-replies';
import type { Fault } from '../http1/events';

const VERSION = 5;
const NO_AUTHENTICATION = 0;
const NONE_ACCEPTABLE = 0xff;
const CONNECT = 1;
const IPV4 = 1;
const NAME = 3;
const IPV6 = 4;

/** Version, command, a reserved byte, kind of address, a name of 255 bytes with its length, port. */
export const MAX_MESSAGE_BYTES = 4 + 1 + 255 + 2;

export type SocksEvent =
  /** A way in was found: the request follows. */
  | { readonly kind: 'greeted'; readonly reply: Uint8Array }
  | {
      readonly kind: 'asked';
      readonly host: string;
      readonly port: number;
      readonly start: number;
      readonly end: number;
    }
  /**
   * Nothing after this is read. `reply` null: whoever that is would not understand one. `rep` is what it tells of a
   * request, null where there was none yet.
   */
  | {
      readonly kind: 'fault';
      readonly fault: Fault;
      readonly reply: Uint8Array | null;
      readonly rep: SocksReply | null;
    };

/** Where the other side of the connection to the server is, is nobody's business: zeros, as many servers send. */
export const socksReply = (rep: SocksReply): Uint8Array => Uint8Array.of(VERSION, rep, 0, IPV4, 0, 0, 0, 0, 0, 0);
const methodReply = (method: number): Uint8Array => Uint8Array.of(VERSION, method);

const badGreeting = (code: Fault['code'], offset: number, reply: Uint8Array | null): SocksEvent => ({
  kind: 'fault',
  fault: { code, offset },
  reply,
  rep: null,
});
const badRequest = (code: Fault['code'], offset: number, rep: SocksReply): SocksEvent => ({
  kind: 'fault',
  fault: { code, offset },
  reply: socksReply(rep),
  rep,
});

export class SocksGreeting {
  #isGreeted = false;
  /** Of the message under way. */
  readonly #message = new Uint8Array(MAX_MESSAGE_BYTES);
  #length = 0;
  /** Where it begins in the stream. */
  #start = 0;

  /** Where it is up to in the stream. */
  get offset(): number {
    return this.#start + this.#length;
  }

  /** Reads on at `from` until something is to be told; what follows in `bytes` is from `offset` on. Null: more is awaited. */
  read(bytes: Uint8Array, from: number): SocksEvent | null {
    for (let at = from; at < bytes.length; at += 1) {
      this.#message[this.#length] = bytes[at]!;
      this.#length += 1;
      const event = this.#isGreeted ? this.#inRequest() : this.#inGreeting();
      if (event !== null) return event;
    }
    return null;
  }

  #byte(index: number): number {
    return this.#message[index]!;
  }

  #inGreeting(): SocksEvent | null {
    const last = this.#length - 1;
    if (last === 0) return this.#byte(0) === VERSION ? null : badGreeting('SOCKS_VERSION', this.#start, null);
    if (last < 1 + this.#byte(1)) return null;
    if (!this.#message.subarray(2, this.#length).includes(NO_AUTHENTICATION)) {
      return badGreeting('SOCKS_METHOD', this.#start + 1, methodReply(NONE_ACCEPTABLE));
    }
    this.#isGreeted = true;
    this.#start += this.#length;
    this.#length = 0;
    return { kind: 'greeted', reply: methodReply(NO_AUTHENTICATION) };
  }

  #inRequest(): SocksEvent | null {
    const last = this.#length - 1;
    const byte = this.#byte(last);
    const offset = this.#start + last;
    if (last === 0) return byte === VERSION ? null : badRequest('SOCKS_VERSION', offset, SOCKS_REPLIES.failed);
    if (last === 1) {
      return byte === CONNECT ? null : badRequest('SOCKS_COMMAND', offset, SOCKS_REPLIES.commandUnsupported);
    }
    if (last === 3 && byte !== IPV4 && byte !== NAME && byte !== IPV6) {
      return badRequest('SOCKS_ADDRESS', offset, SOCKS_REPLIES.addressUnsupported);
    }
    return last >= 4 && this.#length === this.#requestBytes ? this.#takeRequest() : null;
  }

  get #requestBytes(): number {
    const kind = this.#byte(3);
    const addressBytes = kind === IPV4 ? 4 : kind === IPV6 ? 16 : 1 + this.#byte(4);
    return 4 + addressBytes + 2;
  }

  #takeRequest(): SocksEvent {
    const end = this.#length;
    const kind = this.#byte(3);
    const address = this.#message.subarray(kind === NAME ? 5 : 4, end - 2);
    const host = kind === IPV4 ? address.join('.') : kind === IPV6 ? ipv6Text(address) : nameText(address);
    const port = this.#byte(end - 2) * 256 + this.#byte(end - 1);
    if (host === null) return badRequest('SOCKS_ADDRESS', this.#start + 4, SOCKS_REPLIES.failed);
    if (port === 0) return badRequest('SOCKS_ADDRESS', this.#start + end - 2, SOCKS_REPLIES.failed);
    return { kind: 'asked', host, port, start: this.#start, end: this.offset };
  }
}

/** A longest run of two zero groups or more is left out (RFC 5952 §4.2); an IPv4 address in it is that address. */
function ipv6Text(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, index) => bytes[index * 2]! * 256 + bytes[index * 2 + 1]!);
  if (parseIp(groups.map((group) => group.toString(16)).join(':'))?.length === 2) return bytes.subarray(12).join('.');
  let best = { at: 0, length: 1 };
  for (let at = 0; at < groups.length; at += 1) {
    let length = 0;
    while (groups[at + length] === 0) length += 1;
    if (length > best.length) best = { at, length };
  }
  const text = (from: number, to: number): string =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':');
  return best.length === 1 ? text(0, 8) : `${text(0, best.at)}::${text(best.at + best.length, 8)}`;
}

/** Only what a name of the DNS, or an address as people write it, is made of. Null: something else. */
function nameText(bytes: Uint8Array): string | null {
  const text = String.fromCharCode(...bytes);
  if (/^[a-z0-9._-]+$/i.test(text)) return text.toLowerCase();
  return text.includes(':') && !text.includes('%') && parseIp(text) !== null ? text.toLowerCase() : null;
}
