/**
 * What comes from the client: how much, since when more is waited for, whether it is read, and the desk it is read at,
 * which is lent while a request is under way.
 */
import { giveBack, lendDesk, type Desk } from './desk';
import type { ServerState, SessionPort } from './port';
import { Reading, type Obstacle } from './reading';

const OF_REQUESTS = ['delayed-request', 'untaken-request', 'early-request'] as const;

export class Inbound {
  /** Received so far. */
  bytes = 0;
  /** Heads taken so far. */
  requests = 0;
  #desk: Desk | null = null;
  /** While there is no desk. */
  #waitingSinceMs = 0;
  #reading: Reading | null = null;

  constructor(
    private readonly port: SessionPort,
    private readonly server: ServerState,
  ) {}

  /** Null: at rest between two requests, or before the first one. */
  get desk(): Desk | null {
    return this.#desk;
  }

  /** Lent where there is none, and kept until `rest`. */
  atDesk(): Desk {
    this.#desk ??= lendDesk(this.server, this.bytes, this.#waitingSinceMs, this.requests === 0);
    return this.#desk;
  }

  /** Gives the desk back, unless something of a message was seen. */
  rest(): void {
    const desk = this.#desk;
    if (desk === null || !desk.parser.isAtRest) return;
    this.#waitingSinceMs = desk.clock.waitingSinceMs;
    this.#desk = null;
    giveBack(desk);
  }

  /** From now on a request, or progress of a reply, is waited for. */
  waits(nowMs: number): void {
    if (this.#desk === null) this.#waitingSinceMs = nowMs;
    else this.#desk.clock.waits(nowMs);
  }

  /** Nothing was read for so long, until then: what the client could not send is not its delay. */
  skip(ms: number, untilMs = Infinity): void {
    if (this.#desk === null) this.#waitingSinceMs = Math.min(untilMs, this.#waitingSinceMs + ms);
    else this.#desk.clock.skip(ms, untilMs);
  }

  /** Is nothing read because the server does not take it, or is not there? */
  get isUntaken(): boolean {
    return this.#reading?.has('untaken-request') === true;
  }

  pause(obstacle: Obstacle, nowMs: number): void {
    this.#reading ??= new Reading(this.port);
    this.#reading.pause(obstacle, nowMs);
  }

  resume(obstacle: Obstacle, nowMs: number): void {
    this.skip(this.#reading?.resume(obstacle, nowMs) ?? 0, nowMs);
  }

  /** Whatever comes is dropped from now on: it has not to wait for its turn, nor for anybody to take it. */
  drop(nowMs: number): void {
    for (const obstacle of OF_REQUESTS) this.resume(obstacle, nowMs);
  }
}
