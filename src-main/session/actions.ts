/**
 * What a trip does to its connection, and what status a fault is answered with: the one place where the `on…` settings
 * are read, but for `drop`, which is a rule of the parser. Which guard tripped is decided elsewhere; here it only counts
 * what was awaited, and what the settings say.
 */
import { BugError, errorEntry, type ErrorCode } from '../contract/errors';
import { numberEntry, type GuardName, type SettingName, type Settings } from '../contract/settings';
import type { Stage } from '../guard/deadlines';

/** A number is the status of a reply, after which FIN follows. `close`: FIN alone. `reset`: RST. */
export type Action = number | 'close' | 'reset';

type ActionName = Extract<SettingName, `on${string}`>;

/** A guard that watches the clock acts by what it cut off, whichever of them came first. */
const BY_STAGE: Readonly<Record<Stage, ActionName | 'reset'>> = {
  unused: 'onFirstByteTimeout',
  idle: 'onIdleTimeout',
  'start-line': 'onStartLineTimeout',
  fields: 'onHeadTimeout',
  body: 'onBodyTimeout',
  // What it did not take cannot be followed by anything it would take.
  replying: 'reset',
  none: 'reset',
};

/** `replies`: the guard answers the request it is about with its own reply, and does nothing to the connection here. */
const BY_GUARD: Readonly<Record<GuardName, ActionName | 'by-stage' | 'replies'>> = {
  firstByteTimeoutMs: 'by-stage',
  headTimeoutMs: 'by-stage',
  minHeadBytesPerSec: 'by-stage',
  bodyTimeoutMs: 'by-stage',
  minBodyBytesPerSec: 'by-stage',
  requestTimeoutMs: 'by-stage',
  idleTimeoutMs: 'by-stage',
  maxHeadBytes: 'onHeadTooLarge',
  maxFieldLineBytes: 'onHeadTooLarge',
  maxFieldCount: 'onTooManyFields',
  maxRequestLineBytes: 'onTargetTooLong',
  maxTargetBytes: 'onTargetTooLong',
  maxBodyBytes: 'onBodyTooLarge',
  maxConnections: 'onTooManyConnections',
  maxConnectionsPerClient: 'onTooManyConnections',
  maxRequestsPerConnection: 'replies',
  bucketCapacity: 'replies',
  connectTimeoutMs: 'replies',
  replyTimeoutMs: 'replies',
  replyStallTimeoutMs: 'replies',
  tunnelIdleTimeoutMs: 'by-stage',
};

/** The code a guard trips with. */
export function tripCodeOf(guard: GuardName): ErrorCode {
  return numberEntry(guard).trips ?? 'BUG_INVARIANT';
}

/** What a guard does that tripped while `stage` was awaited. */
export function actionOn(guard: GuardName, stage: Stage, settings: Settings): Action {
  const by = BY_GUARD[guard];
  if (by === 'replies') throw new BugError(`${guard} does not act on a connection`);
  const name = by === 'by-stage' ? BY_STAGE[stage] : by;
  if (name === 'reset') return 'reset';
  const chosen = settings[name];
  if (chosen === 'close' || chosen === 'reset') return chosen;
  // Trailers cannot be dropped: they are read by the grammar whatever the settings let through.
  if (chosen === 'drop') return errorEntry(tripCodeOf(guard)).status ?? 'close';
  return Number(chosen);
}

/** The status a fault is answered with; null: FIN without a reply. */
export function statusOf(code: ErrorCode, { unknownCodingStatus }: Settings): number | null {
  const { status } = errorEntry(code);
  if (code === 'H1_CODING_UNKNOWN') return unknownCodingStatus === '400' ? 400 : status;
  if (code === 'H1_CODING_ORDER') return unknownCodingStatus === 'always-501' ? 501 : status;
  return status;
}
