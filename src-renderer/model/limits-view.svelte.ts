import { settingEntry, type SettingName } from '@contract/settings';
import { SvelteSet } from 'svelte/reactivity';
import { SECTION_IDS, sectionOf, type SectionId } from '../lens/setting-sections';
import { remember, remembered } from './remember';

const KEY = 'bytescope.limits.closed';
const CLOSED_AT_FIRST: readonly SectionId[] = ['strictness', 'journal'];

function keptClosed(): readonly SectionId[] {
  const kept = remembered(KEY)?.split(' ');
  return kept === undefined ? CLOSED_AT_FIRST : SECTION_IDS.filter((id) => kept.includes(id));
}

/** What of the limits is open to be seen. Which sections are is kept for the next start. */
export class LimitsView {
  /** What is looked for in the panel. */
  filter = $state.raw('');
  /** Where there is no room for the panel beside the rest: does it lie over it? */
  drawerOpen = $state.raw(false);
  /** The setting somewhere else pointed to, until the next one. */
  #pointedAt = $state.raw<SettingName | null>(null);
  readonly #closed = new SvelteSet<SectionId>(keptClosed());
  readonly #unfolded = new SvelteSet<SettingName>();

  get pointedAt() {
    return this.#pointedAt;
  }

  isOpen(section: SectionId): boolean {
    return !this.#closed.has(section);
  }

  toggle(section: SectionId): void {
    if (!this.#closed.delete(section)) this.#closed.add(section);
    remember(KEY, [...this.#closed].join(' '));
  }

  /** Are the settings below this guard shown? */
  isUnfolded(name: SettingName): boolean {
    return this.#unfolded.has(name);
  }

  fold(name: SettingName): void {
    if (!this.#unfolded.delete(name)) this.#unfolded.add(name);
  }

  /** Brings a setting to where it can be turned. */
  point(name: SettingName): void {
    const section = sectionOf(name);
    const head = settingEntry(name).of as SettingName | undefined;
    this.filter = '';
    this.drawerOpen = true;
    if (!this.isOpen(section)) this.toggle(section);
    if (head !== undefined) this.#unfolded.add(head);
    this.#pointedAt = name;
  }

  /** The pointed one was brought to view. */
  arrived(): void {
    this.#pointedAt = null;
  }
}
