/**
 * The settings in force and the file that keeps them. A value comes from the defaults, a preset, the file, a flag or
 * the panel, the later one winning. Only what the file or the panel said is saved: a flag holds for one run.
 *
 * A preset says all of the guards, the rate limit and the strictness: picking one in the panel forgets what was turned
 * there before, and one given by a flag hides what the file says of them.
 *
 * Writing is atomic, one write at a time, and the last change always gets written. A file that cannot be used is
 * moved aside and reported, and what was good in it is saved anew; it never stops the start.
 */
import { mkdir, readFile, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as v from 'valibot';
import writeFileAtomic from 'write-file-atomic';
import type { Address } from '../contract/address';
import type { Failure, Result } from '../contract/errors';
import { fail, ok } from '../contract/errors';
import {
  DEFAULT_PRESET,
  isOfPresets,
  isPresetName,
  PRESET_NAMES,
  presetEntry,
  presetSettings,
  type PresetName,
  type SettingsState,
} from '../contract/presets';
import type { ProxyChange } from '../contract/proxy-state';
import type { SettingValue } from '../contract/setting-entry';
import {
  checkSetting,
  DEFAULT_SETTINGS,
  SETTING_NAMES,
  type SettingName,
  type Settings,
  type SettingSource,
  type SomeSettings,
} from '../contract/settings';
import { readProxyPart, writeProxyPart } from './proxy-part';

/** Each value has passed `checkSetting`. */
type Values = Partial<Record<SettingName, SettingValue>>;

const FileShape = v.looseObject({
  preset: v.optional(v.string()),
  settings: v.optional(v.record(v.string(), v.unknown()), {}),
  listen: v.optional(
    v.object({
      host: v.pipe(v.string(), v.minLength(1), v.maxLength(255)),
      port: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535)),
    }),
  ),
});

/** A page of text, and the largest proxy configuration (1 MiB) with its lines indented. */
const MAX_FILE_BYTES = 8 * 1024 * 1024;

export interface StoreOptions {
  readonly path: string | null;
  readonly flags: SomeSettings;
  /** Given by a flag; null where none was. */
  readonly preset: PresetName | null;
  readonly report: (failure: Failure) => void;
}

export class SettingsStore {
  #kept: Values = {};
  /** What the file says, or the panel said. */
  #keptPreset: PresetName = DEFAULT_PRESET;
  /** A preset given by a flag, until the panel picks another. */
  #flagPreset: PresetName | null;
  #address: Address | null = null;
  #proxy: ProxyChange = {};
  readonly #panel = new Set<SettingName>();
  /** Flags the panel has not overruled. */
  readonly #flags: Values;
  #state: SettingsState = { preset: DEFAULT_PRESET, values: DEFAULT_SETTINGS, sources: sourcesOf(() => 'default') };
  #saving: Promise<void> | null = null;
  #isStale = false;

  private constructor(private readonly options: StoreOptions) {
    this.#flags = { ...options.flags };
    this.#flagPreset = options.preset;
  }

  static async load(options: StoreOptions): Promise<SettingsStore> {
    const store = new SettingsStore(options);
    if (options.path !== null) await store.#load(options.path);
    store.#rebuild();
    return store;
  }

  get state(): SettingsState {
    return this.#state;
  }

  get address(): Address | null {
    return this.#address;
  }

  /** What the proxy modes are to begin with. */
  get proxy(): ProxyChange {
    return this.#proxy;
  }

  /** Puts one value in force. On failure the old one stays. */
  set(name: string, value: unknown): Result<SettingsState> {
    const checked = checkSetting(name, value);
    if (!checked.ok) return checked;
    const known = name as SettingName;
    this.#kept[known] = checked.value;
    this.#panel.add(known);
    delete this.#flags[known];
    return this.#changed();
  }

  /** Puts a preset in force, as a whole. */
  usePreset(name: string): Result<SettingsState> {
    if (!isPresetName(name)) {
      return fail('CFG_UNKNOWN_PRESET', { name: name.slice(0, 100), choices: PRESET_NAMES.join(', ') });
    }
    this.#keptPreset = name;
    this.#flagPreset = null;
    for (const one of SETTING_NAMES) if (isOfPresets(one)) this.#forget(one);
    return this.#changed();
  }

  /** Puts one setting back to what the preset has, or all. */
  reset(name: string | null): Result<SettingsState> {
    const names = name === null ? SETTING_NAMES : [name];
    for (const one of names) {
      const checked = checkSetting(one, DEFAULT_SETTINGS[one as SettingName]);
      if (!checked.ok) return checked;
      this.#forget(one as SettingName);
    }
    return this.#changed();
  }

  #forget(name: SettingName): void {
    delete this.#kept[name];
    delete this.#flags[name];
    this.#panel.delete(name);
  }

  rememberAddress(address: Address): void {
    this.#address = address;
    this.#save();
  }

  rememberProxy(kept: ProxyChange): void {
    this.#proxy = kept;
    this.#save();
  }

  /** Resolves when the last change is on disk, or was reported as not saved. */
  async saved(): Promise<void> {
    while (this.#saving !== null) await this.#saving;
  }

  #changed(): Result<SettingsState> {
    this.#rebuild();
    this.#save();
    return ok(this.#state);
  }

  #rebuild(): void {
    const preset = this.#flagPreset ?? this.#keptPreset;
    const named: SomeSettings = presetEntry(preset).values;
    const sources = sourcesOf((name) => {
      if (name in this.#flags) return 'flag';
      if (this.#panel.has(name)) return 'panel';
      if (name in this.#kept && !this.#isHidden(name)) return 'file';
      return name in named ? 'preset' : 'default';
    });
    const values: Values = { ...presetSettings(preset) };
    for (const name of SETTING_NAMES) {
      if (sources[name] === 'flag') values[name] = this.#flags[name] ?? null;
      if (sources[name] === 'panel' || sources[name] === 'file') values[name] = this.#kept[name] ?? null;
    }
    this.#state = { preset, values: Object.freeze(values) as Settings, sources };
  }

  /** A preset given by a flag stands before what the file says. */
  #isHidden(name: SettingName): boolean {
    return this.#flagPreset !== null && isOfPresets(name);
  }

  async #load(path: string): Promise<void> {
    try {
      const known = await stat(path);
      // Reading a pipe would wait for whoever writes to it.
      if (!known.isFile()) return this.#reportUnusable(path, 'it is not a regular file');
      const isTooLarge = known.size > MAX_FILE_BYTES;
      const problem = isTooLarge ? 'it is larger than 8 MiB' : this.#take(await readFile(path, 'utf8'));
      if (problem !== null) await this.#setAside(path, problem);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.#reportUnusable(path, reasonOf(error));
    }
  }

  #reportUnusable(path: string, reason: string): void {
    this.options.report({ code: 'CFG_FILE_UNUSABLE', detail: { path, reason } });
  }

  /** Takes every value that is valid; names the first thing that is not. */
  #take(text: string): string | null {
    let raw: unknown;
    try {
      raw = JSON.parse(text);
    } catch {
      return 'it is not JSON';
    }
    const parsed = v.safeParse(FileShape, raw);
    if (!parsed.success) return parsed.issues[0].message;
    let problem: string | null = null;
    const { preset = DEFAULT_PRESET } = parsed.output;
    if (isPresetName(preset)) this.#keptPreset = preset;
    else problem = `there is no preset named ${JSON.stringify(preset.slice(0, 100))}`;
    for (const [name, value] of Object.entries(parsed.output.settings)) {
      const checked = checkSetting(name, value);
      if (checked.ok) this.#kept[name as SettingName] = checked.value;
      else problem ??= `${name} is not a setting, or its value is not one it takes`;
    }
    this.#address = parsed.output.listen ?? null;
    const proxy = readProxyPart(parsed.output['proxy']);
    this.#proxy = proxy.kept;
    return problem ?? proxy.problem;
  }

  async #setAside(path: string, reason: string): Promise<void> {
    const aside = `${path}.broken-${new Date().toISOString().replace(/\W/g, '')}`;
    try {
      await rename(path, aside);
    } catch {
      // In a folder that may not be written to it stays, and is reported at every start.
      return this.#reportUnusable(path, reason);
    }
    this.options.report({ code: 'CFG_FILE_BROKEN', detail: { path, reason, aside } });
    this.#save();
    await this.saved();
  }

  #save(): void {
    if (this.options.path === null) return;
    this.#isStale = true;
    this.#saving ??= this.#write(this.options.path).finally(() => {
      this.#saving = null;
    });
  }

  async #write(path: string): Promise<void> {
    while (this.#isStale) {
      this.#isStale = false;
      const proxy = writeProxyPart(this.#proxy);
      const content = {
        ...(this.#keptPreset !== DEFAULT_PRESET && { preset: this.#keptPreset }),
        settings: this.#kept,
        ...(this.#address !== null && { listen: this.#address }),
        ...(proxy !== null && { proxy }),
      };
      try {
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        await writeFileAtomic(path, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
      } catch (error) {
        this.options.report({ code: 'CFG_SAVE_FAILED', detail: { path, reason: reasonOf(error) } });
      }
    }
  }
}

const reasonOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error);

const sourcesOf = (source: (name: SettingName) => SettingSource): SettingsState['sources'] =>
  Object.fromEntries(SETTING_NAMES.map((name) => [name, source(name)])) as Record<SettingName, SettingSource>;
