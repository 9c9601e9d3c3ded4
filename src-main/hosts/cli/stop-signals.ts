/** Ctrl+C and its relatives. */

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** One Ctrl+C under npm arrives twice, from the terminal and from npm; a person is slower than this. */
const SAME_KEYPRESS_MS = 200;

export interface StopHandlers {
  readonly first: () => void;
  readonly second: () => void;
  /**
   * What a hangup (SIGHUP) is taken for first: by the custom of servers, a wish to read the configuration again. False:
   * there is nothing to read, so it stops the program, as a terminal that is closed means it.
   */
  readonly hungUp: () => boolean;
}

/** Returns a function that stops listening. */
export function onStopSignals(source: NodeJS.EventEmitter, { first, second, hungUp }: StopHandlers): () => void {
  let stoppedAtMs: number | null = null;
  const onSignal = (): void => {
    const nowMs = performance.now();
    if (stoppedAtMs === null) {
      stoppedAtMs = nowMs;
      first();
    } else if (nowMs - stoppedAtMs > SAME_KEYPRESS_MS) {
      second();
    }
  };
  const onHangup = (): void => {
    if (stoppedAtMs !== null || !hungUp()) onSignal();
  };
  const listenerOf = (signal: string) => (signal === 'SIGHUP' ? onHangup : onSignal);
  for (const signal of SIGNALS) source.on(signal, listenerOf(signal));
  return () => {
    for (const signal of SIGNALS) source.off(signal, listenerOf(signal));
  };
}
