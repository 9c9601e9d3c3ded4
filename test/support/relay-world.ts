/**
 * Both sides of a reverse proxy without a socket, a timer or a clock: sessions, the pool and an upstream group as they
 * are, and around them connections (`relay-line.ts`) whose every read, write, failure and end is an event of the test.
 */
import type { Fact } from '../../src-main/contract/facts';
import { checkProxyConfig } from '../../src-main/contract/proxy-reading';
import { DEFAULT_SETTINGS, type Settings } from '../../src-main/contract/settings';
import { UpstreamGroup } from '../../src-main/guard/upstream-group';
import { PolicyInForce } from '../../src-main/inspector/policy';
import { UpstreamPool } from '../../src-main/net/upstream-pool';
import { OriginSession } from '../../src-main/session/origin-session';
import { ReverseRouter } from '../../src-main/session/reverse-router';
import type { Destination } from '../../src-main/session/upstream-port';
import { UpstreamSession, type UpstreamHome } from '../../src-main/session/upstream-session';
import { Line, type LineWorld } from './relay-line';

type FactOf<Kind extends Fact['kind']> = Extract<Fact, { kind: Kind }>;

export interface ClientLine extends Line {
  session: OriginSession;
  readonly id: number;
}

export interface UpstreamLine extends Line {
  session: UpstreamSession;
  readonly id: number;
  readonly server: string;
}

export interface WorldOptions {
  readonly settings?: Partial<Settings>;
  readonly servers?: number;
  /** Of the upstream: `pool`, `retry`, `ejection` … */
  readonly upstream?: object;
}

export class RelayWorld implements LineWorld {
  nowMs = 1_000_000;
  readonly facts: Fact[] = [];
  readonly policy: PolicyInForce;
  readonly pool: UpstreamPool;
  readonly group: UpstreamGroup;
  readonly clients: ClientLine[] = [];
  readonly upstreams: UpstreamLine[] = [];
  /** Times a server was chosen, and left. */
  readonly counts = { chosen: 0, left: 0 };
  readonly #touched = new Set<Line>();
  #isRunning = false;
  #latestId = 0;

  constructor({ settings = {}, servers = 2, upstream = {} }: WorldOptions = {}) {
    this.policy = new PolicyInForce({ ...DEFAULT_SETTINGS, bucketCapacity: null, ...settings }, 'default');
    this.pool = new UpstreamPool((destination, home) => this.#connect(destination, home));
    const urls = Array.from({ length: servers }, (_, index) => ({ url: `http://s${index + 1}` }));
    const checked = checkProxyConfig({ upstreams: { api: { servers: urls, ...upstream } } });
    if (!checked.ok) throw new Error('a configuration with mistakes');
    const config = checked.value;
    const made = { name: 'api', config: config.upstreams['api']!, random: () => 0, onChange: () => undefined };
    this.group = counted(new UpstreamGroup({ ...made, nowMs: this.nowMs }), this.counts);
    this.policy.router = new ReverseRouter(config, new Map([['api', this.group]]));
    this.policy.upstreams = this.pool;
  }

  get lines(): readonly Line[] {
    return [...this.clients, ...this.upstreams];
  }

  /** A client connects. */
  client(): ClientLine {
    const id = (this.#latestId += 1);
    const line = new Line(this) as ClientLine;
    const identity = { client: `127.0.0.1:${50_000 + id}`, clientAddress: '127.0.0.1', server: '127.0.0.1:8080' };
    line.session = new OriginSession(line, this.policy, { id, ...identity, isSecure: false, carrier: null });
    this.clients.push(Object.assign(line, { id }));
    this.run(() => line.session.opened(this.nowMs));
    return line;
  }

  #connect(destination: Destination, home: UpstreamHome) {
    const id = (this.#latestId += 1);
    const line = new Line(this) as UpstreamLine;
    line.session = new UpstreamSession(line, this.policy, id, destination, home);
    this.upstreams.push(Object.assign(line, { id, server: destination.server }));
    line.session.opened(this.nowMs);
    return { session: line.session, driver: { stop: () => this.run(() => line.session.stop(this.nowMs)) } };
  }

  accept(line: UpstreamLine): void {
    this.run(() => line.session.connected('127.0.0.1:60000', line.server, false, this.nowMs));
  }

  refuse(line: UpstreamLine): void {
    const failure = { code: 'UP_CONNECT', detail: { server: line.server, reason: 'connection refused' } } as const;
    this.run(() => line.session.failed(failure, this.nowMs));
  }

  touched(line: Line): void {
    this.#touched.add(line);
  }

  run(event: () => void): void {
    if (this.#isRunning) return event();
    this.#isRunning = true;
    event();
    for (const line of this.#touched) {
      this.#touched.delete(line);
      line.flush();
    }
    this.#isRunning = false;
  }

  /** Everything that happens by itself: what is on its way arrives, and what was closed is gone. */
  settle(): this {
    for (;;) {
      const events = this.lines.flatMap(eventsOf);
      if (events[0] === undefined) return this;
      events[0]();
    }
  }

  wait(ms: number): this {
    this.nowMs += ms;
    return this.settle();
  }

  change(settings: Partial<Settings>): this {
    this.policy.change({ ...this.policy.settings, ...settings });
    for (const { isClosed, session } of this.lines) {
      if (!isClosed) this.run(() => session.settingsChanged(this.nowMs));
    }
    return this.settle();
  }

  factsOf<Kind extends Fact['kind']>(kind: Kind): readonly FactOf<Kind>[] {
    return this.facts.filter((fact): fact is FactOf<Kind> => fact.kind === kind);
  }
}

/** What may happen to a connection next, by itself. */
export function eventsOf(line: Line): (() => void)[] {
  const events: (() => void)[] = [];
  if (line.canRead) events.push(() => line.read(Infinity));
  if (line.canReadEnd) events.push(() => line.readEnd());
  if (line.canDrain) events.push(() => line.drain());
  if (line.canFinish) events.push(() => line.finish());
  if (line.canClose) events.push(() => line.close());
  if (line.canWake) events.push(() => line.wake());
  return events;
}

function counted(group: UpstreamGroup, counts: RelayWorld['counts']): UpstreamGroup {
  const choose = group.choose.bind(group);
  const leave = group.leave.bind(group);
  group.choose = (...args) => {
    const chosen = choose(...args);
    if (typeof chosen !== 'string') counts.chosen += 1;
    return chosen;
  };
  group.leave = (...args) => {
    counts.left += 1;
    leave(...args);
  };
  return group;
}
