/** The four forms of a request target (RFC 9112 §3.2). */
import { readAuthority } from './authority';
import type { RequestHead } from './events';

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
