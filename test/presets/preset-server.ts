/** A listener under the settings of a preset, in echo mode, with what it has read and stated. */
import type { Fact } from '../../src-main/contract/facts';
import { presetSettings, type PresetName } from '../../src-main/contract/presets';
import type { Settings } from '../../src-main/contract/settings';
import { PolicyInForce } from '../../src-main/inspector/policy';
import { OriginListener } from '../support/origin-listener';

export class PresetServer {
  readonly facts: Fact[] = [];
  readonly #listener: OriginListener;
  #bytesRead = 0;
  #readSome: () => void = () => undefined;

  private constructor(preset: PresetName, changed: Partial<Settings>) {
    this.#listener = new OriginListener(new PolicyInForce({ ...presetSettings(preset), ...changed }, 'echo'), {
      tap: { isBehind: false, opened: () => undefined, recorded: () => undefined, ended: () => undefined },
      record: (fact) => void this.facts.push(fact),
      accepted: () => undefined,
      moved: (_driver, { direction, bytes }) => {
        if (direction === 'in') this.#bytesRead += bytes;
        this.#readSome();
      },
      gone: () => undefined,
      broke: (failure) => {
        throw new Error(failure.code);
      },
    });
  }

  static async open(preset: PresetName, changed: Partial<Settings> = {}): Promise<PresetServer> {
    const server = new PresetServer(preset, changed);
    const listening = await server.#listener.listen('127.0.0.1', 0, 0);
    if (!listening.ok) throw new Error(listening.error.code);
    return server;
  }

  get port(): number {
    return this.#listener.state.port;
  }

  get replies(): number {
    return this.facts.filter(({ kind }) => kind === 'reply').length;
  }

  /** Resolves when the server has read so many bytes, and done with them what it does at once. */
  async whenRead(bytes: number): Promise<void> {
    while (this.#bytesRead < bytes) await new Promise<void>((resolve) => (this.#readSome = resolve));
  }

  close(): Promise<void> {
    return this.#listener.stop(0);
  }
}
