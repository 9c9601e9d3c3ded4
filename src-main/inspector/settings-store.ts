/**
 * The settings in force and the file that keeps them. A value comes from the defaults, the file, a flag or the
 * panel, the later one winning. Only what the file or the panel said is saved: a flag holds for one run.
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
import { ok } from '../contract/errors';
import {
  checkSetting,
  DEFAULT_SETTINGS,
  SETTING_NAMES,
  type SettingName,
  type Settings,
  type SettingSource,
  type SettingsState,
} from '../contract/settings';

type Values = Partial<Record<SettingName, number | null>>;

const FileShape = v.looseObject({
  settings: v.optional(v.record(v.string(), v.unknown()), {}),
  listen: v.optional(
    v.object({
      host: v.pipe(v.string(), v.minLength(1), v.maxLength(255)),
      port: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535)),
    }),
  ),
});

/** A settings file is a page of text; anything larger is not one. */
const MAX_FILE_BYTES = 1024 * 1024;

export interface StoreOptions {
  readonly path: string | null;
  readonly flags: Readonly<Values>;
  readonly report: (failure: Failure) => void;
}

export class SettingsStore {
  #kept: Values = {};
  #address: Address | null = null;
  readonly #panel = new Set<SettingName>();
  /** Flags the panel has not overruled. */
  readonly #flags: Values;
  #state: SettingsState = { values: DEFAULT_SETTINGS, sources: sourcesOf(() => 'default') };
  #saving: Promise<void> | null = null;
  #isStale = false;

  private constructor(private readonly options: StoreOptions) {
    this.#flags = { ...options.flags };
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

  /** Puts the default of one setting back in force, or of all. */
  reset(name: string | null): Result<SettingsState> {
    const names = name === null ? SETTING_NAMES : [name];
    for (const one of names) {
      const checked = checkSetting(one, DEFAULT_SETTINGS[one as SettingName]);
      if (!checked.ok) return checked;
      const known = one as SettingName;
      delete this.#kept[known];
      delete this.#flags[known];
      this.#panel.delete(known);
    }
    return this.#changed();
  }

  rememberAddress(address: Address): void {
    this.#address = address;
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
    const values = Object.freeze({ ...DEFAULT_SETTINGS, ...this.#kept, ...this.#flags }) as Settings;
    const sources = sourcesOf((name) => {
      if (name in this.#flags) return 'flag';
      if (this.#panel.has(name)) return 'panel';
      return name in this.#kept ? 'file' : 'default';
    });
    this.#state = { values, sources };
  }

  async #load(path: string): Promise<void> {
    try {
      const known = await stat(path);
      // Reading a pipe would wait for whoever writes to it.
      if (!known.isFile()) return this.#reportUnusable(path, 'it is not a regular file');
      const isTooLarge = known.size > MAX_FILE_BYTES;
      const problem = isTooLarge ? 'it is larger than 1 MiB' : this.#take(await readFile(path, 'utf8'));
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
    for (const [name, value] of Object.entries(parsed.output.settings)) {
      const checked = checkSetting(name, value);
      if (checked.ok) this.#kept[name as SettingName] = checked.value;
      else problem ??= `${name} is not a setting, or its value is not one it takes`;
    }
    this.#address = parsed.output.listen ?? null;
    return problem;
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
      const content = { settings: this.#kept, ...(this.#address !== null && { listen: this.#address }) };
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
