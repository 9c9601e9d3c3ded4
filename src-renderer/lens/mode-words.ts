/** What a mode says of itself where it can be chosen and tried. */
import type { Address } from '@contract/address';
import { modeExample, speaksTls } from '@contract/mode-example';
import type { Mode } from '@contract/modes';
import type { ProxyState } from '@contract/proxy-state';
import { curlCommand } from './curl';

/** What the header copies: the command that shows most of the mode in force. */
export const tryCommand = (state: ProxyState, listener: Address): string =>
  state.mode === 'server' && !speaksTls(state, state.mode)
    ? curlCommand(listener)
    : modeExample(state.mode, state, listener);

/** What a mode still lacks before it can be switched to, in a few words; null: nothing. */
export function missingFor(mode: Mode, { config, tunnelTo }: ProxyState): string | null {
  if (mode === 'reverse' && config === null) return 'needs upstreams';
  return mode === 'tunnel' && tunnelTo === null ? 'needs an address' : null;
}
