import { expect, it } from 'vitest';
import { fuzzParser } from '../fuzz/fuzz-parser';

it('tells 20,000 mutated inputs the same at every cut', () => {
  const { finding, faults, inputs } = fuzzParser({ inputs: 20_000, seed: 20_261_122 });
  expect(finding).toBeNull();
  // Neither all refused nor all taken: the mutations reach both sides of the rules.
  expect(faults).toBeGreaterThan(inputs / 10);
  expect(faults).toBeLessThan(inputs);
}, 60_000);
