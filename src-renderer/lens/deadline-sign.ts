/** The few signs a line has room for that says how a guard ends a connection: `408`, `FIN`, `RST`. */
import type { ConnectionPhase, ConnectionRow } from '@contract/connections';
import type { SettingName, Settings } from '@contract/settings';
import { isShaking } from './row-state';

type ActionName = Extract<SettingName, `on${string}Timeout`>;

/** A guard that watches the clock acts by what was awaited, whichever of them comes first. */
const ACTIONS: Readonly<Partial<Record<ConnectionPhase, ActionName>>> = {
  idle: 'onIdleTimeout',
  complete: 'onIdleTimeout',
  'start-line': 'onStartLineTimeout',
  headers: 'onHeadTimeout',
  greeting: 'onHeadTimeout',
  'body-length': 'onBodyTimeout',
  'chunk-size': 'onBodyTimeout',
  'chunk-data': 'onBodyTimeout',
  trailers: 'onBodyTimeout',
  'body-until-close': 'onBodyTimeout',
};

/** What the armed deadline of an open connection will do as the settings are now. */
export function deadlineSign(row: ConnectionRow, settings: Settings): string {
  const { phase, bytesIn, status } = row;
  // In the middle of a handshake there is nothing that could be said.
  if (isShaking(row)) return 'FIN';
  const awaited = ACTIONS[phase];
  if (awaited === undefined) return 'RST';
  const action = settings[bytesIn === 0 ? 'onFirstByteTimeout' : awaited];
  if (action === 'reset') return 'RST';
  // A client of SOCKS would not understand a status.
  const isSilent = phase === 'greeting' || (awaited === 'onBodyTimeout' && status !== null);
  return action === 'close' || isSilent ? 'FIN' : action;
}

/** What stands in place of a status where no reply was sent; nothing while the connection is open. */
export function silentEnd(row: ConnectionRow | null): string {
  if (row === null || row.closeCause === null || row.closeCause === 'client-reset') return '';
  // How a connection of our own ended is in its row: nobody was to get a reply on it.
  if (row.side === 'upstream') return '';
  return row.closeCause === 'guard-reset' ? 'RST' : 'FIN';
}
