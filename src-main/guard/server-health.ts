/**
 * The health of one upstream server. Three things decide together, and none knows of the others:
 *
 * - its active checks: well, or unhealthy after so many failures in a row, and back after so many successes;
 * - the requests it was sent: after so many faults in a row it is ejected for a while, then one request tries it;
 *   answered, it is back; failed, it stays out twice as long, up to a bound. How often it was ejected is forgotten once
 *   it has been back for as long as the longest time out;
 * - a person, who takes it out, drains it, or puts it in with a clean sheet.
 *
 * A server that comes back begins with a small part of its weight, which grows to the whole in `slowStartMs`: caches
 * are cold, and every client comes at once.
 *
 * Requests carry the epoch of the server they were sent to. An ejection begins a new one, so the replies and faults of
 * requests sent before it say nothing about the server since: one burst of faults ejects once.
 *
 * Time is an argument and no timer is needed: an ejection is over, and a slow start complete, because it is late.
 */
import type { EjectionConfig, FaultKind, UpstreamConfig } from '../contract/proxy-config';
import type { ChangeCause, HealthChange, Placement, ServerState } from '../contract/upstreams';

export type HealthRules = Pick<UpstreamConfig, 'healthCheck' | 'ejection' | 'slowStartMs'>;

/**
 * `begun`: the head of a reply came; it passes a trial, and says nothing yet against faults in a row, or a server that
 * cuts every reply short would never have two of them. `answered`: the reply is complete, or its connection now carries
 * another protocol. `aborted`: it ended without saying anything about the server, as when the client left.
 */
export type Outcome = 'begun' | 'answered' | 'aborted' | FaultKind;

/** A slow start begins here: with nothing, a server would wait for its first request until others are busy. */
export const MIN_WEIGHT_SHARE = 0.05;

const FAULT_WORDS: Readonly<Record<FaultKind, readonly [one: string, many: string]>> = {
  connect: ['connect failure', 'connect failures'],
  timeout: ['timeout', 'timeouts'],
  closed: ['reply cut short', 'replies cut short'],
  malformed: ['malformed reply', 'malformed replies'],
  status: ['5xx reply', '5xx replies'],
};

/** `500 ms`, `4 s`, `1.5 s`, `2 min` */
export function spoken(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  return ms < 120_000 ? `${Math.round(ms / 100) / 10} s` : `${Math.round(ms / 6_000) / 10} min`;
}

const inARow = (count: number, one: string, many: string): string =>
  count === 1 ? `1 ${one}` : `${count} ${many} in a row`;

const NEVER = Number.NEGATIVE_INFINITY;

export class ServerHealth {
  #rules: HealthRules;
  #placement: Placement;
  #isUnhealthy = false;
  #checksInRow = 0;
  #didLastCheckPass = true;
  #faultsInRow = 0;
  #lastFault: FaultKind | null = null;
  #areFaultsAlike = true;
  #isEjected = false;
  #isWithheld = false;
  #ejectedUntilMs = NEVER;
  #ejections = 0;
  #isOnTrial = false;
  #returnedAtMs = NEVER;
  #epoch = 0;
  #last: HealthChange | null = null;

  constructor(rules: HealthRules, placement: Placement) {
    this.#rules = rules;
    this.#placement = placement;
  }

  /** What a request sent now carries, to be given back with its outcome. */
  get epoch(): number {
    return this.#epoch;
  }

  get placement(): Placement {
    return this.#placement;
  }

  get isEjected(): boolean {
    return this.#isEjected;
  }

  get lastChange(): HealthChange | null {
    return this.#last;
  }

  /** When an ejected server is tried again; null where it is not ejected. */
  get retryAtMs(): number | null {
    return this.#isEjected ? this.#ejectedUntilMs : null;
  }

  /** May a new request go there? */
  takes(nowMs: number): boolean {
    if (this.#placement !== 'in' || this.#isUnhealthy) return false;
    return !this.#isEjected || (nowMs >= this.#ejectedUntilMs && !this.#isOnTrial);
  }

  /** How much of its weight counts. A trial counts whole, so that its turn comes. */
  weightShare(nowMs: number): number {
    const sinceMs = nowMs - this.#returnedAtMs;
    if (sinceMs >= this.#rules.slowStartMs || this.#isEjected) return 1;
    return Math.max(MIN_WEIGHT_SHARE, sinceMs / this.#rules.slowStartMs);
  }

  stateAt(nowMs: number): ServerState {
    if (this.#placement !== 'in') return this.#placement === 'out' ? 'out' : 'draining';
    if (this.#isUnhealthy) return 'unhealthy';
    if (this.#isEjected) return nowMs < this.#ejectedUntilMs ? 'ejected' : 'trial';
    return nowMs - this.#returnedAtMs < this.#rules.slowStartMs ? 'slow-start' : 'in';
  }

  /** A request is sent there. The first one after an ejection is its trial. */
  begin(nowMs: number): HealthChange | null {
    if (!this.#isEjected || nowMs < this.#ejectedUntilMs || this.#isOnTrial) return null;
    this.#isOnTrial = true;
    return this.#note('ejected', nowMs, 'trial', 'its time is over; one request tries it');
  }

  /** A request is over. One that said nothing frees the trial for another. */
  end(epoch: number): void {
    if (epoch === this.#epoch) this.#isOnTrial = false;
  }

  /**
   * What a request said about the server; may come more than once, as when a reply began and was cut later.
   *
   * @param whyNot Why the server may not be ejected, as the rest of a sentence; null where it may. Asked only then.
   */
  outcome(outcome: Outcome, epoch: number, nowMs: number, whyNot: () => string | null): HealthChange | null {
    if (epoch !== this.#epoch || outcome === 'aborted') return null;
    const { ejection } = this.#rules;
    if (ejection === null) return null;
    if (outcome === 'begun') return this.#passTrial(nowMs);
    if (outcome !== 'answered' && ejection.faults.includes(outcome)) {
      return this.#fault(outcome, ejection, nowMs, whyNot);
    }
    // Of the faults that are not counted, a 5xx is an answer all the same; the others say neither.
    if (outcome !== 'answered' && outcome !== 'status') return null;
    this.#faultsInRow = 0;
    this.#isWithheld = false;
    return this.#passTrial(nowMs);
  }

  /** An active check passed or failed; `told` is what it met (`503`, `connection refused`). */
  probed(passed: boolean, told: string, nowMs: number): HealthChange | null {
    const rules = this.#rules.healthCheck;
    if (rules === null) return null;
    this.#checksInRow = passed === this.#didLastCheckPass ? this.#checksInRow + 1 : 1;
    this.#didLastCheckPass = passed;
    // It is where it belongs, or has not been elsewhere for long enough.
    if (passed !== this.#isUnhealthy) return null;
    if (this.#checksInRow < (passed ? rules.healthyAfter : rules.unhealthyAfter)) return null;
    const before = this.stateAt(nowMs);
    const checks = inARow(this.#checksInRow, 'check', 'checks');
    this.#isUnhealthy = !passed;
    if (!passed) return this.#note(before, nowMs, 'check', `${checks} failed (${told})`);
    this.#return(nowMs);
    return this.#note(before, nowMs, 'check', `${checks} passed${this.#growth()}`);
  }

  /** A person says where it is. Putting it in forgets what was held against it. */
  place(placement: Placement, nowMs: number): HealthChange | null {
    const before = this.stateAt(nowMs);
    if (placement === this.#placement && placement !== 'in') return null;
    this.#placement = placement;
    if (placement !== 'in') {
      return this.#note(before, nowMs, 'person', placement === 'out' ? 'taken out by hand' : 'draining by hand');
    }
    if (before === 'in' || before === 'slow-start') return null;
    this.#isUnhealthy = false;
    this.#checksInRow = 0;
    this.#ejections = 0;
    this.#return(nowMs);
    return this.#note(before, nowMs, 'person', `put in by hand${this.#growth()}`);
  }

  /** Other rules from now on. What a rule that is gone held against the server is gone with it. */
  configure(rules: HealthRules, placement: Placement | null, nowMs: number): HealthChange | null {
    const before = this.stateAt(nowMs);
    const wasHeld = this.#isUnhealthy || this.#isEjected;
    this.#rules = rules;
    if (rules.healthCheck === null) this.#isUnhealthy = false;
    if (rules.ejection === null) this.#isEjected = false;
    if (wasHeld && !this.#isUnhealthy && !this.#isEjected) this.#return(nowMs);
    if (placement !== null) this.#placement = placement;
    return this.stateAt(nowMs) === before ? null : this.#note(before, nowMs, 'configuration', 'as configured anew');
  }

  /** Without a trial, it was sent to a server known to be sick because all were; the answer counts as much. */
  #passTrial(nowMs: number): HealthChange | null {
    if (!this.#isEjected) return null;
    const before = this.stateAt(nowMs);
    this.#return(nowMs);
    return this.#note(before, nowMs, 'trial', `a request was answered${this.#growth()}`);
  }

  #fault(kind: FaultKind, rules: EjectionConfig, nowMs: number, whyNot: () => string | null): HealthChange | null {
    if (this.#isEjected) {
      if (!this.#isOnTrial) return null;
      return this.#eject(rules, nowMs, 'trial', `the trial failed (${FAULT_WORDS[kind][0]})`);
    }
    this.#areFaultsAlike = this.#faultsInRow === 0 || (this.#areFaultsAlike && kind === this.#lastFault);
    this.#faultsInRow += 1;
    this.#lastFault = kind;
    if (this.#faultsInRow < rules.consecutiveFaults) return null;
    const reason = this.#faultText(kind);
    const obstacle = whyNot();
    if (obstacle === null) {
      if (nowMs - this.#returnedAtMs >= rules.maxBackoffMs) this.#ejections = 0;
      return this.#eject(rules, nowMs, 'faults', reason);
    }
    if (this.#isWithheld) return null;
    this.#isWithheld = true;
    return this.#note(this.stateAt(nowMs), nowMs, 'faults', `${reason}; not ejected: ${obstacle}`);
  }

  #faultText(kind: FaultKind): string {
    const [one, many] = FAULT_WORDS[kind];
    if (this.#areFaultsAlike) return inARow(this.#faultsInRow, one, many);
    return `${this.#faultsInRow} faults in a row, the last a ${one}`;
  }

  #eject(rules: EjectionConfig, nowMs: number, cause: ChangeCause, reason: string): HealthChange | null {
    const before = this.stateAt(nowMs);
    const outMs = Math.min(rules.maxBackoffMs, rules.backoffMs * 2 ** Math.min(this.#ejections, 30));
    this.#ejections += 1;
    this.#isEjected = true;
    this.#ejectedUntilMs = nowMs + outMs;
    this.#forget();
    return this.#note(before, nowMs, cause, `${reason}; tried again in ${spoken(outMs)}`);
  }

  #return(nowMs: number): void {
    this.#isEjected = false;
    this.#returnedAtMs = nowMs;
    this.#forget();
  }

  /** Requests under way say nothing from here on. */
  #forget(): void {
    this.#faultsInRow = 0;
    this.#isWithheld = false;
    this.#isOnTrial = false;
    this.#epoch += 1;
  }

  #growth(): string {
    return this.#rules.slowStartMs === 0 ? '' : `; its share grows over ${spoken(this.#rules.slowStartMs)}`;
  }

  /** What happens to a server that a person holds back does not show until it is put in. */
  #note(from: ServerState, atMs: number, cause: ChangeCause, reason: string): HealthChange | null {
    const isHeldBack = this.#placement !== 'in' && cause !== 'person' && cause !== 'configuration';
    if (isHeldBack) return null;
    this.#last = { atMs, from, to: this.stateAt(atMs), cause, reason };
    return this.#last;
  }
}
