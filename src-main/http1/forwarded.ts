/**
 * The fields that tell a server where a request came from: X-Forwarded-For, -Proto, -Host, -Port (nobody's standard) and
 * Forwarded (RFC 7239). Whether the peer may be believed is decided by whoever makes the plan. A trusted one is put at
 * the end of what it said; of any other nothing is passed on, under no name that a server might read it by.
 */
import type { Fields } from './events';
import { appendAddress, appendElement } from './forwarded-chain';
import { elementOf, type HopText } from './forwarded-element';
import { settle, type FieldReason, type FieldSink } from './forwarded-fields';
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
    for (const role of ORDER) this.#addMissing(role);
  }

  #addMissing(role: Chain | Fact): void {
    if (!this.#writes(role) || this.#isWritten(role)) return;
    const value = this.#ours(role);
    if (value !== null) this.sink.added(NAMES[role], value, 'hop-appended');
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
