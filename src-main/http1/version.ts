/** HTTP-version (RFC 9112 §2.3): as text, and which version of HTTP/1 a request that names it is treated as. */
import type { ParserRules } from './events';

/** `HTTP/1.1` of 1 and 1, and so for each pair of digits: none is made anew for a request. */
const TEXTS = Array.from({ length: 100 }, (_, digits) => `HTTP/${Math.floor(digits / 10)}.${digits % 10}`);

export const versionText = (major: number, minor: number): string => TEXTS[major * 10 + minor] ?? '';

/** What a request line that names no version is (RFC 1945 §4.1). */
export const VERSION_09 = 'HTTP/0.9';

/** The versions that llhttp takes, to the letter. */
const EXACT = new Set([VERSION_09, 'HTTP/1.0', 'HTTP/1.1', 'HTTP/2.0']);
export const MAX_EXACT_MAJOR = 2;

export const isExactVersion = (major: number, minor: number): boolean => EXACT.has(versionText(major, minor));

/** The minor version of HTTP/1 that a version which the rule lets through is treated as. */
export function treatedMinor(major: number, minor: number, rule: ParserRules['versions']): number {
  if (major === 1) return minor;
  return rule === 'any' ? 1 : 0;
}
