/** The units of settings: how they are written, and how people write them. */

export type Unit = 'ms' | 'bytes' | 'bytesPerSec' | 'count' | 'perSec';

/** How a unit is written behind a number. */
export const UNIT_SYMBOLS: Readonly<Record<Unit, string>> = {
  ms: 'ms',
  bytes: 'bytes',
  bytesPerSec: 'bytes/s',
  count: '',
  perSec: '/s',
};

export interface UnitStep {
  readonly suffix: string;
  readonly factor: number;
}

const KIB = 1_024;

/** From the smallest up. The first one is the unit of the table. */
export const UNIT_STEPS: Readonly<Record<Unit, readonly [UnitStep, ...UnitStep[]]>> = {
  ms: [
    { suffix: 'ms', factor: 1 },
    { suffix: 's', factor: 1_000 },
    { suffix: 'min', factor: 60_000 },
    { suffix: 'h', factor: 3_600_000 },
  ],
  bytes: [
    { suffix: 'B', factor: 1 },
    { suffix: 'KiB', factor: KIB },
    { suffix: 'MiB', factor: KIB ** 2 },
    { suffix: 'GiB', factor: KIB ** 3 },
  ],
  bytesPerSec: [
    { suffix: 'B/s', factor: 1 },
    { suffix: 'KiB/s', factor: KIB },
    { suffix: 'MiB/s', factor: KIB ** 2 },
    { suffix: 'GiB/s', factor: KIB ** 3 },
  ],
  count: [{ suffix: '', factor: 1 }],
  perSec: [{ suffix: '/s', factor: 1 }],
};

/** What else people write than the suffixes shown. Decimal byte units are decimal. */
const ALIASES: Readonly<Record<Unit, Readonly<Record<string, number>>>> = {
  ms: { m: 60_000, sec: 1_000, hr: 3_600_000 },
  bytes: { k: KIB, m: KIB ** 2, g: KIB ** 3, kb: 1e3, mb: 1e6, gb: 1e9, bytes: 1 },
  bytesPerSec: {
    k: KIB,
    m: KIB ** 2,
    kb: 1e3,
    mb: 1e6,
    gb: 1e9,
    b: 1,
    kib: KIB,
    mib: KIB ** 2,
    'kb/s': 1e3,
    'mb/s': 1e6,
    'bytes/s': 1,
  },
  count: { k: 1e3, m: 1e6 },
  perSec: { k: 1e3, 'k/s': 1e3 },
};

function factorOf(unit: Unit, suffix: string): number | undefined {
  const wanted = suffix.toLowerCase();
  return (
    UNIT_STEPS[unit].find((step) => step.suffix.toLowerCase() === wanted)?.factor ??
    (Object.hasOwn(ALIASES[unit], wanted) ? ALIASES[unit][wanted] : undefined)
  );
}

export interface Amount {
  /** In the first unit of the table. */
  readonly value: number;
  readonly factor: number;
}

/** Reads `10s`, `16 KiB`, `16kB`, `1,024`, `1e4`; a number alone is in the unit with this suffix. Null: not an amount. */
export function readAmount(unit: Unit, text: string, bareSuffix: string): Amount | null {
  const parts = /^([+-]?[\d,_ ]*\.?\d+\.?(?:e\d+)?)\s*([a-z/]*)$/i.exec(text.trim());
  if (parts === null) return null;
  const [, digits = '', suffix = ''] = parts;
  const factor = factorOf(unit, suffix === '' ? bareSuffix : suffix);
  return factor === undefined ? null : { value: Number(digits.replaceAll(/[,_ ]/g, '')) * factor, factor };
}
