import type { Client } from '@contract/client';
import type { Failure } from '@contract/errors';
import { settingEntry, type SettingName } from '@contract/settings';
import { SvelteMap } from 'svelte/reactivity';
import { settingProblem } from '../lens/setting-text';
import type { Live } from './live.svelte';
import { Throttle } from './throttle';

/** A dragged slider sends at most twenty values a second. */
const SEND_EVERY_MS = 50;

/**
 * What the person turns, between the hand and the engine: a value is shown at once and sent live; where the engine
 * refuses it, the reason is kept and the value in force is shown again.
 */
export class SettingsForm {
  readonly #pending = new SvelteMap<SettingName, number | null>();
  readonly #errors = new SvelteMap<SettingName, Failure>();
  readonly #throttles = new Map<SettingName, Throttle<number | null>>();
  readonly #client: Client;
  readonly #live: Live;

  constructor(client: Client, live: Live) {
    this.#client = client;
    this.#live = live;
  }

  /** The value under the person's hand, or else the one in force. */
  value(name: SettingName): number | null {
    const pending = this.#pending.get(name);
    return pending === undefined ? this.#live.settings.values[name] : pending;
  }

  /** Why the last value was refused, as one line; null where it was not. */
  problem(name: SettingName): string | null {
    const failure = this.#errors.get(name);
    return failure === undefined ? null : settingProblem(name, failure);
  }

  isDefault(name: SettingName): boolean {
    return this.value(name) === settingEntry(name).default;
  }

  set(name: SettingName, value: number | null): void {
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

  /** The default of one setting, or of all. */
  async reset(name: SettingName | null): Promise<void> {
    if (name === null) this.#errors.clear();
    else this.#errors.delete(name);
    const reply = await this.#client.call('settings.reset', { name });
    if (reply.ok) this.#live.applySettings(reply.value);
    else if (name !== null) this.#errors.set(name, reply.error);
  }

  #throttleOf(name: SettingName): Throttle<number | null> {
    const known = this.#throttles.get(name);
    if (known !== undefined) return known;
    const made = new Throttle<number | null>(SEND_EVERY_MS, (value) => this.#send(name, value));
    this.#throttles.set(name, made);
    return made;
  }

  async #send(name: SettingName, value: number | null): Promise<void> {
    const reply = await this.#client.call('settings.set', { name, value });
    const isLast = this.#pending.get(name) === value;
    if (reply.ok) this.#live.applySettings(reply.value);
    else if (isLast) this.#errors.set(name, reply.error);
    if (isLast) this.#pending.delete(name);
  }
}
