/**
 * Connections to servers, kept between requests. The one used last is used first, so that the others grow old and go.
 *
 * Bounds, for each server: `pool.maxIdle` that wait, `pool.idleMs` each of them waits, `pool.maxRequestsPerConnection`.
 * How many are in use is bounded by who chooses the server (`upstream-group.ts`).
 */
import type { PoolConfig } from '../contract/proxy-config';
import type {
  ConnectionWaiter,
  Destination,
  Reuse,
  UpstreamConnections,
  UpstreamFault,
} from '../session/upstream-port';
import type { UpstreamHome, UpstreamSession } from '../session/upstream-session';

/** A server that closes what is idle says so at once: what was in use a moment ago is as good as new. */
const RECENT_MS = 500;

/** A connection that is being made, and whoever drives it. */
export interface Connecting {
  readonly session: UpstreamSession;
  readonly driver: { stop(): void };
}

export class UpstreamPool implements UpstreamConnections, UpstreamHome {
  /** By server; the one used last at the end. */
  readonly #idle = new Map<string, UpstreamSession[]>();
  /** Whom a connection is made for. */
  readonly #waiters = new Map<UpstreamSession, ConnectionWaiter>();
  readonly #drivers = new Map<UpstreamSession, Connecting['driver']>();
  /** Made for a tunnel, or to a server that is not asked any more: none of them is kept. */
  readonly #unwanted = new WeakSet<UpstreamSession>();
  #isStopped = false;

  constructor(private readonly connect: (destination: Destination, home: UpstreamHome) => Connecting) {}

  acquire(destination: Destination, waiter: ConnectionWaiter, reuse: Reuse, nowMs: number): void {
    const kept = reuse === 'none' ? undefined : this.#takeIdle(destination, reuse, nowMs);
    if (kept === undefined) this.#make(destination, waiter, nowMs);
    else if (!waiter.granted(kept, nowMs)) this.freed(kept, nowMs);
  }

  open(destination: Destination, waiter: ConnectionWaiter, nowMs: number): void {
    this.#unwanted.add(this.#make(destination, waiter, nowMs));
  }

  #make(destination: Destination, waiter: ConnectionWaiter, nowMs: number): UpstreamSession {
    const { session, driver } = this.connect(destination, this);
    this.#waiters.set(session, waiter);
    this.#drivers.set(session, driver);
    waiter.connecting(session.id, nowMs);
    return session;
  }

  #takeIdle({ key }: Destination, reuse: Reuse, nowMs: number): UpstreamSession | undefined {
    const idle = this.#idle.get(key);
    const latest = idle?.at(-1);
    if (latest === undefined || (reuse === 'recent' && nowMs - latest.idleSinceMs > RECENT_MS)) return undefined;
    idle?.pop();
    return latest;
  }

  connected(session: UpstreamSession, nowMs: number): void {
    const waiter = this.#waiters.get(session);
    this.#waiters.delete(session);
    if (waiter?.granted(session, nowMs) !== true) this.freed(session, nowMs);
  }

  failed(session: UpstreamSession, fault: UpstreamFault, nowMs: number): void {
    const waiter = this.#waiters.get(session);
    this.#waiters.delete(session);
    this.#drivers.delete(session);
    waiter?.refused(fault, nowMs);
  }

  freed(session: UpstreamSession, nowMs: number): void {
    const { key, pool } = session.destination;
    if (this.#isStopped || this.#unwanted.has(session) || isUsedUp(session, pool)) return session.stop(nowMs);
    let idle = this.#idle.get(key);
    if (idle === undefined) this.#idle.set(key, (idle = []));
    session.restUntil(nowMs + pool.idleMs);
    idle.push(session);
    if (idle.length > pool.maxIdle) this.#drivers.get(idle[0]!)?.stop();
  }

  left(session: UpstreamSession): void {
    this.#drivers.delete(session);
    const { key } = session.destination;
    const idle = this.#idle.get(key);
    const at = idle?.indexOf(session) ?? -1;
    if (idle === undefined || at === -1) return;
    idle.splice(at, 1);
    if (idle.length === 0) this.#idle.delete(key);
  }

  /** Closes what waits for servers that are not asked any more, and what is in use then as soon as it is free. */
  retain(isWanted: (key: string) => boolean): void {
    for (const session of this.#drivers.keys()) {
      if (!isWanted(session.destination.key)) this.#unwanted.add(session);
    }
    for (const [key, idle] of this.#idle) if (!isWanted(key)) this.#stopAll([...idle]);
  }

  /** Closes what waits, and keeps nothing from now on. */
  stop(): void {
    this.#isStopped = true;
    this.#stopAll([...this.#drivers.keys()]);
  }

  #stopAll(sessions: readonly UpstreamSession[]): void {
    for (const session of sessions) this.#drivers.get(session)?.stop();
  }
}

const isUsedUp = ({ requests }: UpstreamSession, { maxRequestsPerConnection }: PoolConfig): boolean =>
  maxRequestsPerConnection !== null && requests >= maxRequestsPerConnection;
