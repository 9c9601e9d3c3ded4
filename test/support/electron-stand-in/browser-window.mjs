import { EventEmitter } from 'node:events';
import { app } from './app.mjs';
import { preventable, windows } from './registry.mjs';
import { WebContents } from './web-contents.mjs';

export class BrowserWindow extends EventEmitter {
  isShown = false;
  #bounds;

  static getAllWindows() {
    return [...windows];
  }

  constructor(/** @type {any} */ options) {
    super();
    this.options = options;
    this.#bounds = { x: 0, y: 0, width: options.width, height: options.height };
    this.webContents = new WebContents(options.webPreferences);
    windows.add(this);
    app.emit('web-contents-created', {}, this.webContents);
  }

  async loadURL(/** @type {string} */ address) {
    await this.webContents.load(address);
    this.emit('ready-to-show');
  }

  show() {
    this.isShown = true;
  }

  focus() {}
  maximize() {}
  restore() {}
  setBackgroundColor() {}
  isMinimized = () => false;
  isMaximized = () => false;
  getNormalBounds = () => this.#bounds;

  close() {
    const event = preventable();
    this.emit('close', event);
    if (event.defaultPrevented) return;
    windows.delete(this);
    this.webContents.destroy();
    this.emit('closed');
    if (windows.size === 0 && !app.isQuitting) app.emit('window-all-closed');
  }
}
