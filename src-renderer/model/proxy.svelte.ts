import type { CallParams } from '@contract/calls';
import type { Client } from '@contract/client';
import type { Failure } from '@contract/errors';
import type { Mode } from '@contract/modes';
import type { ProxyConfig } from '@contract/proxy-config';
import type { ListenerTls } from '@contract/proxy-state';
import type { Placement } from '@contract/upstreams';
import { isSameConfig, linesOf, textsOf, type ProxyTextName, type ProxyTexts } from '../lens/proxy-texts';
import type { Live } from './live.svelte';

export type ProxyPage = 'reverse' | 'forward' | 'tunnel' | 'tls';

/** The page of the dialog that gives a mode what it cannot do without; null: it needs nothing. */
const PAGE_OF_NEED: Readonly<Partial<Record<Mode, ProxyPage>>> = { reverse: 'reverse', tunnel: 'tunnel' };

/**
 * The proxy modes, between the hand and the engine: which mode, and what it works by. What was typed stays until it is
 * in force or taken back, whatever the engine says of it and however often the dialog is closed meanwhile.
 */
export class ProxyControl {
  /** The page of the dialog that is open; null: it is closed. */
  #page = $state.raw<ProxyPage | null>(null);
  #typed = $state.raw<Partial<ProxyTexts>>({});
  #busy = $state.raw(false);
  #failure = $state.raw<Failure | null>(null);
  #placeFailure = $state.raw<Failure | null>(null);
  /** The text a configuration in force was written as: it says less than the configuration with all its defaults. */
  #written = $state.raw<{ readonly text: string; readonly config: ProxyConfig | null } | null>(null);
  readonly #client: Client;
  readonly #live: Live;
  readonly #inForce = $derived.by((): ProxyTexts => {
    const texts = textsOf(this.#live.proxy);
    const written = this.#written;
    return written !== null && isSameConfig(written.config, this.#live.proxy.config)
      ? { ...texts, config: written.text }
      : texts;
  });

  constructor(client: Client, live: Live) {
    this.#client = client;
    this.#live = live;
  }

  get page() {
    return this.#page;
  }
  get busy() {
    return this.#busy;
  }
  /** Why the last change was refused, until the next one or until the dialog is closed. */
  get failure() {
    return this.#failure;
  }
  get placeFailure() {
    return this.#placeFailure;
  }

  open(page: ProxyPage): void {
    if (this.#page === null) this.#failure = null;
    this.#page = page;
  }

  close(): void {
    this.#page = null;
    this.#failure = null;
  }

  /** What was typed, or else what is in force. */
  text<Name extends ProxyTextName>(name: Name): ProxyTexts[Name] {
    return (this.#typed[name] as ProxyTexts[Name] | undefined) ?? this.#inForce[name];
  }

  type<Name extends ProxyTextName>(name: Name, text: ProxyTexts[Name]): void {
    this.#typed = { ...this.#typed, [name]: text };
  }

  isTyped(...names: readonly ProxyTextName[]): boolean {
    return names.some((name) => this.text(name) !== this.#inForce[name]);
  }

  /** Back to what is in force. */
  forget(...names: readonly ProxyTextName[]): void {
    this.#typed = Object.fromEntries(
      Object.entries(this.#typed).filter(([name]) => !names.some((one) => one === name)),
    );
    this.#failure = null;
  }

  /** Changes the mode; where it lacks what it needs, asks for that instead. True when it is in force. */
  async switchTo(mode: Mode): Promise<boolean> {
    const { config, tunnelTo } = this.#live.proxy;
    const page = PAGE_OF_NEED[mode];
    const isMissing = (page === 'reverse' && config === null) || (page === 'tunnel' && tunnelTo === null);
    if (page === undefined || !isMissing) return this.#change({ mode }, []);
    this.open(page);
    return false;
  }

  useUrls(mode?: Mode): Promise<boolean> {
    return this.#change({ upstreams: linesOf(this.text('urls')), mode }, ['urls', 'config']);
  }

  async useConfig(mode?: Mode): Promise<boolean> {
    const text = this.text('config');
    const done = await this.#change({ config: text, mode }, []);
    if (done) {
      this.#written = { text, config: this.#live.proxy.config };
      this.forget('config', 'urls');
    }
    return done;
  }

  /** Reads the file anew: the one that is named, or the one that was read before. */
  loadConfig(mode?: Mode): Promise<boolean> {
    const path = this.text('configPath').trim();
    const isSame = path === this.#inForce.configPath;
    return this.#change({ configPath: isSame ? '' : path, mode }, ['configPath', 'config', 'urls']);
  }

  useForward(mode?: Mode): Promise<boolean> {
    const forward = {
      allow: linesOf(this.text('allow')),
      allowPrivate: this.text('allowPrivate'),
      intercept: linesOf(this.text('intercept')),
      insecure: linesOf(this.text('insecure')),
    };
    return this.#change({ forward, mode }, ['allow', 'allowPrivate', 'intercept', 'insecure']);
  }

  useTunnel(mode?: Mode): Promise<boolean> {
    return this.#change({ tunnelTo: this.text('tunnelTo').trim(), mode }, ['tunnelTo']);
  }

  useTls(): Promise<boolean> {
    const kind = this.text('tls');
    const paths = { certificatePath: this.text('certificatePath').trim(), keyPath: this.text('keyPath').trim() };
    const tls: ListenerTls = kind === 'own' ? { kind, ...paths } : { kind };
    return this.#change({ tls }, ['tls', 'certificatePath', 'keyPath']);
  }

  /** Makes the local CA where there is none yet. */
  async makeCa(): Promise<void> {
    this.#busy = true;
    this.#failure = null;
    const reply = await this.#client.call('proxy.ca', {});
    this.#busy = false;
    if (reply.ok) this.#live.applyProxy({ ...this.#live.proxy, ca: reply.value });
    else this.#failure = reply.error;
  }

  /** Puts a server in or out of rotation, or lets it finish. What came of it is told by the feed. */
  async place(upstream: string, server: string, placement: Placement): Promise<void> {
    this.#placeFailure = null;
    const reply = await this.#client.call('proxy.place', { upstream, server, placement });
    if (!reply.ok) this.#placeFailure = reply.error;
  }

  async #change(change: CallParams<'proxy.change'>, names: readonly ProxyTextName[]): Promise<boolean> {
    this.#busy = true;
    this.#failure = null;
    const reply = await this.#client.call('proxy.change', change);
    this.#busy = false;
    if (reply.ok) {
      this.#live.applyProxy(reply.value);
      this.forget(...names);
    } else this.#failure = reply.error;
    return reply.ok;
  }
}
