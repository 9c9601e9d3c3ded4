import { describe, expect, it } from 'vitest';
import { nodeProblem } from '../../src-main/launch/node-version.mjs';
import { ROOT } from '../meta/source-files';

describe('the version of Node', () => {
  it.each(['20.19.0', '20.20.1', '22.0.0', '100.1.0'])('will do: %s', (version) => {
    expect(nodeProblem(ROOT, version)).toBeNull();
  });

  it.each(['20.18.3', '18.20.8', '9.99.0'])('is too old: %s', (version) => {
    expect(nodeProblem(ROOT, version)).toBe(`Node 20.19 or newer is needed; this is ${version}.`);
  });
});
