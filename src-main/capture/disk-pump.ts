/**
 * Carries out what the journal asks of the disk, one job after the other, so that the order on disk is the order of
 * asking. A write that fails is tried again until it succeeds: what was taken in is not lost to a full disk that is
 * cleared in time. How much waits is bounded by who hands in slabs.
 */
import type { Failure } from '../contract/errors';

/** How long a failed write waits before it is tried again. */
const RETRY_MS = 1_000;

export type DiskJob = () => Promise<void>;

export class DiskPump {
  readonly #jobs: DiskJob[] = [];
  #running: Promise<void> | null = null;
  #isFailing = false;
  #isClosing = false;
  #endWait: () => void = () => undefined;
  /** Who waits in `settled`: let go by the end of the work, or by a failure. */
  #waiting: (() => void)[] = [];

  constructor(private readonly report: (failure: Failure) => void) {}

  do(job: DiskJob): void {
    this.#jobs.push(job);
    this.#running ??= this.#run();
  }

  /** Did the last try of a job fail? */
  get isFailing(): boolean {
    return this.#isFailing;
  }

  /** Resolves when everything asked for so far is on disk; at once while writes fail. */
  settled(): Promise<void> {
    if (this.#isFailing || this.#running === null) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Tries what is left once more, then gives up on it. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#endWait();
    await this.#running;
  }

  async #run(): Promise<void> {
    for (let job = this.#jobs[0]; job !== undefined; job = this.#jobs[0]) {
      const done = await this.#try(job);
      if (done || this.#isClosing) this.#jobs.shift();
      else await this.#wait();
    }
    this.#running = null;
    this.#release();
  }

  async #try(job: DiskJob): Promise<boolean> {
    try {
      await job();
      this.#isFailing = false;
      return true;
    } catch (error) {
      if (!this.#isFailing) this.report({ code: 'CAP_WRITE_FAILED', detail: { reason: reasonOf(error) } });
      this.#isFailing = true;
      this.#release();
      return false;
    }
  }

  #release(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #wait(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, RETRY_MS);
      this.#endWait = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}
