/** The text of `--help`, from the tables of flags and settings. */
import { SETTING_NAMES, settingEntry, UNIT_SYMBOLS, type SettingName } from '../../contract/settings';
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

function settingLine(name: SettingName): string {
  const { default: value, min, max, offable, unit, doc } = settingEntry(name);
  const range = `${`${min} to ${max} ${UNIT_SYMBOLS[unit]}`.trim()}${offable ? ', or off' : ''}`;
  return `  ${`${name}=${value ?? 'off'}`.padEnd(32)}${wrap(`${doc} (${range})`, 34)}\n`;
}

export const helpText = (): string => `bytescope: see what your HTTP server really received

Usage
  bytescope serve [flags]   Listen for HTTP/1.1 clients and tell what they send

Flags
${FLAG_NAMES.map(flagLine).join('')}
Settings, with their defaults
${SETTING_NAMES.map(settingLine).join('')}
Ctrl+C stops: requests under way get ${CLOSE_GRACE_MS / 1000} s to finish. A second Ctrl+C ends at once.
Exit codes: 0 stopped, 1 could not start, 2 the command line is wrong.

Examples
  bytescope serve
  bytescope serve --ui --open
  bytescope serve --listen 127.0.0.1:0 --json --set headTimeoutMs=500 --set bucketCapacity=off
`;
