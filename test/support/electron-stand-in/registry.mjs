/** What the product has registered with the stand-in, and the windows it has open. */

/** @type {Map<string, (...args: any[]) => unknown>} */
export const handlers = new Map();
/** @type {Map<string, ((request: Request) => Response | Promise<Response>) | null>} */
export const schemes = new Map();
/** @type {{ check?: any, request?: any, device?: any }} */
export const permissions = {};
/** @type {Set<import('./browser-window.mjs').BrowserWindow>} */
export const windows = new Set();

/** An event whose default can be prevented, as Electron's emitters pass it. */
export function preventable(details = {}) {
  return {
    ...details,
    defaultPrevented: false,
    preventDefault() {
      this.defaultPrevented = true;
    },
  };
}
