/** An engine in a proxy mode on a free port, with what it states, and calls as the page makes them. */
import type { CallName, CallParams, CallValues } from '../../src-main/contract/calls';
import type { Engine, Viewer } from '../../src-main/contract/engine';
import type { Fact } from '../../src-main/contract/facts';
import type { ProxyChange } from '../../src-main/contract/proxy-state';
import { DEFAULT_SETTINGS, type SomeSettings } from '../../src-main/contract/settings';
import { createInspector } from '../../src-main/inspector/inspector';

type FactOf<Kind extends Fact['kind']> = Extract<Fact, { kind: Kind }>;

export class ProxyEngine {
  readonly facts: Fact[] = [];
  readonly #viewer: Viewer;
  #noticed: () => void = () => undefined;

  private constructor(
    readonly engine: Engine,
    readonly port: number,
  ) {
    this.#viewer = engine.attach(() => undefined);
    engine.onFact((fact) => {
      this.facts.push(fact);
      this.#noticed();
    });
  }

  static async open(
    proxy: ProxyChange,
    settings: SomeSettings = {},
    caPath: string | null = null,
    host = '127.0.0.1',
    journalPath: string | null = null,
  ): Promise<ProxyEngine> {
    const created = await createInspector({
      settingsPath: null,
      journalPath,
      flags: { ...DEFAULT_SETTINGS, bucketCapacity: null, ...settings },
      preset: null,
      replyMode: 'default',
      proxy,
      caPath,
    });
    if (!created.ok) throw new Error(`${created.error.code} ${JSON.stringify(created.error.detail)}`);
    const listening = await created.value.listen(host, 0);
    if (!listening.ok) throw new Error(listening.error.code);
    return new ProxyEngine(created.value, listening.value.port);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  factsOf<Kind extends Fact['kind']>(kind: Kind): readonly FactOf<Kind>[] {
    return this.facts.filter((fact): fact is FactOf<Kind> => fact.kind === kind);
  }

  /** Resolves with the first fact of this kind that passes, stated already or not. */
  async fact<Kind extends Fact['kind']>(
    kind: Kind,
    passes: (fact: FactOf<Kind>) => boolean = () => true,
  ): Promise<FactOf<Kind>> {
    for (;;) {
      const found = this.factsOf(kind).find(passes);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => (this.#noticed = resolve));
    }
  }

  async call<Name extends CallName>(name: Name, params: CallParams<Name>): Promise<CallValues[Name]> {
    const reply = await this.#viewer.request(name, params);
    if (!reply.ok) throw new Error(`${reply.error.code} ${JSON.stringify(reply.error.detail)}`);
    return reply.value as CallValues[Name];
  }

  /** All bytes of one direction that are kept. */
  async bytes(connection: number, direction: 'in' | 'out'): Promise<string> {
    const { bytes } = await this.call('bytes.read', { connection, direction, offset: 0, length: 256 * 1024 });
    return Buffer.from(bytes).toString('latin1');
  }

  close(): Promise<void> {
    return this.engine.close(0);
  }
}
