/** The tables of presets and settings in the README, made from the tables of the contract. */
import { PRESET_NAMES, presetEntry } from '../../src-main/contract/presets';
import type { SettingEntry, SettingGroup } from '../../src-main/contract/setting-entry';
import { SETTING_NAMES, settingEntry } from '../../src-main/contract/settings';
import { UNIT_SYMBOLS, type Unit } from '../../src-main/contract/units';

const BEGIN = '<!-- settings:begin -->';
const END = '<!-- settings:end -->';

const digits = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 3 });
const withUnit = (value: number | null, unit: Unit) =>
  value === null ? 'off' : `${digits(value)} ${UNIT_SYMBOLS[unit]}`.trim();

const rowOf = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

/** What guards do to a connection, which the README says above the table. */
const SAID_ONCE = /^(\d+|close|reset)$/;

/** Default, what it takes, and what it costs. */
function about(entry: SettingEntry): [standard: string, takes: string, cost: string] {
  switch (entry.kind) {
    case 'number': {
      const range = `${digits(entry.min)} – ${digits(entry.max)}${entry.offable ? ', off' : ''}`;
      return [withUnit(entry.default, entry.unit), range, `Raised: ${entry.raise}. Lowered: ${entry.lower}.`];
    }
    case 'switch':
      return [entry.default ? 'on' : 'off', 'on, off', `Risk: ${entry.risk}.`];
    case 'choice': {
      const options = Object.entries(entry.options);
      const meanings = options
        .filter(([name]) => entry.group !== 'guard' || !SAID_ONCE.test(name))
        .map(([name, { doc }]) => `\`${name}\`: ${doc}.`)
        .join(' ');
      const risk = entry.risk === undefined ? '' : ` Risk: ${entry.risk}.`;
      return [`\`${entry.default}\``, options.map(([name]) => `\`${name}\``).join(', '), `${meanings}${risk}`];
    }
    case 'text':
      return [`\`${entry.default}\``, 'text', ''];
  }
}

function row(name: string, entry: SettingEntry): string {
  const [standard, takes, cost] = about(entry);
  return rowOf([`\`${name}\``, standard, takes, `${entry.doc} ${cost}`.trim()]);
}

const TITLES: Readonly<Record<SettingGroup, string>> = {
  guard: 'Guards',
  rate: 'Rate limit',
  strictness: 'Strictness',
  upstream: 'Upstreams',
  journal: 'Journal',
};

const groupBlock = (group: SettingGroup): string[] => [
  `### ${TITLES[group]}`,
  '',
  '<!-- prettier-ignore -->',
  '| Setting | Default | Takes | What it does |',
  '| --- | --- | --- | --- |',
  ...SETTING_NAMES.filter((name) => settingEntry(name).group === group).map((name) => row(name, settingEntry(name))),
  '',
];

const presetsBlock = (): string[] => [
  '### Presets',
  '',
  '<!-- prettier-ignore -->',
  '| Preset | What it is |',
  '| --- | --- |',
  ...PRESET_NAMES.map((name) => rowOf([`\`${name}\``, presetEntry(name).doc])),
  '',
];

/** The table as it stands between the markers, both included. */
export function settingsBlock(): string {
  return [BEGIN, '', ...presetsBlock(), ...(Object.keys(TITLES) as SettingGroup[]).flatMap(groupBlock), END].join('\n');
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
