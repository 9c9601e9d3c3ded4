/**
 * The chain of hops that came with a request, and ours at its end. Kept short: of a chain that is too long the hops
 * next to us stay, for those were written by proxies that are known, and a server counts from that end.
 */
import { BACKSLASH, COMMA, DQUOTE, EQUALS, QDTEXT, QUOTED_PAIR, SEMICOLON, SP, TCHAR, isOws } from './grammar';

/** No request passes through as many; more are noise, or an attack on who reads them. */
export const MAX_CHAIN_HOPS = 100;
/** Half of what small servers take for a head. */
export const MAX_CHAIN_BYTES = 4096;

/** What may stand in a value without quotes: more than a token, as `1.2.3.4:80` is written without them, too. */
const BARE = new Uint8Array(256);
BARE.fill(1, SP + 1, 0x7f);
for (const mark of [COMMA, DQUOTE, SEMICOLON, BACKSLASH]) BARE[mark] = 0;

/** Index after the closing quote; -1 where there is none. */
function quotedEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === DQUOTE) return at + 1;
    if (code === BACKSLASH ? QUOTED_PAIR[text.charCodeAt((at += 1))] !== 1 : QDTEXT[code] !== 1) return -1;
  }
  return -1;
}

const after = (text: string, start: number, table: Uint8Array): number => {
  let at = start;
  while (table[text.charCodeAt(at)] === 1) at += 1;
  return at;
};

/** Index after `name=value`, which begins here; -1 where it is none. */
function pairEnd(text: string, start: number): number {
  const equals = after(text, start, TCHAR);
  if (equals === start || text.charCodeAt(equals) !== EQUALS) return -1;
  if (text.charCodeAt(equals + 1) === DQUOTE) return quotedEnd(text, equals + 1);
  const end = after(text, equals + 1, BARE);
  return end === equals + 1 ? -1 : end;
}

/** Where the elements of a Forwarded value begin (RFC 7239 §4); null where it cannot be read without doubt. */
function elementStarts(text: string): number[] | null {
  const starts = [0];
  for (let at = 0; ; at += 1) {
    while (isOws(text.charCodeAt(at))) at += 1;
    const code = text.charCodeAt(at);
    if (at < text.length && code !== COMMA && code !== SEMICOLON) at = pairEnd(text, at);
    if (at === -1) return null;
    while (isOws(text.charCodeAt(at))) at += 1;
    if (at >= text.length) return starts;
    if (text.charCodeAt(at) === COMMA) starts.push(at + 1);
    else if (text.charCodeAt(at) !== SEMICOLON) return null;
  }
}

function commaStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf(','); at !== -1; at = text.indexOf(',', at + 1)) starts.push(at + 1);
  return starts;
}

/** The last elements of the chain, as many as there is room for. */
function tail(text: string, starts: readonly number[]): string {
  const first = Math.max(0, starts.length - MAX_CHAIN_HOPS);
  for (const start of starts.slice(first)) {
    if (text.length - start > MAX_CHAIN_BYTES) continue;
    let at = start;
    while (isOws(text.charCodeAt(at))) at += 1;
    return text.slice(at);
  }
  return '';
}

const joined = (chain: string, last: string): string => (chain === '' ? last : `${chain}, ${last}`);

const inOneLine = (lines: readonly string[]): string => lines.filter((line) => line !== '').join(', ');

/** X-Forwarded-For in one line: some servers read the first of several lines, some the last. */
export function appendAddress(lines: readonly string[], address: string): string {
  const text = inOneLine(lines);
  return joined(tail(text, commaStarts(text)), address);
}

/**
 * Forwarded in one line; null where a line cannot be read without doubt: what is appended to a quote that is never
 * closed would be a part of it, and what a client wrote there would stand in its place.
 */
export function appendElement(lines: readonly string[], element: string): string | null {
  if (lines.some((line) => elementStarts(line) === null)) return null;
  const text = inOneLine(lines);
  return joined(tail(text, elementStarts(text) ?? []), element);
}
