/** The engine as its hosts see it. Hosts carry calls, topics and facts; they hold no logic. */
import type { Reply, TopicName } from './calls';
import type { Failure, Result } from './errors';
import type { Fact } from './facts';
import type { ListenerState } from './feed';
import type { PresetName, SettingsState } from './presets';
import type { ProxyChange, ProxyState } from './proxy-state';
import type { SomeSettings } from './settings';

/** One window, one browser tab. */
export interface Viewer {
  /** Answers one call as it came off a wire; never rejects. */
  request(name: unknown, params: unknown): Promise<Reply<unknown>>;
  /** The viewer is gone: nothing is delivered any more. */
  detach(): void;
}

export type ReplyMode = 'default' | 'echo';

export interface EngineOptions {
  /** Where the settings are kept; null keeps none. */
  readonly settingsPath: string | null;
  /** The session file; null makes one in the folder for temporary files, removed when the engine closes. */
  readonly journalPath: string | null;
  /** Values given on the command line: they win over the file and are not saved. */
  readonly flags: SomeSettings;
  /** The preset given on the command line: it wins over the file, and is not saved. Null: none was given. */
  readonly preset: PresetName | null;
  readonly replyMode: ReplyMode;
  /** The mode and what it works by, as asked for on the command line. */
  readonly proxy: ProxyChange;
  /** Folder of the local CA; null: one in the folder for temporary files, removed when the engine closes. */
  readonly caPath: string | null;
}

export interface Engine {
  /** `deliver` is called for every push to this viewer, first after its `feed.snapshot` call. */
  attach(deliver: (topic: TopicName, payload: unknown) => void): Viewer;
  /** Every fact as it happens. The listener must be quick and must not throw. Returns a function that ends it. */
  onFact(listener: (fact: Fact) => void): () => void;
  /** What went wrong outside a call (a broken settings file, a full disk): first what did so far, then as it happens. */
  onNotice(listener: (failure: Failure) => void): () => void;
  /** Starts or restarts the server; port 0 takes any free one. */
  listen(host: string, port: number): Promise<Result<ListenerState>>;
  readonly listener: ListenerState;
  /** The address chosen in the window last time; null before the first choice. */
  readonly savedAddress: { readonly host: string; readonly port: number } | null;
  readonly settings: SettingsState;
  readonly proxy: ProxyState;
  readonly journalPath: string;
  /** Stops accepting, lets requests under way finish for `graceMs` at most, flushes the journal. */
  close(graceMs: number): Promise<void>;
}
