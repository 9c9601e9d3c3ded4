/** What a mode says of itself where it can be tried: its example with the address and the TLS that are in force. */
import type { Address } from '@contract/address';
import { filledSteps } from '@contract/ca-install';
import { exampleAt, type Mode } from '@contract/modes';
import type { ProxyState } from '@contract/proxy-state';
import { curlCommand } from './curl';

/** TLS of the listener is for those who speak HTTP to it; the others bring or pass on what they like. */
export const speaksTls = ({ tls }: ProxyState, mode: Mode): boolean =>
  tls.kind !== 'off' && (mode === 'server' || mode === 'reverse');

/** A shell takes brackets for a pattern. */
const quoted = (command: string): string => command.replace(/\S*\[\S*/g, (word) => `'${word}'`);

/** A command to try the mode with, as if it were the one in force. */
export function exampleOf(mode: Mode, state: ProxyState, listener: Address): string {
  const example = quoted(exampleAt(mode, listener));
  if (!speaksTls(state, mode)) return example;
  const secure = example.replace('http://', 'https://');
  if (state.tls.kind !== 'local-ca' || state.ca === null) return secure;
  const command = secure.replace('curl ', 'curl --cacert {path} ');
  return filledSteps([{ command }], 'posix', state.ca)[0]?.command ?? secure;
}

/** What the header copies: the command that shows most of the mode in force. */
export const tryCommand = (state: ProxyState, listener: Address): string =>
  state.mode === 'server' && !speaksTls(state, state.mode)
    ? curlCommand(listener)
    : exampleOf(state.mode, state, listener);

/** What a mode still lacks before it can be switched to, in a few words; null: nothing. */
export function missingFor(mode: Mode, { config, tunnelTo }: ProxyState): string | null {
  if (mode === 'reverse' && config === null) return 'needs upstreams';
  return mode === 'tunnel' && tunnelTo === null ? 'needs an address' : null;
}
