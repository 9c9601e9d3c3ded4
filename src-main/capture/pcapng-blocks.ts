/**
 * The blocks of a pcapng file (draft-ietf-opsawg-pcapng), little-endian, written into bytes that are handed in.
 * Knows nothing of packets' contents, files or time sources.
 */
export const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const ENHANCED_PACKET = 6;
/** A custom block that programs may copy from file to file. */
const CUSTOM_COPYABLE = 0x0bad;
/** The enterprise number reserved for documentation (RFC 5612): this is no vendor's block. */
const DOCUMENTATION_ENTERPRISE = 32_473;

/** Types with the highest bit are for local use: readers skip them without a word, as they do not custom blocks. */
const VACANT = 0x8000_0b5c;
/** The shortest block there is. */
export const MIN_BLOCK_BYTES = 12;

const LINKTYPE_ETHERNET = 1;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const OPTION_END = 0;
const OPTION_COMMENT = 1;
const OPTION_USER_APPLICATION = 4;

/** Bytes of an enhanced packet block before the packet. */
export const PACKET_PREFIX_BYTES = 28;
/** The length of a block stands again at its end. */
const TRAILER_BYTES = 4;
/** An option's length is a 16-bit number; what is longer is cut. */
const MAX_OPTION_BYTES = 0xff_f0;

const utf8 = new TextEncoder();

const padded = (length: number): number => (length + 3) & ~3;

/** Where a block is written: both views are of the same memory. */
export interface Memory {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

export const commentBytes = (comment: string): Uint8Array => utf8.encode(comment).subarray(0, MAX_OPTION_BYTES);

const optionsLength = (comment: Uint8Array | null): number => (comment === null ? 0 : 4 + padded(comment.length) + 4);

/** The whole length of an enhanced packet block. */
export const packetBlockLength = (packetLength: number, comment: Uint8Array | null): number =>
  PACKET_PREFIX_BYTES + padded(packetLength) + optionsLength(comment) + TRAILER_BYTES;

/** Everything of an enhanced packet block but the packet, which the caller puts at `PACKET_PREFIX_BYTES` after it. */
export function writePacketFrame(
  { bytes, view }: Memory,
  at: number,
  packetLength: number,
  atMicros: number,
  comment: Uint8Array | null,
): void {
  const length = packetBlockLength(packetLength, comment);
  view.setUint32(at, ENHANCED_PACKET, true);
  view.setUint32(at + 4, length, true);
  view.setUint32(at + 8, 0, true);
  view.setUint32(at + 12, Math.floor(atMicros / 0x1_0000_0000), true);
  view.setUint32(at + 16, atMicros >>> 0, true);
  view.setUint32(at + 20, packetLength, true);
  view.setUint32(at + 24, packetLength, true);
  const optionsStart = at + PACKET_PREFIX_BYTES + padded(packetLength);
  // Slabs are used again: what pads has to be written too. The end of the packet comes over it.
  view.setUint32(optionsStart - 4, 0, true);
  if (comment !== null) writeComment(bytes, view, optionsStart, comment);
  view.setUint32(at + length - TRAILER_BYTES, length, true);
}

function writeComment(bytes: Uint8Array, view: DataView, at: number, comment: Uint8Array): void {
  view.setUint16(at, OPTION_COMMENT, true);
  view.setUint16(at + 2, comment.length, true);
  bytes.set(comment, at + 4);
  const end = at + 4 + padded(comment.length);
  bytes.fill(0, at + 4 + comment.length, end);
  view.setUint32(end, OPTION_END, true);
}

/** A block of a type with a body of whole 32-bit words. */
function block(type: number, body: Uint8Array): Uint8Array {
  const length = 8 + body.length + TRAILER_BYTES;
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, length, true);
  bytes.set(body, 8);
  view.setUint32(length - TRAILER_BYTES, length, true);
  return bytes;
}

/** The section header and the one interface: what every segment begins with. Times are microseconds. */
export function segmentHeader(application: string): Uint8Array {
  const name = utf8.encode(application);
  const section = new Uint8Array(16 + 4 + padded(name.length) + 4);
  const sectionView = new DataView(section.buffer);
  sectionView.setUint32(0, BYTE_ORDER_MAGIC, true);
  sectionView.setUint16(4, 1, true);
  // The length of the section is not known yet.
  sectionView.setBigInt64(8, -1n, true);
  sectionView.setUint16(16, OPTION_USER_APPLICATION, true);
  sectionView.setUint16(18, name.length, true);
  section.set(name, 20);
  const description = new Uint8Array(8);
  new DataView(description.buffer).setUint16(0, LINKTYPE_ETHERNET, true);
  return joined([block(SECTION_HEADER, section), block(INTERFACE_DESCRIPTION, description)]);
}

/** What blocks that say nothing hold: the same memory for all of them. */
const NOTHING = new Uint8Array(64 * 1024);

/**
 * A block that says nothing, over a length that is a multiple of 4: its parts. There is one behind each write, and room
 * made for it anew would be more garbage than all else that recording leaves.
 */
export function vacantParts(length: number): readonly Uint8Array[] {
  const bytes = length - MIN_BLOCK_BYTES;
  const [start, end] = [new Uint8Array(MIN_BLOCK_BYTES - TRAILER_BYTES), new Uint8Array(TRAILER_BYTES)];
  const view = new DataView(start.buffer);
  view.setUint32(0, VACANT, true);
  view.setUint32(4, length, true);
  new DataView(end.buffer).setUint32(0, length, true);
  return [start, bytes > NOTHING.length ? new Uint8Array(bytes) : NOTHING.subarray(0, bytes), end];
}

/** Text of ours that no packet carries. */
export function customBlock(text: string): Uint8Array {
  const content = utf8.encode(text);
  const body = new Uint8Array(4 + padded(content.length));
  new DataView(body.buffer).setUint32(0, DOCUMENTATION_ENTERPRISE, true);
  body.set(content, 4);
  return block(CUSTOM_COPYABLE, body);
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
