/** Reads the colours of both themes and computes the contrast of everything that is text (WCAG 2.2, 1.4.3). */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

type Colour = readonly [number, number, number];

const css = readFileSync(resolve(import.meta.dirname, '../../src-renderer/theme.css'), 'utf8');
const TEXT_ROLES = [
  'text',
  'muted',
  'faint',
  'accent',
  'ok',
  'warn',
  'bad',
  'el-method',
  'el-target',
  'el-version',
  'el-name',
  'el-value',
  'el-delim',
  'el-chunk',
  'el-body',
  'el-error',
];

function coloursOf(theme: string): Map<string, Colour> {
  const block = css.slice(css.indexOf(`[data-theme='${theme}']`)).split('}')[0] ?? '';
  const found = block.matchAll(/--([\w-]+): #([0-9a-f]{6});/g);
  return new Map(
    [...found].map(([, name = '', hex = '']) => [
      name,
      [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255) as unknown as Colour,
    ]),
  );
}

const mix = (a: Colour, b: Colour, share: number) =>
  a.map((value, index) => value * share + (b[index] as number) * (1 - share)) as unknown as Colour;

function luminance(colour: Colour): number {
  const [r, g, b] = colour.map((value) =>
    value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4,
  ) as unknown as Colour;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: Colour, b: Colour): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** The share of a mixed surface as the stylesheet has it. */
const shareOf = (name: string) =>
  Number(new RegExp(`--${name}: color-mix\\(in srgb, var\\(--\\w+\\) (\\d+)%`).exec(css)?.[1]) / 100;

describe.each(['dark', 'light'])('the %s theme', (theme) => {
  const colours = coloursOf(theme);
  const colour = (name: string): Colour => colours.get(name) ?? expect.fail(`${name} is missing`);
  const surfaces = () => ({
    bg: colour('bg'),
    panel: colour('panel'),
    raised: colour('raised'),
    hover: mix(colour('accent'), colour('bg'), shareOf('hover')),
    selected: mix(colour('accent'), colour('bg'), shareOf('selected')),
  });

  test.each(TEXT_ROLES)('%s is readable on every surface', (role) => {
    for (const [name, surface] of Object.entries(surfaces())) {
      expect(contrast(colour(role), surface), `${role} on ${name}`).toBeGreaterThanOrEqual(4.5);
    }
  });

  test.each(['ok', 'warn', 'bad', 'accent'])('a badge is readable in %s', (role) => {
    expect(contrast(colour(role), mix(colour(role), colour('bg'), shareOf(`${role}-soft`)))).toBeGreaterThanOrEqual(
      4.5,
    );
  });

  test('a filled button is readable', () => {
    expect(contrast(colour('on-accent'), colour('accent'))).toBeGreaterThanOrEqual(4.5);
  });

  test('the edge of a control is seen (WCAG 2.2, 1.4.11)', () => {
    expect(contrast(colour('line-strong'), colour('bg'))).toBeGreaterThanOrEqual(3);
  });
});
