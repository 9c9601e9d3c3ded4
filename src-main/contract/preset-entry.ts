/** What a preset says, and its card: what is known of the server it behaves like. */
import type { SomeSettings } from './settings';

export interface PresetCard {
  /** What the documents say and what the wire did. */
  readonly differences: readonly Difference[];
  /** What that server does and this preset does not. */
  readonly notImitated: readonly string[];
  /** Which versions were measured, and which only read. */
  readonly source: string;
}

export interface Difference {
  readonly topic: string;
  readonly documents: string;
  readonly wire: string;
}

export interface Preset extends PresetCard {
  readonly label: string;
  /** One sentence: whose behaviour, and what stands out. */
  readonly doc: string;
  readonly values: SomeSettings;
}
