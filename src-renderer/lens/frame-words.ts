/** WebSocket frames in words: what a row of the list, a tooltip and the info bar say of them. */
import type { Direction } from '@contract/connections';
import { describe, errorEntry } from '@contract/errors';
import type { Fault } from '@http1/events';
import type { FrameRow, PartInflation, Preview } from '@websocket/frame-list';
import type { Handshake } from '@websocket/handshake';
import { withoutHidden } from './body-text';
import { formatBytes, formatCount, formatPlural } from './format';

/** Who sent what goes in a direction: requests are always in `in`. */
export const senderWords = (direction: Direction): string =>
  direction === 'in' ? 'from the client' : 'from the server';

const ESCAPES: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** A row must not be torn by what it shows. */
const onOneLine = (text: string): string =>
  withoutHidden(text).replace(/[\t\n\r]/g, (character) => ESCAPES[character] ?? '');

const ellipsis = (isCut: boolean): string => (isCut ? ' …' : '');

/** The beginning of a payload on one line, with nothing hidden in it. */
export function previewText(preview: Preview): string {
  if (preview.kind !== 'close') return `${onOneLine(preview.text)}${ellipsis(preview.isCut)}`;
  const { code, name, reason } = preview.close;
  if (code === null) return 'no code';
  return `${code}${name === null ? '' : ` ${name}`}${reason === '' ? '' : ` · ${onOneLine(reason)}`}`;
}

function inflationNote(inflation: PartInflation | null): string {
  if (inflation === null) return 'deflate';
  const { bytes, stop } = inflation;
  if (stop?.kind === 'broken') return 'deflate, broken';
  if (stop === null) return `inflated to ${formatBytes(bytes)}`;
  return bytes === 0 ? 'deflate, not inflated' : `inflated to more than ${formatBytes(bytes)}`;
}

/** What has to be said of a frame beside its opcode: that it is a part of something, or compressed. */
export function frameNotes({ frame, inflation }: FrameRow): readonly string[] {
  const { fin, message, opcode } = frame;
  const isFirst = opcode !== 0;
  const notes = [
    message !== null && !isFirst ? `of message ${message.number}` : null,
    message !== null && isFirst && !fin ? 'first part' : null,
    message !== null && !isFirst && fin ? 'last part' : null,
    message?.isCompressed === true ? inflationNote(inflation) : null,
  ];
  return notes.filter((note) => note !== null);
}

/** The row in one sentence, for a tooltip and for assistive technology. */
export function frameSentence(row: FrameRow): string {
  const { direction, name, frame, preview } = row;
  const { number, offset, end, payloadBytes } = frame;
  const notes = frameNotes(row).map((note) => `, ${note}`);
  const text = previewText(preview);
  const says = text === '' ? '' : `: ${text}`;
  const size = `${formatPlural(payloadBytes, 'byte')} of payload, bytes ${offset}–${end - 1}`;
  return `Frame ${formatCount(number)} ${senderWords(direction)}, ${name}${notes.join('')}, ${size}${says}`;
}

export interface FaultWords {
  readonly title: string;
  readonly hint: string;
  /** `WS_RSV · RFC 6455 §5.2` */
  readonly code: string;
}

export function faultWords(fault: Fault): FaultWords {
  const { rfc } = errorEntry(fault.code);
  return { ...describe(fault), code: rfc === undefined ? fault.code : `${fault.code} · ${rfc}` };
}

/** What was agreed on, in some words each: `permessage-deflate`, `subprotocol chat`. Texts in it are off the wire. */
export function agreedWords({ extensions, subprotocol }: Handshake): readonly string[] {
  const named = extensions.map(({ name }) => name);
  return [...named, ...(subprotocol === null ? [] : [`subprotocol ${subprotocol}`])].map(withoutHidden);
}

/** `128 frames, 12 KiB of payload`; of those listed. */
export function totalWords(rows: readonly FrameRow[], dropped: number): string {
  const bytes = rows.reduce((sum, { frame }) => sum + frame.payloadBytes, 0);
  const listed = `${formatPlural(rows.length, 'frame')}, ${formatBytes(bytes)} of payload`;
  return dropped === 0 ? listed : `the latest ${listed}; ${formatCount(dropped)} before them`;
}
