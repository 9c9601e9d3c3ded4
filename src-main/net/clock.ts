/** The one clock of the engine: Unix epoch milliseconds with a fraction, which never run backwards. */
import { performance } from 'node:perf_hooks';

export const nowMs = (): number => performance.timeOrigin + performance.now();
