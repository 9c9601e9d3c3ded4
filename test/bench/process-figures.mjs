/** What the kernel says of a process, whatever it is written in. Of Linux alone. */
import { readFileSync } from 'node:fs';

/** As all Linux has it for programs (sysconf(_SC_CLK_TCK)). */
const TICKS_PER_SEC = 100;
const MICROSECONDS = 1e6;

/** Bytes in memory at this moment, garbage included. */
export function residentBytes(/** @type {number} */ pid) {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1024;
}

/** Microseconds of processor time of all its threads so far. */
export function processorTimeOf(/** @type {number} */ pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The name, in brackets, may hold anything; utime and stime are the 14th and 15th value.
  const values = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(values[11]) + Number(values[12])) / TICKS_PER_SEC) * MICROSECONDS;
}
