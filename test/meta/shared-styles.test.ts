/**
 * Stylesheets that several components share hold for the whole page: a component that has the same word for a class
 * of its own would look like something it is not.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PAGE_SOURCES, ROOT } from './source-files';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const COMPONENTS = PAGE_SOURCES.filter(({ path }) => path.endsWith('.svelte'));

const sheetsOf = ({ path, imports }: (typeof COMPONENTS)[number]): string[] =>
  imports.filter((name) => name.endsWith('.css')).map((name) => join(dirname(path), name));

/** The classes its rules begin with. */
function classesOf(sheet: string): string[] {
  const selectors = read(sheet)
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .matchAll(/([^{}]+)\{/g);
  return [...selectors].flatMap(([, list = '']) =>
    [...list.matchAll(/(?:^|,)\s*\.([\w-]+)/g)].map(([, name = '']) => name),
  );
}

/** All words that stand where a component names its classes. */
function wordsOf(path: string): Set<string> {
  const named = read(path).matchAll(/\bclass=("[^"]*"|\{(?:[^{}]|\{[^{}]*\})*\})|\bclass:([\w-]+)/g);
  return new Set([...named].flatMap(([, value = '', name = '']) => `${value} ${name}`.match(/[\w-]+/g) ?? []));
}

const OWNERS = new Map(
  [...new Set(COMPONENTS.flatMap(sheetsOf))].flatMap((sheet) => classesOf(sheet).map((name) => [name, sheet] as const)),
);

describe('a class of a shared stylesheet', () => {
  it('is found', () => {
    expect([...OWNERS.keys()]).toEqual(expect.arrayContaining(['floating', 'part-note', 'setting-box', 'byte-row']));
  });

  it('is used only where that stylesheet is imported', () => {
    const strangers = COMPONENTS.flatMap((component) => {
      const sheets = sheetsOf(component);
      return [...wordsOf(component.path)]
        .filter((word) => OWNERS.has(word) && !sheets.includes(OWNERS.get(word)!))
        .map((word) => `${component.path} uses .${word} of ${OWNERS.get(word)}`);
    });
    expect(strangers).toEqual([]);
  });
});
