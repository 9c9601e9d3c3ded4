/** The Via field (RFC 9110 §7.6.3): which intermediaries a message came through, and whether we were one of them. */
import { BugError } from '../contract/errors';
import { readAuthority } from './authority';
import type { Fields } from './events';
import { isOws } from './grammar';
import type { OwnLines } from './forwarded-fields';
import { isToken, ownLines } from './head-text';
import { listMembers } from './list-members';

/** Longer names for ourselves are a mistake of the one who chose them. */
const MAX_PSEUDONYM_LENGTH = 255;

/** A host may hold these (RFC 3986 §3.2.2); in Via they would end the member or begin a comment. */
const DELIMITERS = /[,()]/;

/** received-by: a pseudonym, or a host with an optional port. */
export const isPseudonym = (text: string): boolean =>
  text.length <= MAX_PSEUDONYM_LENGTH &&
  text !== '' &&
  (isToken(text) || (readAuthority(text) !== null && !DELIMITERS.test(text)));

/**
 * What we add to Via, in a line of its own after those that came: what stands in those cannot make a part of itself of
 * it, as a comment that is never closed could.
 *
 * @param version of the message that was received, as `HTTP/1.1`.
 * @throws BugError where the pseudonym is none.
 */
export function viaValue(version: string, pseudonym: string): string {
  if (!isPseudonym(pseudonym)) throw new BugError('the pseudonym for Via is no token and no host');
  return `${version.slice('HTTP/'.length)} ${pseudonym}`;
}

/** For each version, of which there are a hundred at most. The pseudonym hardly ever changes. */
const known = new Map<string, OwnLines>();
let knownPseudonym = '';

/** The same as the line it is. */
export function viaLine(version: string, pseudonym: string): OwnLines {
  if (pseudonym !== knownPseudonym) known.clear();
  knownPseudonym = pseudonym;
  let line = known.get(version);
  if (line !== undefined) return line;
  line = ownLines([['Via', viaValue(version, pseudonym)]]);
  known.set(version, line);
  return line;
}

/** received-by of one member of the list: its second word, up to a comment. */
function receivedBy(member: string): string {
  let at = 0;
  while (at < member.length && !isOws(member.charCodeAt(at))) at += 1;
  while (at < member.length && isOws(member.charCodeAt(at))) at += 1;
  const start = at;
  while (at < member.length && !isOws(member.charCodeAt(at)) && member[at] !== '(') at += 1;
  return member.slice(start, at);
}

/**
 * How often the message came through us already: each time is a loop, and one that is not ended takes all we have.
 *
 * A comment is read as if it were none: a comma in it can only make us see a loop that somebody wrote on purpose, while
 * a parenthesis that is never closed would hide one.
 */
export function timesThrough(fields: Fields, pseudonym: string): number {
  const lower = pseudonym.toLowerCase();
  let times = 0;
  for (const value of fields.all('via')) {
    for (const member of listMembers(value)) if (receivedBy(member).toLowerCase() === lower) times += 1;
  }
  return times;
}
