/**
 * The part of Electron that carries calls: two processes in one, with a copy made of whatever crosses between them.
 * Stands in for the module `electron` in tests of the preload and the IPC host.
 */
import { EventEmitter } from 'node:events';

type Handler = (event: unknown, ...args: unknown[]) => unknown;

const copied = <Value>(value: Value): Value => structuredClone(value);

class FakeContents extends EventEmitter {
  isDestroyed = () => false;
  isCrashed = () => false;

  constructor(private readonly renderer: EventEmitter) {
    super();
  }

  send(channel: string, ...args: unknown[]): void {
    this.renderer.emit(channel, {}, ...copied(args));
  }
}

export class FakeIpc {
  readonly #handlers = new Map<string, Handler>();
  readonly #renderer = new EventEmitter();
  /** The page that calls; a test may replace what is known of its frame. */
  contents = new FakeContents(this.#renderer);
  frame: unknown = null;
  exposed: unknown = null;

  readonly module = {
    ipcMain: { handle: (channel: string, handler: Handler) => void this.#handlers.set(channel, handler) },
    ipcRenderer: {
      invoke: async (channel: string, ...args: unknown[]): Promise<unknown> => {
        const handler = this.#handlers.get(channel);
        if (handler === undefined) throw new Error(`nobody handles ${channel}`);
        return copied(await handler({ sender: this.contents, senderFrame: this.frame }, ...copied(args)));
      },
      on: (channel: string, listener: (...args: unknown[]) => void) => this.#renderer.on(channel, listener),
      off: (channel: string, listener: (...args: unknown[]) => void) => this.#renderer.off(channel, listener),
    },
    contextBridge: { exposeInMainWorld: (_name: string, api: unknown) => void (this.exposed = api) },
  };
}

export const fakeIpc = new FakeIpc();
