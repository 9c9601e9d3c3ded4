import type { Client } from '@contract/client';
import type { Failure } from '@contract/errors';
import { presetSettings, PRESET_NAMES, type PresetName } from '@contract/presets';
import type { SettingValue } from '@contract/setting-entry';
import { SETTING_NAMES, type SettingName, type Settings } from '@contract/settings';
import { SvelteMap } from 'svelte/reactivity';
import { settingProblem } from '../lens/setting-text';
import type { Live } from './live.svelte';
import { Throttle } from './throttle';

/** A dragged slider sends at most twenty values a second. */
const SEND_EVERY_MS = 50;

/** Every row asks for its own with every change. */
const STANDARDS = Object.fromEntries(PRESET_NAMES.map((name) => [name, presetSettings(name)])) as Readonly<
  Record<PresetName, Settings>
>;

/**
 * What the person turns, between the hand and the engine: a value is shown at once and sent live; where the engine
 * refuses it, the reason is kept and the value in force is shown again.
 */
export class SettingsForm {
  readonly #pending = new SvelteMap<SettingName, SettingValue>();
  readonly #errors = new SvelteMap<SettingName, Failure>();
  readonly #throttles = new Map<SettingName, Throttle<SettingValue>>();
  readonly #client: Client;
  readonly #live: Live;
  #presetFailure = $state.raw<Failure | null>(null);

  constructor(client: Client, live: Live) {
    this.#client = client;
    this.#live = live;
  }

  get preset(): PresetName {
    return this.#live.settings.preset;
  }

  /** Why the last preset could not be put in force; null where it could. */
  get presetFailure(): Failure | null {
    return this.#presetFailure;
  }

  /** The value under the person's hand, or else the one in force. */
  value<Name extends SettingName>(name: Name): Settings[Name] {
    const pending = this.#pending.get(name) as Settings[Name] | undefined;
    return pending === undefined ? this.#live.settings.values[name] : pending;
  }

  /** What the preset has; for what no preset says, the default. */
  standard<Name extends SettingName>(name: Name): Settings[Name] {
    return STANDARDS[this.preset][name];
  }

  isTurned(name: SettingName): boolean {
    return this.value(name) !== this.standard(name);
  }

  /** All that is turned away from the preset, in the order of the table. */
  get turned(): readonly SettingName[] {
    return SETTING_NAMES.filter((name) => this.isTurned(name));
  }

  /** Why the last value was refused, as one line; null where it was not. */
  problem(name: SettingName): string | null {
    const failure = this.#errors.get(name);
    return failure === undefined ? null : settingProblem(name, failure);
  }

  set(name: SettingName, value: SettingValue): void {
    this.#errors.delete(name);
    this.#pending.set(name, value);
    this.#throttleOf(name).push(value);
  }

  /** Says why what was typed is no value; what is in force stays. */
  refuse(name: SettingName, failure: Failure): void {
    this.#errors.set(name, failure);
  }

  /** The person is typing anew: what was wrong before is no longer to be seen. */
  forgive(name: SettingName): void {
    this.#errors.delete(name);
  }

  /** Puts one setting back to what the preset has, or all. */
  async reset(name: SettingName | null): Promise<void> {
    if (name === null) this.#errors.clear();
    else this.#errors.delete(name);
    const reply = await this.#client.call('settings.reset', { name });
    if (reply.ok) this.#live.applySettings(reply.value);
    else if (name !== null) this.#errors.set(name, reply.error);
  }

  /** Puts a whole preset in force and forgets what was turned by hand. True when it is. */
  async usePreset(name: PresetName): Promise<boolean> {
    this.#presetFailure = null;
    const reply = await this.#client.call('settings.preset', { name });
    if (reply.ok) {
      this.#errors.clear();
      this.#live.applySettings(reply.value);
    } else this.#presetFailure = reply.error;
    return reply.ok;
  }

  #throttleOf(name: SettingName): Throttle<SettingValue> {
    const known = this.#throttles.get(name);
    if (known !== undefined) return known;
    const made = new Throttle<SettingValue>(SEND_EVERY_MS, (value) => this.#send(name, value));
    this.#throttles.set(name, made);
    return made;
  }

  async #send(name: SettingName, value: SettingValue): Promise<void> {
    const reply = await this.#client.call('settings.set', { name, value });
    const isLast = this.#pending.get(name) === value;
    if (reply.ok) this.#live.applySettings(reply.value);
    else if (isLast) this.#errors.set(name, reply.error);
    if (isLast) this.#pending.delete(name);
  }
}
