/** The command line as a value. Every mistake is named in one sentence, before anything is started. */
import { parseArgs } from 'node:util';
import { parseAddress, type Address } from '../../contract/address';
import type { ReplyMode } from '../../contract/engine';
import { fail, ok, type Result } from '../../contract/errors';
import { isPresetName, PRESET_NAMES, type PresetName } from '../../contract/presets';
import type { ProxyChange } from '../../contract/proxy-state';
import type { SettingValue } from '../../contract/setting-entry';
import { parseSetting, type SettingName, type SomeSettings } from '../../contract/settings';
import { FLAG_NAMES, flagEntry, isFlagName, type FlagName } from './flags';
import { readProxyFlags } from './proxy-flags';

/** What was asked for by a flag whose value may be left out. */
export type Optional<Value> = { readonly asked: false } | { readonly asked: true; readonly value: Value | null };

export interface ServeOptions {
  /** Null: the address of the settings file, else the default. */
  readonly listen: Address | null;
  readonly ui: Optional<Address>;
  readonly open: boolean;
  readonly settings: SomeSettings;
  readonly preset: PresetName | null;
  readonly settingsFile: Optional<string>;
  readonly journalPath: string | null;
  readonly replyMode: ReplyMode;
  readonly proxy: ProxyChange;
  /** Folder of the local CA. Null: none was given. */
  readonly caPath: string | null;
  readonly output: 'json' | 'lines' | 'quiet';
}

export type Command =
  { readonly kind: 'help' } | { readonly kind: 'version' } | { readonly kind: 'serve'; readonly options: ServeOptions };

interface GivenFlag {
  readonly name: FlagName;
  /** Null: left out. */
  readonly value: string | null;
}

const wrong = (reason: string) => fail('CFG_FLAG', { reason });
/** What was typed, made fit for a terminal. */
const quote = (text: string): string => JSON.stringify(text.slice(0, 100));
const takesValue = (name: string): boolean => isFlagName(name) && flagEntry(name).value !== undefined;

function parserOptions(): Record<string, { type: 'string' | 'boolean'; short?: string }> {
  return Object.fromEntries(
    FLAG_NAMES.map((name) => {
      const { short } = flagEntry(name);
      const type = takesValue(name) ? ('string' as const) : ('boolean' as const);
      return [name, short === undefined ? { type } : { type, short }];
    }),
  );
}

/** A flag that may stand alone takes the next argument only where that does not look like a flag. */
const closeOptional = (args: readonly string[]): string[] =>
  args.map((argument, index) => {
    const name = argument.slice(2);
    const mayStandAlone = argument.startsWith('--') && isFlagName(name) && flagEntry(name).valueOptional === true;
    return mayStandAlone && (args[index + 1] ?? '-').startsWith('-') ? `${argument}=` : argument;
  });

function readFlag(token: { name: string; rawName: string; value?: string | undefined }): Result<GivenFlag> {
  const { name, rawName, value } = token;
  if (!isFlagName(name)) return wrong(`There is no flag ${quote(rawName)}.`);
  const { value: place, valueOptional } = flagEntry(name);
  if (place === undefined) {
    return value === undefined ? ok({ name, value: null }) : wrong(`The flag --${name} takes no value.`);
  }
  const isMissing = value === undefined || value === '';
  if (isMissing && valueOptional !== true) return wrong(`The flag --${name} needs a value: --${name} ${place}.`);
  return ok({ name, value: isMissing ? null : value });
}

/** The flags in order and the words between them. */
function split(args: readonly string[]): Result<{ flags: GivenFlag[]; words: string[] }> {
  const { tokens } = parseArgs({
    args: closeOptional(args),
    options: parserOptions(),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const flags: GivenFlag[] = [];
  const words: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind !== 'option') continue;
    // `--set --json`: the parser takes the flag for the value; nobody means that.
    const swallowed = token.inlineValue !== true && token.value?.startsWith('--') === true;
    const flag = readFlag(swallowed ? { ...token, value: undefined } : token);
    if (!flag.ok) return flag;
    flags.push(flag.value);
  }
  return ok({ flags, words });
}

function readSettings(texts: readonly string[]): Result<ServeOptions['settings']> {
  const settings: Partial<Record<SettingName, SettingValue>> = {};
  for (const text of texts) {
    const equals = text.indexOf('=');
    if (equals <= 0) return wrong(`The flag --set takes NAME=VALUE, not ${quote(text)}.`);
    const name = text.slice(0, equals);
    const value = parseSetting(name, text.slice(equals + 1));
    if (!value.ok) return value;
    settings[name as SettingName] = value.value;
  }
  // Each has passed the check of its own row.
  return ok(settings as SomeSettings);
}

const readReplyMode = (text: string | null): Result<ReplyMode> =>
  text === null || text === 'default' || text === 'echo'
    ? ok(text ?? 'default')
    : wrong(`The flag --reply takes "default" or "echo", not ${quote(text)}.`);

function readPreset(text: string | null): Result<PresetName | null> {
  if (text === null) return ok(null);
  const name = text.toLowerCase();
  if (isPresetName(name)) return ok(name);
  return fail('CFG_UNKNOWN_PRESET', { name: text.slice(0, 100), choices: PRESET_NAMES.join(', ') });
}

function readServe(flags: readonly GivenFlag[]): Result<Command> {
  // The last one counts, except of --set and of the lists of the proxy modes.
  const last = new Map(flags.map(({ name, value }) => [name, value]));
  const address = (name: FlagName): Result<Address | null> => {
    const text = last.get(name) ?? null;
    return text === null ? ok(null) : parseAddress(text);
  };
  const listen = address('listen');
  if (!listen.ok) return listen;
  const ui = address('ui');
  if (!ui.ok) return ui;
  const settings = readSettings(flags.flatMap(({ name, value }) => (name === 'set' && value !== null ? [value] : [])));
  if (!settings.ok) return settings;
  const replyMode = readReplyMode(last.get('reply') ?? null);
  if (!replyMode.ok) return replyMode;
  const preset = readPreset(last.get('preset') ?? null);
  if (!preset.ok) return preset;
  const proxy = readProxyFlags((name) => flags.filter((flag) => flag.name === name).map(({ value }) => value));
  if (!proxy.ok) return proxy;
  const file = last.get('settings');
  const options: ServeOptions = {
    listen: listen.value,
    ui: last.has('ui') || last.has('open') ? { asked: true, value: ui.value } : { asked: false },
    open: last.has('open'),
    settings: settings.value,
    preset: preset.value,
    settingsFile: file === undefined ? { asked: false } : { asked: true, value: file },
    journalPath: last.get('journal') ?? null,
    replyMode: replyMode.value,
    proxy: proxy.value,
    caPath: last.get('ca') ?? null,
    output: last.has('json') ? 'json' : last.has('quiet') ? 'quiet' : 'lines',
  };
  return ok({ kind: 'serve', options });
}

/** Fails with `CFG_` codes, or `NET_ADDRESS_MALFORMED` for an address. */
export function parseCommand(args: readonly string[]): Result<Command> {
  const parsed = split(args);
  if (!parsed.ok) return parsed;
  const { flags, words } = parsed.value;
  const [command, extra] = words;
  if (command === 'help' || flags.some(({ name }) => name === 'help')) return ok({ kind: 'help' });
  if (flags.some(({ name }) => name === 'version')) return ok({ kind: 'version' });
  if (command === undefined) return wrong('There is no command; the one there is: serve.');
  if (command !== 'serve') return wrong(`There is no command ${quote(command)}; the one there is: serve.`);
  if (extra !== undefined) return wrong(`The command serve takes flags only, not ${quote(extra)}.`);
  return readServe(flags);
}
