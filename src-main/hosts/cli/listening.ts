/** Where it listens, what it does there, and how to try it. */
import { formatAddress, type Address } from '../../contract/address';
import { modeExample, speaksTls } from '../../contract/mode-example';
import type { ProxyState } from '../../contract/proxy-state';

const MAX_NAMED = 3;

/** `a, b, c and 5 more` */
function named(names: readonly string[]): string {
  const first = names.slice(0, MAX_NAMED).join(', ');
  return names.length > MAX_NAMED ? `${first} and ${names.length - MAX_NAMED} more` : first;
}

const listed = (before: string, names: readonly string[]): string =>
  names.length === 0 ? '' : `${before} ${named(names)}`;

/** The addresses behind it, each once: servers of the reverse mode, the target of a tunnel. */
export function leadsTo({ mode, config, tunnelTo }: ProxyState): readonly string[] {
  if (mode === 'tunnel') return tunnelTo === null ? [] : [tunnelTo];
  if (mode !== 'reverse') return [];
  const upstreams = Object.values(config?.upstreams ?? {});
  return [...new Set(upstreams.flatMap(({ servers }) => servers.map(({ url }) => url)))];
}

function place(address: Address, state: ProxyState): string {
  const at = formatAddress(address);
  if (state.mode === 'socks' || state.mode === 'tunnel') return at;
  return `${speaksTls(state, state.mode) ? 'https' : 'http'}://${at}`;
}

function purpose(state: ProxyState): string {
  const { mode, forward } = state;
  switch (mode) {
    case 'server':
      return '';
    case 'reverse':
      return `, passes requests on to ${named(leadsTo(state))}`;
    case 'forward':
      return ` as a forward proxy${listed(', intercepts', forward.intercept)}${listed(', verifies no certificate of', forward.insecure)}`;
    case 'socks':
      return ' as a SOCKS5 proxy';
    case 'tunnel':
      return `, leads every connection to ${named(leadsTo(state))}`;
  }
}

export const listeningLine = (address: Address, state: ProxyState): string =>
  `Listening on ${place(address, state)}${purpose(state)}`;

/** A command that a person can paste. */
export const tryLine = (address: Address, state: ProxyState): string =>
  `Try: ${modeExample(state.mode, state, address)}`;
