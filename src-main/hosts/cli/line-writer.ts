/**
 * Lines to a stream that may not keep up. What waits is bounded: beyond that lines are dropped and counted, and the
 * count is told as soon as there is room. Lines of one turn leave in one write.
 */

/** Characters that wait while the reader does not read. */
export const MAX_WAITING_CHARACTERS = 4 * 1024 * 1024;
/** How long the end of the program waits for a reader that has stopped reading. */
const FINISH_WAIT_MS = 500;

export interface LineWriterOptions {
  readonly stream: NodeJS.WritableStream;
  /** The line that tells how many were dropped. */
  readonly tellDropped: (count: number) => string;
  /** Nobody reads any more (`serve | head`). */
  readonly onGone: () => void;
}

export class LineWriter {
  #waiting: string[] = [];
  #waitingCharacters = 0;
  #dropped = 0;
  #isScheduled = false;
  #isBlocked = false;
  #isGone = false;
  #onIdle: (() => void) | null = null;

  constructor(private readonly options: LineWriterOptions) {
    options.stream.on('drain', () => {
      this.#isBlocked = false;
      this.#flush();
    });
    options.stream.on('error', () => {
      this.#isGone = true;
      this.#onIdle?.();
      options.onGone();
    });
  }

  write(line: string): void {
    if (this.#isGone) return;
    if (this.#waitingCharacters + line.length > MAX_WAITING_CHARACTERS) {
      this.#dropped += 1;
      return;
    }
    this.#waiting.push(line);
    this.#waitingCharacters += line.length;
    if (this.#isScheduled || this.#isBlocked) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#flush();
    });
  }

  /** Resolves when everything is written, or when the reader has had its time. */
  finish(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, FINISH_WAIT_MS);
      this.#onIdle = () => {
        clearTimeout(timer);
        resolve();
      };
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#isBlocked || this.#isGone) return;
    if (this.#waiting.length > 0) {
      if (this.#dropped > 0) this.#waiting.push(this.options.tellDropped(this.#dropped));
      const text = `${this.#waiting.join('\n')}\n`;
      this.#waiting = [];
      this.#waitingCharacters = 0;
      this.#dropped = 0;
      this.#isBlocked = !this.options.stream.write(text);
    }
    if (!this.#isBlocked) this.#onIdle?.();
  }
}
