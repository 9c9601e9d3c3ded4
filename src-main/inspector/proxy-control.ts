/**
 * The mode and what it works by: takes changes whole or not at all, and owns the upstream servers in force and their
 * active checks.
 *
 * A change is planned first, which may read files, and then put in force in one go. Changes take turns: one that comes
 * while another is planned is planned on what that leads to, so the last one wins.
 */
import type { Address } from '../contract/address';
import { ok, type Failure, type Result } from '../contract/errors';
import type { Fact } from '../contract/facts';
import { DEFAULT_PROXY_STATE, type LocalCa, type ProxyChange, type ProxyState } from '../contract/proxy-state';
import type { Placement, UpstreamView } from '../contract/upstreams';
import { Prober, type ProberOptions } from '../net/prober';
import { mergeChange, partsOf } from './proxy-part';
import { checkLoop, planChange, type Certificates } from './proxy-plan';
import { UpstreamGroups } from './upstream-groups';

export interface ProxyControlHooks {
  /** For viewers: the state in force is another one. */
  changed(state: ProxyState): void;
  /** Reads what `apply` needs: what cannot be read is not put in force. The state applied is the last one that was. */
  prepare(state: ProxyState): Promise<Result<null>>;
  /** For connections from now on. `groups` is the same object each time, configured for this state. */
  apply(state: ProxyState, groups: UpstreamGroups): void;
  /** A change asked for in the window is in force: what is to be kept for the next start. */
  keep(kept: ProxyChange): void;
  /** The health of a server changed. */
  record(fact: Fact): void;
}

export interface ProxyControlParts {
  readonly certificates: Certificates;
  /** Where it listens now; null: nowhere. */
  readonly listener: () => Address | null;
  /** Of connections to a server that speaks TLS. */
  readonly tlsOptions: ProberOptions['tlsOptions'];
  readonly nowMs: () => number;
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly hooks: ProxyControlHooks;
}

export interface ProxyStart {
  /** Of the settings file. What cannot be used of it is reported and left out. */
  readonly kept: ProxyChange;
  /** Of the command line: it wins, is not kept, and a mistake in it ends the start. */
  readonly flags: ProxyChange;
  readonly report: (failure: Failure) => void;
}

export class ProxyControl {
  readonly groups: UpstreamGroups;
  readonly #prober: Prober;
  #state: ProxyState = DEFAULT_PROXY_STATE;
  #kept: ProxyChange = {};
  /** Settles when the last change that was asked for is decided. */
  #turn: Promise<unknown> = Promise.resolve();
  #isStopped = false;

  constructor(private readonly parts: ProxyControlParts) {
    const { random, tlsOptions, hooks } = parts;
    this.groups = new UpstreamGroups({ random, record: (fact) => hooks.record(fact) });
    this.#prober = new Prober({ random, tlsOptions });
  }

  get state(): ProxyState {
    return this.#state;
  }

  /** Before anything listens. Fails for what the flags say. */
  start({ kept, flags, report }: ProxyStart): Promise<Result<ProxyState>> {
    this.#kept = kept;
    return this.#inTurn(async () => {
      let state = this.#state;
      const { mode, ...others } = flags;
      for (const part of partsOf(kept, flags)) {
        const planned = await this.#plan(state, part);
        if (planned.ok) state = planned.value;
        else report(planned.error);
      }
      const asked = await this.#plan(state, others);
      if (!asked.ok) return asked;
      const planned = await this.#plan(asked.value, { mode: mode ?? kept.mode });
      if (!planned.ok && mode !== undefined) return planned;
      if (!planned.ok) report(planned.error);
      return ok(this.#putInForce(planned.ok ? planned.value : asked.value));
    });
  }

  change(change: ProxyChange): Promise<Result<ProxyState>> {
    return this.#inTurn(async () => {
      const planned = await this.#plan(this.#state, change);
      if (!planned.ok) return planned;
      this.#kept = mergeChange(this.#kept, change);
      this.parts.hooks.keep(this.#kept);
      return ok(this.#putInForce(planned.value));
    });
  }

  /** Fails with `CFG_PROXY` where a listener on that address would be passed its own requests. */
  mayListen(address: Address): Result<null> {
    return checkLoop(this.#state, address);
  }

  /** Of the mode in force: in others no server behind us is used. */
  upstreams(): readonly UpstreamView[] {
    return this.#state.mode === 'reverse' ? this.groups.views(this.parts.nowMs()) : [];
  }

  place(upstream: string, server: string, placement: Placement): Result<null> {
    return this.groups.place(upstream, server, placement, this.parts.nowMs());
  }

  ca(): Promise<Result<LocalCa>> {
    return this.#inTurn(async () => {
      const made = await this.parts.certificates.ca();
      if (made.ok && made.value.pem !== this.#state.ca?.pem) {
        this.#state = { ...this.#state, ca: made.value };
        this.parts.hooks.changed(this.#state);
      }
      return made;
    });
  }

  /** Nothing is checked and nothing is put in force any more. */
  stop(): void {
    this.#isStopped = true;
    this.#prober.stop();
  }

  #inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #plan(state: ProxyState, change: ProxyChange): Promise<Result<ProxyState>> {
    const { certificates, listener, hooks } = this.parts;
    const planned = await planChange(state, change, certificates);
    if (!planned.ok) return planned;
    const address = listener();
    const loop = address === null ? ok(null) : checkLoop(planned.value, address);
    if (!loop.ok) return loop;
    const prepared = await hooks.prepare(planned.value);
    return prepared.ok ? planned : prepared;
  }

  #putInForce(state: ProxyState): ProxyState {
    if (this.#isStopped) return this.#state;
    this.#state = state;
    this.groups.configure(state.config, this.parts.nowMs());
    this.#prober.configure(state.mode === 'reverse' ? this.groups.all : []);
    this.parts.hooks.apply(state, this.groups);
    this.parts.hooks.changed(state);
    return state;
  }
}
