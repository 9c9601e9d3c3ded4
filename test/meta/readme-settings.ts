/** The settings table of the README, made from the one table of settings. */
import {
  SETTING_NAMES,
  settingEntry,
  UNIT_SYMBOLS,
  type SettingEntry,
  type Unit,
} from '../../src-main/contract/settings';

const BEGIN = '<!-- settings:begin -->';
const END = '<!-- settings:end -->';

const digits = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 3 });
const withUnit = (value: number | null, unit: Unit) =>
  value === null ? 'off' : `${digits(value)} ${UNIT_SYMBOLS[unit]}`.trim();

function row(name: string, entry: SettingEntry): string {
  const range = `${digits(entry.min)} – ${digits(entry.max)}${entry.offable ? ', off' : ''}`;
  const cost = `Raised: ${entry.raise}. Lowered: ${entry.lower}.`;
  const cells = [`\`${name}\``, withUnit(entry.default, entry.unit), range, `${entry.doc} ${cost}`];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

/** The table as it stands between the markers, both included. */
export function settingsBlock(): string {
  return [
    BEGIN,
    '',
    '<!-- prettier-ignore -->',
    '| Setting | Default | Range | What it does |',
    '| --- | --- | --- | --- |',
    ...SETTING_NAMES.map((name) => row(name, settingEntry(name))),
    '',
    END,
  ].join('\n');
}

/** Where the block stands in a README; null where a marker is missing or they are in the wrong order. */
function blockRange(readme: string): [from: number, to: number] | null {
  const from = readme.indexOf(BEGIN);
  const end = readme.indexOf(END);
  return from < 0 || end < from ? null : [from, end + END.length];
}

export function settingsBlockOf(readme: string): string | null {
  const range = blockRange(readme);
  return range === null ? null : readme.slice(...range);
}

/** The README with the block made anew; as it was where it has no markers. */
export function withSettingsBlock(readme: string): string {
  const range = blockRange(readme);
  return range === null ? readme : readme.slice(0, range[0]) + settingsBlock() + readme.slice(range[1]);
}
