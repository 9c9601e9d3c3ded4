/**
 * Loaded into a server with `--import`: answers its parent's messages with the memory it holds after garbage is
 * collected, or with the processor time it has used.
 */
process.on('message', (asked) => {
  if (asked === 'cpu') return void process.send?.(process.cpuUsage());
  for (let pass = 0; pass < 3; pass += 1) globalThis.gc?.();
  process.send?.(process.memoryUsage());
});
process.channel?.unref();
