/**
 * JA4, the fingerprint of a TLS client over TCP, after FoxIO's published description ("JA4: TLS Client
 * Fingerprinting", technical_details/JA4.md; the method is under the BSD 3-Clause licence). The same program gives
 * the same fingerprint wherever it connects to: the lists are sorted, and GREASE, server name and ALPN stay out of
 * what is hashed.
 *
 * SHA-256 is handed in, since this room has none: Node and browsers keep it in different places.
 */
import type { ClientHello } from './client-hello';
import { hex4 } from './registry';

/** SHA-256 of ASCII text, in lower-case hex. */
export type Sha256Hex = (text: string) => Promise<string>;

/** What is hashed, in the open: the fingerprint before it is one. */
export interface Ja4Parts {
  /** `t13d1516h2` */
  readonly summary: string;
  readonly cipherSuites: string;
  readonly extensions: string;
}

const SERVER_NAME = 0;
const ALPN = 16;
const HASH_CHARACTERS = 12;
const NO_HASH = '0'.repeat(HASH_CHARACTERS);
const MAX_COUNT = 99;

const VERSION_WORDS: Readonly<Record<number, string>> = {
  0x0304: '13',
  0x0303: '12',
  0x0302: '11',
  0x0301: '10',
  0x0300: 's3',
  0x0002: 's2',
};

interface Coded {
  readonly code: number;
  readonly isGrease: boolean;
}

const codesOf = (items: readonly Coded[]): number[] =>
  items.filter(({ isGrease }) => !isGrease).map(({ code }) => code);
const count = (codes: readonly number[]): string => String(Math.min(MAX_COUNT, codes.length)).padStart(2, '0');
const list = (codes: readonly number[]): string => codes.map(hex4).join(',');
const sorted = (codes: readonly number[]): number[] => codes.toSorted((one, other) => one - other);

/** The highest version offered; the old field decides only where the extension is missing. */
function versionOf({ versions, legacyVersion }: ClientHello): string {
  const offered = codesOf(versions);
  const highest = offered.length === 0 ? legacyVersion.code : offered.reduce((one, other) => Math.max(one, other));
  return VERSION_WORDS[highest] ?? '00';
}

/** First and last character of the first protocol, or of its hex where one of them is neither letter nor digit. */
function alpnOf({ alpn }: ClientHello): string {
  const first = alpn.find(({ isGrease }) => !isGrease)?.text ?? '';
  if (first === '') return '00';
  const ends = `${first[0]}${first.at(-1)}`;
  if (/^[0-9A-Za-z]{2}$/.test(ends)) return ends;
  const hex = (text: string) => text.charCodeAt(0).toString(16).padStart(2, '0');
  return `${hex(ends)[0]}${hex(ends.slice(1))[1]}`;
}

export function ja4Parts(hello: ClientHello): Ja4Parts {
  const suites = codesOf(hello.cipherSuites);
  const extensions = codesOf(hello.extensions);
  const hashed = sorted(extensions.filter((code) => code !== SERVER_NAME && code !== ALPN));
  const schemes = list(codesOf(hello.signatureSchemes));
  const name = extensions.includes(SERVER_NAME) ? 'd' : 'i';
  return {
    summary: `t${versionOf(hello)}${name}${count(suites)}${count(extensions)}${alpnOf(hello)}`,
    cipherSuites: list(sorted(suites)),
    // Without extensions there are no signature schemes either.
    extensions: `${list(hashed)}${schemes === '' ? '' : `_${schemes}`}`,
  };
}

/** `t13d1516h2_8daaf6152771_e5627efa2ab1` */
export async function ja4(hello: ClientHello, sha256: Sha256Hex): Promise<string> {
  const { summary, cipherSuites, extensions } = ja4Parts(hello);
  const hash = async (text: string) => (text === '' ? NO_HASH : (await sha256(text)).slice(0, HASH_CHARACTERS));
  return `${summary}_${await hash(cipherSuites)}_${await hash(extensions)}`;
}

/** JA4_r: the same with its lists in the open, for where there is no SHA-256. */
export function ja4Raw(hello: ClientHello): string {
  const { summary, cipherSuites, extensions } = ja4Parts(hello);
  return `${summary}_${cipherSuites}_${extensions}`;
}
