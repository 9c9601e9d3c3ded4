import { EventEmitter } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { closeBrowser } from './chromium-page.mjs';
import { preventable, windows } from './registry.mjs';

class App extends EventEmitter {
  isPackaged = false;
  isQuitting = false;
  isSandboxed = false;

  enableSandbox() {
    this.isSandboxed = true;
  }

  async whenReady() {
    await setImmediate();
  }

  requestSingleInstanceLock() {
    return process.env['STAND_IN_IS_SECOND'] === undefined;
  }

  getPath(/** @type {string} */ name) {
    const path = join(process.env['STAND_IN_FOLDER'] ?? '', name);
    mkdirSync(path, { recursive: true });
    return path;
  }

  /** As documented: before-quit may prevent it, then the windows close, and each of them may prevent it. */
  quit() {
    const event = preventable();
    this.emit('before-quit', event);
    if (event.defaultPrevented) return;
    this.isQuitting = true;
    for (const window of [...windows]) window.close();
    if (windows.size === 0) this.exit(0);
  }

  exit(/** @type {number} */ code) {
    void closeBrowser().finally(() => process.exit(code));
  }
}

export const app = new App();

// Electron turns these signals into a quit.
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => app.quit());
