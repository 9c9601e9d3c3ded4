/** Ending in good order: whoever asks to quit, the engine closes first, once, and within a bound. */
import { app } from 'electron';

/** Requests under way get this long. */
const GRACE_MS = 3_000;
/** Then the program ends, whatever still hangs. */
const LIMIT_MS = GRACE_MS + 1_500;

/** `close` gets the grace it may take. */
export function closeBeforeQuit(close: (graceMs: number) => Promise<void>): void {
  let state: 'open' | 'closing' | 'closed' = 'open';
  const finish = () => {
    state = 'closed';
    app.quit();
  };
  app.on('before-quit', (event) => {
    if (state === 'closed') return;
    event.preventDefault();
    if (state === 'closing') return;
    state = 'closing';
    setTimeout(() => app.exit(1), LIMIT_MS).unref();
    close(GRACE_MS).then(finish, finish);
  });
}
