/**
 * Loaded into a server with `--import`: answers its parent's messages with the memory it holds after garbage is
 * collected, with the processor time it has used, or with the longest time its loop was held since the last question.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Off until it is asked for: it costs a timer. */
const RESOLUTION_MS = 1;
/** @type {ReturnType<typeof monitorEventLoopDelay> | null} */
let delays = null;

function longestHold() {
  const { max = 0 } = delays ?? {};
  delays ??= monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  delays.reset();
  return max / 1e6;
}

process.on('message', (asked) => {
  if (asked === 'cpu') return void process.send?.(process.cpuUsage());
  if (asked === 'hold') return void process.send?.(longestHold());
  for (let pass = 0; pass < 3; pass += 1) globalThis.gc?.();
  process.send?.(process.memoryUsage());
});
process.channel?.unref();
