/**
 * The fields that tell a server where a request came from: X-Forwarded-For, -Proto, -Host, -Port (nobody's standard) and
 * Forwarded (RFC 7239). Whether the peer may be believed is decided by whoever makes the plan. A trusted one is put at
 * the end of what it said; of any other nothing is passed on, under no name that a server might read it by.
 */
import type { Fields } from './events';
import { appendAddress, appendElement } from './forwarded-chain';
import { elementOf, type HopText } from './forwarded-element';
import { settle, type FieldReason, type FieldSink, type OwnLines } from './forwarded-fields';
import { ownLines } from './head-text';
import type { FieldRole } from './hop-fields';

export interface ForwardedPlan {
  readonly hop: HopText;
  /** May the peer say where a request came from? */
  readonly trusted: boolean;
  readonly writesXForwarded: boolean;
  readonly writesForwarded: boolean;
}

type Chain = 'x-forwarded-for' | 'forwarded';
type Fact = 'x-forwarded-proto' | 'x-forwarded-host' | 'x-forwarded-port';

const isFact = (role: FieldRole): role is Fact =>
  role === 'x-forwarded-proto' || role === 'x-forwarded-host' || role === 'x-forwarded-port';
const isChain = (role: FieldRole): role is Chain => role === 'x-forwarded-for' || role === 'forwarded';

const NAMES = {
  'x-forwarded-for': 'X-Forwarded-For',
  'x-forwarded-proto': 'X-Forwarded-Proto',
  'x-forwarded-host': 'X-Forwarded-Host',
  'x-forwarded-port': 'X-Forwarded-Port',
  forwarded: 'Forwarded',
} as const;

/** One bit for each. */
const BITS = {
  'x-forwarded-for': 1,
  'x-forwarded-proto': 2,
  'x-forwarded-host': 4,
  'x-forwarded-port': 8,
  forwarded: 16,
} as const;

const ORDER = ['x-forwarded-for', 'forwarded', 'x-forwarded-proto', 'x-forwarded-host', 'x-forwarded-port'] as const;

/** What was told last by a plan: most requests on a connection are for one host, and bring none of these lines. */
interface Told {
  readonly host: string | null;
  /** Made where the host is the same a second time. */
  lines: OwnLines | null;
}
const told = new WeakMap<ForwardedPlan, Told>();

/** Of one request: what its lines became, and which of ours are still to be written. */
export class ForwardedFields {
  /** Those that stand in the head by now. */
  #written = 0;

  constructor(
    private readonly fields: Fields,
    private readonly plan: ForwardedPlan,
    /** Who the request is for, as the client said it; null where it did not. */
    private readonly host: string | null,
    private readonly sink: FieldSink,
  ) {}

  /** A line with one of the roles above, or a `claim`. */
  take(role: FieldRole, line: number): void {
    if (isChain(role) && this.#writes(role)) this.#takeChain(role, line);
    else if (this.plan.trusted) this.#keep(role, line);
    else if (isFact(role) && this.#writes(role)) this.#replace(role, line, 'untrusted');
    else this.sink.removed(line, 'untrusted');
  }

  /** Writes those of ours that had no line of that name to stand in. */
  finish(): void {
    const known = this.#written === 0 ? this.#known() : null;
    if (known !== null) this.sink.addedAll(known, 'hop-appended');
    else for (const [name, value] of this.#missing()) this.sink.added(name, value, 'hop-appended');
  }

  /** Null: not worth it, for the host is another than the last time. */
  #known(): OwnLines | null {
    const { plan, host } = this;
    const last = told.get(plan);
    if (last?.host === host) return (last.lines ??= ownLines(this.#missing()));
    told.set(plan, { host, lines: null });
    return null;
  }

  #missing(): (readonly [name: string, value: string])[] {
    const pairs: (readonly [name: string, value: string])[] = [];
    for (const role of ORDER) {
      const value = this.#writes(role) && !this.#isWritten(role) ? this.#ours(role) : null;
      if (value !== null) pairs.push([NAMES[role], value]);
    }
    return pairs;
  }

  #isWritten(role: Chain | Fact): boolean {
    return (this.#written & BITS[role]) !== 0;
  }

  #note(role: Chain | Fact): void {
    this.#written |= BITS[role];
  }

  #writes(role: Chain | Fact): boolean {
    return role === 'forwarded' ? this.plan.writesForwarded : this.plan.writesXForwarded;
  }

  #keep(role: FieldRole, line: number): void {
    if (isFact(role)) this.#note(role);
    this.sink.kept(line, 'end-to-end');
  }

  #takeChain(role: Chain, line: number): void {
    if (!this.plan.trusted) return this.#replace(role, line, 'untrusted');
    if (this.#isWritten(role)) return this.sink.removed(line, 'hop-appended');
    const lines = this.fields.all(role);
    const ours = this.#ours(role)!;
    const chain = role === 'forwarded' ? appendElement(lines, ours) : appendAddress(lines, ours);
    if (chain === null) return this.#replace(role, line, 'malformed');
    this.#note(role);
    this.sink.changed(line, chain, 'hop-appended');
  }

  /** Ours in the place of the first line; the others go. */
  #replace(role: Chain | Fact, line: number, why: FieldReason): void {
    const value = this.#isWritten(role) ? null : this.#ours(role);
    if (value === null) return this.sink.removed(line, why);
    this.#note(role);
    settle(this.fields, line, value, why, this.sink);
  }

  #ours(role: Chain | Fact): string | null {
    const { hop } = this.plan;
    switch (role) {
      case 'x-forwarded-for':
        return hop.client;
      case 'x-forwarded-proto':
        return hop.proto;
      case 'x-forwarded-port':
        return hop.port;
      case 'x-forwarded-host':
        return this.host === '' ? null : this.host;
      case 'forwarded':
        return elementOf(hop, this.host);
    }
  }
}
