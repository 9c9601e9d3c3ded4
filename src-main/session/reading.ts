/**
 * Whether the peer is read from; made the first time it is not. It is not while it leaves a reply untaken, while its
 * request waits for its turn, while nobody takes what it sends, nor once it has sent a request ahead of its turn. These
 * may overlap: reading goes on when the last of them is over.
 */
import type { SessionPort } from './port';

const OBSTACLES = { 'untaken-reply': 1, 'delayed-request': 2, 'untaken-request': 4, 'early-request': 8 } as const;
export type Obstacle = keyof typeof OBSTACLES;

export class Reading {
  /** The sum of what is in the way: a set would be the largest part of an idle connection's session. */
  #obstacles = 0;
  #pausedAtMs = 0;

  constructor(private readonly port: Pick<SessionPort, 'pauseReading' | 'resumeReading'>) {}

  has(obstacle: Obstacle): boolean {
    return (this.#obstacles & OBSTACLES[obstacle]) !== 0;
  }

  pause(obstacle: Obstacle, nowMs: number): void {
    const isPaused = this.#obstacles !== 0;
    this.#obstacles |= OBSTACLES[obstacle];
    if (isPaused) return;
    this.#pausedAtMs = nowMs;
    this.port.pauseReading();
  }

  /** How long nothing was read; 0 where something else is still in the way, or nothing was. */
  resume(obstacle: Obstacle, nowMs: number): number {
    if (this.#obstacles === 0) return 0;
    this.#obstacles &= ~OBSTACLES[obstacle];
    if (this.#obstacles !== 0) return 0;
    this.port.resumeReading();
    return nowMs - this.#pausedAtMs;
  }
}
