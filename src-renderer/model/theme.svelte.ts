import { remembered, remember } from './remember';

const KEY = 'bytescope.theme';

export const THEME_CHOICES = ['system', 'light', 'dark'] as const;
export type ThemeChoice = (typeof THEME_CHOICES)[number];

const isChoice = (text: string | null): text is ThemeChoice => THEME_CHOICES.some((choice) => choice === text);

/** The theme the person chose, kept for the next start; `system` follows the machine. */
export class Theme {
  #choice = $state.raw<ThemeChoice>('system');
  #systemIsDark = $state.raw(true);

  constructor() {
    const kept = remembered(KEY);
    if (isChoice(kept)) this.#choice = kept;
  }

  get choice() {
    return this.#choice;
  }
  get shown(): 'light' | 'dark' {
    if (this.#choice === 'system') return this.#systemIsDark ? 'dark' : 'light';
    return this.#choice;
  }

  choose(choice: ThemeChoice): void {
    this.#choice = choice;
    remember(KEY, choice);
  }

  /** Follows the machine's theme. Returns a function that ends it. */
  follow(query: MediaQueryList): () => void {
    const take = () => (this.#systemIsDark = query.matches);
    take();
    query.addEventListener('change', take);
    return () => query.removeEventListener('change', take);
  }
}
