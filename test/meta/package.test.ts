import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './source-files';

const readJson = (name: string) => JSON.parse(readFileSync(join(ROOT, name), 'utf8')) as unknown;

const manifest = readJson('package.json') as Record<'dependencies' | 'devDependencies', Record<string, string>>;
interface Locked {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
const lock = readJson('package-lock.json') as { packages: Record<string, Locked> };
const wanted = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });

/** Looked for as Node does: in the package's own folder, then in those around it. */
function isLocked(name: string, from: string): boolean {
  if (lock.packages[`${from === '' ? '' : `${from}/`}node_modules/${name}`] !== undefined) return true;
  return from !== '' && isLocked(name, from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/'))));
}

describe('the dependencies', () => {
  it('are pinned to one version each', () => {
    expect(wanted.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  it('are locked at the version they are pinned to', () => {
    expect(wanted.filter(([name, version]) => lock.packages[`node_modules/${name}`]?.version !== version)).toEqual([]);
  });

  it('of dependencies are all locked, optional ones too, or npm ci refuses to install a fresh clone', () => {
    const missing = Object.entries(lock.packages).flatMap(([path, { dependencies, optionalDependencies }]) =>
      Object.keys({ ...dependencies, ...optionalDependencies })
        .filter((name) => !isLocked(name, path))
        .map((name) => `${path} wants ${name}`),
    );
    expect(missing).toEqual([]);
  });

  it('are all bundled, so that out/ runs without node_modules', () => {
    expect(manifest.dependencies ?? {}).toEqual({});
  });
});
