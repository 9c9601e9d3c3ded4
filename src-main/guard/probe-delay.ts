/** When a server is checked next. */
import type { HealthCheckConfig } from '../contract/proxy-config';

/** Until the first check: spread over an interval, so that a thousand servers are not all asked at the start. */
export const firstProbeDelayMs = ({ intervalMs }: HealthCheckConfig, random: () => number): number =>
  random() * intervalMs;

/** From the start of one check to the start of the next: the interval, longer or shorter by up to the jitter. */
export const nextProbeDelayMs = ({ intervalMs, jitterShare }: HealthCheckConfig, random: () => number): number =>
  intervalMs * (1 + jitterShare * (2 * random() - 1));
