/** What a server behind us is up to, in words and tones. */
import type { ChangeCause, Placement, ServerChange, ServerState, ServerView, UpstreamView } from '@contract/upstreams';
import { formatCountdown, formatDuration, formatPlural } from './format';
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

/** What a log line has room for beside the word of the state: `127.0.0.1:3000, 3 connect failures in a row` */
export const changeLine = ({ server, reason }: ServerChange): string =>
  reason === '' ? hostOf(server) : `${hostOf(server)}, ${reason}`;

/** What a person said of a server, as far as its state tells: health has no say in it. */
export function placementOf({ state }: ServerView): Placement {
  if (state === 'draining') return 'drain';
  return state === 'out' ? 'out' : 'in';
}

/** Is there something to count down: until an ejected server is tried again? */
export const isWaiting = ({ state, retryAtMs }: ServerView): boolean => state === 'ejected' && retryAtMs !== null;

/** `unhealthy`; `ejected 3.4 s`, as long as it still waits */
export function stateText(view: ServerView, nowMs: number): string {
  const leftMs = isWaiting(view) ? (view.retryAtMs ?? 0) - nowMs : 0;
  return leftMs > 0 ? `${stateWord(view.state)} ${formatCountdown(leftMs)}` : stateWord(view.state);
}

/** `weight 2`, `40 % of weight 2` */
export const weightText = ({ weight, weightShare }: ServerView): string =>
  `${weightShare < 1 ? `${percent(weightShare)} of ` : ''}weight ${weight}`;

export const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** `now`, `4 s ago`, `2 min ago`: it does not change more often than it has to. */
export function agoText(atMs: number, nowMs: number): string {
  const seconds = Math.floor((nowMs - atMs) / 1_000);
  if (seconds < 1) return 'now';
  return seconds < 100 ? `${seconds} s ago` : `${Math.round(seconds / 60)} min ago`;
}

/** `3.2 ms`, `18 ms`, `1.2 s` */
export const latencyText = (ms: number): string => (ms < 10 ? `${ms.toFixed(1)} ms` : formatDuration(ms));

const TAKES: ReadonlySet<ServerState> = new Set<ServerState>(['in', 'slow-start', 'trial']);

/** `3 of 4 servers in, 16 in flight` */
export function summaryOf({ servers }: UpstreamView): string {
  const taking = servers.filter(({ state }) => TAKES.has(state)).length;
  const inFlight = servers.reduce((sum, server) => sum + server.inFlight, 0);
  return `${taking} of ${formatPlural(servers.length, 'server')} in, ${inFlight} in flight`;
}
