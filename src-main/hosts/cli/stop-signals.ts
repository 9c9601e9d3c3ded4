/** Ctrl+C and its relatives. */

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** One Ctrl+C under npm arrives twice, from the terminal and from npm; a person is slower than this. */
const SAME_KEYPRESS_MS = 200;

export interface StopHandlers {
  readonly first: () => void;
  readonly second: () => void;
}

/** Returns a function that stops listening. */
export function onStopSignals(source: NodeJS.EventEmitter, { first, second }: StopHandlers): () => void {
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
  for (const signal of SIGNALS) source.on(signal, onSignal);
  return () => {
    for (const signal of SIGNALS) source.off(signal, onSignal);
  };
}
