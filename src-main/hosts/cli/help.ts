/** The text of `--help`, from the tables of flags and settings. */
import { MODE_NAMES, modeEntry, type Mode } from '../../contract/modes';
import { PRESET_NAMES, presetEntry, type PresetName } from '../../contract/presets';
import type { SettingEntry } from '../../contract/setting-entry';
import { SETTING_NAMES, settingEntry, type SettingName } from '../../contract/settings';
import { UNIT_SYMBOLS } from '../../contract/units';
import { FLAG_NAMES, flagEntry, type FlagName } from './flags';
import { CLOSE_GRACE_MS } from './serve';

const WIDTH = 100;

/** Words in lines that start at a column, the first one after what stands there already. */
function wrap(text: string, column: number): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && column + line.length + word.length >= WIDTH) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.join(`\n${' '.repeat(column)}`);
}

function flagLine(name: FlagName): string {
  const { value, valueOptional, short, doc } = flagEntry(name);
  const place = value === undefined ? '' : valueOptional === true ? ` [${value}]` : ` ${value}`;
  const spelled = `${short === undefined ? '' : `-${short}, `}--${name}${place}`;
  return `  ${spelled.padEnd(24)}${wrap(doc, 26)}\n`;
}

/** What a setting takes. */
function takes(entry: SettingEntry): string {
  switch (entry.kind) {
    case 'number': {
      const { min, max, offable, unit } = entry;
      return `${`${min} to ${max} ${UNIT_SYMBOLS[unit]}`.trim()}${offable ? ', or off' : ''}`;
    }
    case 'switch':
      return 'on or off';
    case 'choice':
      return Object.keys(entry.options).join(', ');
    case 'text':
      return 'text';
  }
}

const written = ({ default: value }: SettingEntry): string | number =>
  value === null || value === false ? 'off' : value === true ? 'on' : value;

function settingLine(name: SettingName): string {
  const entry = settingEntry(name);
  return `  ${`${name}=${written(entry)}`.padEnd(32)} ${wrap(`${entry.doc} (${takes(entry)})`, 35)}\n`;
}

const presetLine = (name: PresetName): string => `  ${name.padEnd(24)}${wrap(presetEntry(name).doc, 26)}\n`;

const modeLine = (name: Mode): string => `  ${name.padEnd(24)}${wrap(modeEntry(name).doc, 26)}\n`;

export const helpText = (): string => `bytescope: see what your HTTP server really received

Usage
  bytescope serve [flags]   Listen for HTTP/1.1 clients and tell what they send

Flags
${FLAG_NAMES.map(flagLine).join('')}
Modes
${MODE_NAMES.map(modeLine).join('')}
Presets
${PRESET_NAMES.map(presetLine).join('')}
Settings, with their defaults
${SETTING_NAMES.map(settingLine).join('')}
Ctrl+C stops: requests under way get ${CLOSE_GRACE_MS / 1000} s to finish. A second Ctrl+C ends at once.
Exit codes: 0 stopped, 1 could not start, 2 the command line is wrong.

Examples
  bytescope serve
  bytescope serve --ui --open
  bytescope serve --upstream http://127.0.0.1:3000 --upstream http://127.0.0.1:3001
  bytescope serve --mode forward --intercept example.com
  bytescope serve --listen 127.0.0.1:0 --json --set headTimeoutMs=500 --set bucketCapacity=off
`;
