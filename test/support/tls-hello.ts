/** ClientHellos to test with: real ones, recorded, and ones put together to order. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ClientHello } from '../../src-main/tls/client-hello.ts';
import { TlsOpening, type TlsReading } from '../../src-main/tls/opening.ts';

const FOLDER = resolve(import.meta.dirname, '../tls/hellos');

/** What each of these programs sent; the first line of its file says how it was started. */
export const RECORDED = ['curl', 'node', 'chromium', 'openssl-no-name', 'openssl-tls12'] as const;

export function recordedHello(name: (typeof RECORDED)[number]): Uint8Array {
  const text = readFileSync(join(FOLDER, `${name}.hex`), 'utf8');
  return Uint8Array.from(Buffer.from(text.replace(/^#.*$/m, '').replaceAll('\n', ''), 'hex'));
}

export const sha256 = (text: string): Promise<string> =>
  Promise.resolve(createHash('sha256').update(text).digest('hex'));

const big = (value: number, width: number): number[] =>
  Array.from({ length: width }, (_, index) => Math.floor(value / 256 ** (width - 1 - index)) % 256);

/** Bytes with their length in front. */
export const sized = (width: number, bytes: readonly number[]): number[] => [...big(bytes.length, width), ...bytes];
export const words = (codes: readonly number[]): number[] => codes.flatMap((code) => big(code, 2));
export const letters = (text: string): number[] => Array.from(text, (character) => character.charCodeAt(0));

export const alpnBody = (...names: readonly (readonly number[])[]): number[] =>
  sized(
    2,
    names.flatMap((name) => sized(1, name)),
  );
export const serverNameBody = (name: string): number[] => sized(2, [0, ...sized(2, letters(name))]);

export interface HelloParts {
  readonly version?: number;
  readonly suites?: readonly number[];
  /** Type and body of each. */
  readonly extensions?: readonly (readonly [type: number, body: readonly number[]])[] | null;
}

/** The handshake message. `extensions: null` leaves out even their length. */
export function helloMessage({ version = 0x0303, suites = [0x1301], extensions = [] }: HelloParts = {}): number[] {
  const list = extensions?.flatMap(([type, body]) => [...big(type, 2), ...sized(2, body)]);
  const body = [
    ...big(version, 2),
    ...new Array<number>(32).fill(0xaa),
    ...sized(1, []),
    ...sized(2, words(suites)),
    ...sized(1, [0]),
    ...(list === undefined ? [] : sized(2, list)),
  ];
  return [1, ...sized(3, body)];
}

/** The message in records of at most so many bytes. */
export function inRecords(message: readonly number[], size = 2 ** 14): Uint8Array {
  const records: number[] = [];
  for (let at = 0; at < message.length; at += size) {
    records.push(0x16, 3, 1, ...sized(2, message.slice(at, at + size)));
  }
  return Uint8Array.from(records);
}

export function readingOf(...pieces: readonly Uint8Array[]): TlsReading {
  const opening = new TlsOpening();
  for (const piece of pieces) opening.receive(piece);
  return opening.reading();
}

export function helloOf(...pieces: readonly Uint8Array[]): ClientHello {
  const { hello, fault, state } = readingOf(...pieces);
  if (hello === null) throw new Error(`no hello: ${state} ${fault?.reason} at ${fault?.offset}`);
  return hello;
}
