/** What the page knows of its way to the engine, whichever transport carries it. */
import type { Client } from '@contract/client';

/** `lost`: out of reach, trying again. `forbidden`: the engine is there and refuses this page; trying again is useless. */
export type LinkState = 'connecting' | 'open' | 'lost' | 'forbidden';

export interface Link {
  readonly client: Client;
  readonly state: LinkState;
  /** Called at every change of `state`. Returns a function that ends it. */
  onState(listener: (state: LinkState) => void): () => void;
  close(): void;
}
