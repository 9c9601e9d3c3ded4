import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './source-files';

const readJson = (name: string) => JSON.parse(readFileSync(join(ROOT, name), 'utf8')) as unknown;

const manifest = readJson('package.json') as Record<'dependencies' | 'devDependencies', Record<string, string>>;
const lock = readJson('package-lock.json') as { packages: Record<string, { version?: string; resolved?: string }> };
const wanted = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });

describe('the dependencies', () => {
  it('are pinned to one version each', () => {
    expect(wanted.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  it('are locked at the version they are pinned to', () => {
    expect(wanted.filter(([name, version]) => lock.packages[`node_modules/${name}`]?.version !== version)).toEqual([]);
  });

  it('are all bundled, so that out/ runs without node_modules', () => {
    expect(manifest.dependencies ?? {}).toEqual({});
  });
});
