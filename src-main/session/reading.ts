/**
 * Whether the client is read from. It is not while it leaves a reply untaken, nor while its request waits for its
 * turn, and these may overlap: reading goes on when the last of them is over.
 */
import type { SessionPort } from './port';

type Obstacle = 'untaken-reply' | 'delayed-request';

export class Reading {
  readonly #obstacles = new Set<Obstacle>();
  #pausedAtMs = 0;

  constructor(private readonly port: Pick<SessionPort, 'pauseReading' | 'resumeReading'>) {}

  pause(obstacle: Obstacle, nowMs: number): void {
    const isPaused = this.#obstacles.size > 0;
    this.#obstacles.add(obstacle);
    if (isPaused) return;
    this.#pausedAtMs = nowMs;
    this.port.pauseReading();
  }

  /** How long nothing was read; 0 where something else is still in the way, or nothing was. */
  resume(obstacle: Obstacle, nowMs: number): number {
    if (!this.#obstacles.delete(obstacle) || this.#obstacles.size > 0) return 0;
    this.port.resumeReading();
    return nowMs - this.#pausedAtMs;
  }
}
