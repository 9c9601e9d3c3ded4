/** What the buckets cost: bytes in use after a collection, with and without them. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../../src-main/contract/settings';
import { BucketTable } from '../../src-main/guard/bucket-table';
import { RateLimiter } from '../../src-main/guard/rate-limiter';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function usedBytes(): number {
  for (let time = 0; time < 3; time += 1) collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const MIB = 1024 * 1024;
function costOf(build: () => unknown): number {
  const before = usedBytes();
  const built = build();
  const bytes = usedBytes() - before;
  // Still in use when it was weighed.
  expect(built).toBeDefined();
  return bytes;
}

describe('the buckets', () => {
  it('of 100,000 IPv6 clients cost less than 20 MB', () => {
    const policy = { ...DEFAULT_SETTINGS, bucketCapacity: 100, bucketRefillPerSec: 0.001 };
    const head = { method: 'GET', target: '/', fields: { get: () => null } };
    const word = (index: number) => (0x1000 + (index & 0x7fff)).toString(16);
    const cost = costOf(() => {
      const limiter = new RateLimiter(new Uint32Array([1, 2]));
      for (let index = 0; index < 100_000; index += 1) {
        const address = `2001:db8:85a3:1234:${word(index >> 8)}:8a2e:${word(index)}:7334`;
        limiter.take(Buffer.from(address).toString('latin1'), head, policy, index);
      }
      expect(limiter.size).toBe(100_000);
      return limiter;
    });
    expect(cost).toBeLessThan(20 * MIB);
  });

  // A slice keeps the text it was cut from: 5,000 of 16 KB are 80 MB.
  it('do not keep the heads their keys were cut from', () => {
    const cost = costOf(() => {
      const table = new BucketTable();
      for (let index = 0; index < 5_000; index += 1) {
        const target = Buffer.from(`/a-segment-of-some-length-${index}/${'x'.repeat(16_384)}`).toString('latin1');
        table.place(target.slice(0, target.indexOf('/', 1)), 1, 0);
      }
      return table;
    });
    expect(cost).toBeLessThan(8 * MIB);
  });
});
