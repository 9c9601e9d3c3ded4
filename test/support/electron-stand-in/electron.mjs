/**
 * What stands in for Electron's modules where its binary is missing: the same names, a real Chromium as the window,
 * the real preload and page in it. Only what the product uses is there, so that using more fails at once.
 */
import { EventEmitter } from 'node:events';
import { obeyTheTest } from './control.mjs';
import { handlers, permissions, schemes } from './registry.mjs';

export { app } from './app.mjs';
export { BrowserWindow } from './browser-window.mjs';

export const ipcMain = {
  handle(/** @type {string} */ channel, /** @type {(...args: any[]) => unknown} */ handler) {
    if (handlers.has(channel)) throw new Error(`a second handler for ${channel}`);
    handlers.set(channel, handler);
  },
};

export const protocol = {
  registerSchemesAsPrivileged: (/** @type {{ scheme: string }[]} */ list) =>
    list.forEach(({ scheme }) => schemes.set(scheme, null)),
};

export const session = {
  defaultSession: {
    protocol: {
      handle(/** @type {string} */ scheme, /** @type {(request: Request) => Response} */ handler) {
        if (!schemes.has(scheme)) throw new Error(`the scheme ${scheme} was not registered before Electron was ready`);
        schemes.set(scheme, handler);
      },
    },
    setPermissionCheckHandler: (/** @type {any} */ handler) => (permissions.check = handler),
    setPermissionRequestHandler: (/** @type {any} */ handler) => (permissions.request = handler),
    setDevicePermissionHandler: (/** @type {any} */ handler) => (permissions.device = handler),
  },
};

export const nativeTheme = Object.assign(new EventEmitter(), { shouldUseDarkColors: true });
export const screen = { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] };
export const clipboard = { writeText: async () => undefined };
export const shell = { showItemInFolder: () => undefined };
export const Menu = {
  buildFromTemplate: (/** @type {unknown} */ template) => template,
  setApplicationMenu: () => undefined,
};
export const dialog = {
  showErrorBox: (/** @type {string} */ title, /** @type {string} */ text) =>
    console.log(`stand-in:error-box ${title} ${text}`),
};

obeyTheTest();
