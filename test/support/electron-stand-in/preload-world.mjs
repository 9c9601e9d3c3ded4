/**
 * The place the real preload runs in: before the page's own scripts, with `require('electron')` and nothing else.
 * What it exposes is copied and frozen, what passes through is cloned, and ipcRenderer itself stays inside.
 */
export const INVOKE = '__standInInvoke';
export const DELIVER = '__standInDeliver';

/**
 * Runs in the page, which knows nothing of this module: all it needs is handed in.
 *
 * @param {{ invokeName: string, deliverName: string }} names
 * @param {(require: (name: string) => unknown, exports: object) => void} preload
 */
function runPreload({ invokeName, deliverName }, preload) {
  // Electron runs a preload in the main frame alone.
  if (window !== window.top) return;
  const page = /** @type {Record<string, any>} */ (/** @type {unknown} */ (window));
  const invoke = page[invokeName];
  delete page[invokeName];
  /** @type {Map<string, Set<(event: unknown, ...args: unknown[]) => void>>} */
  const listeners = new Map();
  const listenersOf = (/** @type {string} */ channel) => {
    const known = listeners.get(channel) ?? new Set();
    listeners.set(channel, known);
    return known;
  };
  const ipcRenderer = {
    invoke: (/** @type {string} */ channel, /** @type {unknown[]} */ ...args) => invoke(channel, structuredClone(args)),
    on: (/** @type {string} */ channel, /** @type {() => void} */ listener) => void listenersOf(channel).add(listener),
    off: (/** @type {string} */ channel, /** @type {() => void} */ listener) =>
      void listenersOf(channel).delete(listener),
  };
  Object.defineProperty(page, deliverName, {
    value: (/** @type {string} */ channel, /** @type {unknown[]} */ args) => {
      for (const listener of [...listenersOf(channel)]) listener({ sender: ipcRenderer }, ...args);
    },
  });
  const contextBridge = {
    exposeInMainWorld: (/** @type {string} */ name, /** @type {object} */ api) =>
      Object.defineProperty(page, name, { value: Object.freeze({ ...api }), enumerable: true }),
  };
  preload((name) => {
    if (name === 'electron') return { contextBridge, ipcRenderer };
    throw new Error(`a sandboxed preload cannot require ${name}`);
  }, {});
}

/** The script to run before a document's own; `text` is the preload as built. */
export function preloadScript(/** @type {string} */ text) {
  const names = JSON.stringify({ invokeName: INVOKE, deliverName: DELIVER });
  return `(${runPreload})(${names}, (require, exports) => {\n${text}\n});`;
}
