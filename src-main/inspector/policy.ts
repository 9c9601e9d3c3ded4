/** The policy all sessions share: the settings in force, what they add up to, and what is counted under them. */
import type { ReplyMode } from '../contract/engine';
import type { Settings } from '../contract/settings';
import { Admission } from '../guard/admission';
import { GuardGauges } from '../guard/gauges';
import { HeldBytes } from '../guard/held-bytes';
import { RateLimiter } from '../guard/rate-limiter';
import type { ParserLimits } from '../http1/events';
import { rateFields } from '../responder/rate-fields';
import { refusal } from '../responder/refusal';
import { route } from '../responder/responder';
import { budgetOf, replyBudgetOf } from '../session/budget';
import type { Responder, ServerState } from '../session/port';
import type { Router } from '../session/router';
import type { TlsEnds } from '../session/tls-ends';
import type { UpstreamConnections } from '../session/upstream-port';

/** Before there is anything to connect with. */
const NO_UPSTREAMS: UpstreamConnections = { acquire: () => undefined, open: () => undefined };

const NO_TLS_ENDS: TlsEnds = {
  takeOff: () => ({ code: 'TLS_CLIENT_FAILED', detail: { reason: 'there is nothing to show yet' } }),
};

/** Unlike that of any other Bytescope on the way of a request. */
const pseudonymOf = ([number = 0]: Uint32Array): string => `bytescope-${number.toString(36)}`;

export class PolicyInForce implements ServerState {
  readonly admission = new Admission();
  readonly buckets = new RateLimiter(crypto.getRandomValues(new Uint32Array(2)));
  readonly gauges = new GuardGauges();
  readonly held = new HeldBytes();
  readonly responder: Responder;
  readonly pseudonym = pseudonymOf(crypto.getRandomValues(new Uint32Array(1)));
  router: Router | null = null;
  upstreams: UpstreamConnections = NO_UPSTREAMS;
  tlsEnds: TlsEnds = NO_TLS_ENDS;
  #replyLimits: ParserLimits;
  #settings: Settings;
  #limits: ParserLimits;

  constructor(
    settings: Settings,
    replyMode: ReplyMode,
    readonly startedAtMs = 0,
  ) {
    this.#settings = settings;
    this.#limits = budgetOf(settings);
    this.#replyLimits = replyBudgetOf(settings);
    this.responder = { route: (head) => route(head, replyMode), refusal, rateFields };
  }

  get settings(): Settings {
    return this.#settings;
  }

  get limits(): ParserLimits {
    return this.#limits;
  }

  /** Of what servers behind us send. */
  get replyLimits(): ParserLimits {
    return this.#replyLimits;
  }

  change(settings: Settings): void {
    this.#settings = settings;
    this.#limits = budgetOf(settings);
    this.#replyLimits = replyBudgetOf(settings);
  }
}
