/** What a server behind us is up to, in words and tones. */
import type { ChangeCause, ServerChange, ServerState } from '@contract/upstreams';
import type { RowTone } from './row-state';

const STATES: Readonly<Record<ServerState, { readonly word: string; readonly tone: RowTone }>> = {
  in: { word: 'in', tone: 'ok' },
  'slow-start': { word: 'slow start', tone: 'warn' },
  trial: { word: 'on trial', tone: 'warn' },
  ejected: { word: 'ejected', tone: 'bad' },
  unhealthy: { word: 'unhealthy', tone: 'bad' },
  draining: { word: 'draining', tone: 'faint' },
  out: { word: 'out', tone: 'faint' },
};

export const stateWord = (state: ServerState): string => STATES[state].word;
export const stateTone = (state: ServerState): RowTone => STATES[state].tone;

const CAUSES: Readonly<Record<ChangeCause, string>> = {
  check: 'by its health check',
  faults: 'by failed requests',
  trial: 'by its trial',
  person: 'by hand',
  configuration: 'by the configuration',
};

/** `127.0.0.1:3000`: the scheme says nothing where there is no room. */
export const hostOf = (server: string): string => server.replace(/^https?:\/\//, '');

const because = (reason: string): string => (reason === '' ? '' : `: ${reason}`);

/** `127.0.0.1:3000 ejected: 3 connect failures in a row` */
export const changeSentence = ({ server, from, to, reason }: ServerChange): string =>
  `${hostOf(server)} ${from === to ? 'stays ' : ''}${stateWord(to)}${because(reason)}`;

/** `Upstream api, http://127.0.0.1:3000: from in to ejected by failed requests. 3 connect failures in a row.` */
export function changeTitle({ upstream, server, from, to, cause, reason }: ServerChange): string {
  const change = from === to ? `stays ${stateWord(to)}` : `from ${stateWord(from)} to ${stateWord(to)}`;
  return `Upstream ${upstream}, ${server}: ${change} ${CAUSES[cause]}.${reason === '' ? '' : ` ${reason}.`}`;
}
