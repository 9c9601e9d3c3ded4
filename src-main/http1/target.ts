/** The four forms of a request target (RFC 9112 §3.2). */
import { isPercentEncoding, PERCENT, readAuthority } from './authority';
import type { RequestHead } from './events';
import { PATH_QUERY_CHAR } from './grammar';

export type TargetForm = RequestHead['targetForm'];

const SCHEME = /^https?:\/\//i;

export function targetForm(method: string, target: string): TargetForm {
  if (method === 'CONNECT') return 'authority';
  if (target === '*') return 'asterisk';
  return target.startsWith('/') ? 'origin' : 'absolute';
}

function isAbsolute(target: string): boolean {
  const scheme = SCHEME.exec(target);
  if (scheme === null) return false;
  const rest = target.slice(scheme[0].length);
  const end = rest.search(/[/?]/);
  const authority = readAuthority(end === -1 ? rest : rest.slice(0, end));
  // An http URI without a host is invalid (RFC 9110 §4.2.1).
  return authority !== null && authority.hostBytes > 0;
}

/** Where path and query begin; the text has been found to be of this form. */
function pathStart(form: TargetForm, target: string): number {
  if (form === 'origin') return 0;
  if (form !== 'absolute') return target.length;
  const authority = target.indexOf('//') + 2;
  const length = target.slice(authority).search(/[/?]/);
  return length === -1 ? target.length : authority + length;
}

/** Index of the first character of path and query that RFC 3986 has no place for there; -1 where there is none. */
export function firstOddCharacter(method: string, target: string): number {
  for (let at = pathStart(targetForm(method, target), target); at < target.length; at += 1) {
    const code = target.charCodeAt(at);
    if (code === PERCENT ? !isPercentEncoding(target, at) : PATH_QUERY_CHAR[code] !== 1) return at;
  }
  return -1;
}

/** Does the target have a form that this method may take? Its bytes have been checked already. */
export function isTargetFor(method: string, target: string): boolean {
  switch (targetForm(method, target)) {
    case 'origin':
      return true;
    case 'asterisk':
      return method === 'OPTIONS';
    case 'absolute':
      return isAbsolute(target);
    case 'authority': {
      const authority = readAuthority(target);
      // The port is not optional here (RFC 9112 §3.2.3), and nothing can be reached at 0 (RFC 9110 §9.3.6).
      return authority !== null && authority.hostBytes > 0 && (authority.port ?? 0) > 0;
    }
  }
}
