import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { fulfil, newContext, toOwn, toShown } from './chromium-page.mjs';
import { DELIVER, INVOKE, preloadScript } from './preload-world.mjs';
import { handlers, preventable } from './registry.mjs';

/** Null where the request has no frame yet. */
function frameOf(/** @type {import('playwright').Request} */ request) {
  try {
    return request.frame();
  } catch {
    return null;
  }
}

/** What a window shows: one page of a real Chromium, with the events and answers of Electron's own. */
export class WebContents extends EventEmitter {
  /** Addresses asked for that only the world outside could answer. */
  refusedAddresses = /** @type {string[]} */ ([]);
  deniedWindows = 0;
  deniedNavigations = 0;
  #destroyed = false;
  /** A navigation the main process asked for, which asks no one. */
  #ownNavigation = false;
  #hasCommitted = false;
  #address = '';
  #openHandler = () => ({ action: 'allow' });
  /** @type {Promise<import('playwright').Page>} */
  #page;

  constructor(/** @type {{ preload: string }} */ { preload }) {
    super();
    this.#page = this.#open(readFileSync(preload, 'utf8'));
  }

  async #open(/** @type {string} */ preload) {
    const context = await newContext();
    const page = await context.newPage();
    await page.exposeBinding(INVOKE, ({ frame }, channel, args) => this.#invoke(frame, channel, args));
    await page.addInitScript({ content: preloadScript(preload) });
    await context.route('**/*', (route) => this.#answer(route, page));
    context.on('page', (popup) => void this.#openedWindow(popup));
    page.on('framenavigated', (frame) => {
      if (frame !== page.mainFrame() || !this.#hasCommitted) return;
      this.#hasCommitted = false;
      this.#address = toOwn(page.url());
      this.emit('did-navigate', {}, this.#address);
    });
    return page;
  }

  async #invoke(
    /** @type {import('playwright').Frame} */ frame,
    /** @type {string} */ channel,
    /** @type {unknown[]} */ args,
  ) {
    const handler = handlers.get(channel);
    if (handler === undefined) throw new Error(`No handler registered for '${channel}'`);
    const senderFrame = { parent: frame.parentFrame(), origin: toOwn(new URL(frame.url()).origin) };
    return structuredClone(await handler({ sender: this, senderFrame }, ...args));
  }

  async #answer(/** @type {import('playwright').Route} */ route, /** @type {import('playwright').Page} */ page) {
    const request = route.request();
    const frame = frameOf(request);
    // A window that was just opened, and is about to be closed.
    if (frame?.page() !== page) return route.abort();
    if (request.isNavigationRequest() && frame === page.mainFrame() && !this.#mayNavigate(request.url())) {
      return route.abort('aborted');
    }
    if (!toOwn(request.url()).startsWith('bytescope:')) this.refusedAddresses.push(request.url());
    await fulfil(route);
  }

  #mayNavigate(/** @type {string} */ address) {
    const event = preventable({ url: toOwn(address), isMainFrame: true });
    if (!this.#ownNavigation) this.emit('will-navigate', event);
    this.#ownNavigation = false;
    if (event.defaultPrevented) this.deniedNavigations += 1;
    this.#hasCommitted = !event.defaultPrevented;
    return !event.defaultPrevented;
  }

  /** Chromium has opened it before anybody could be asked; denied is closed. */
  async #openedWindow(/** @type {import('playwright').Page} */ popup) {
    if (this.#openHandler().action !== 'deny') return;
    this.deniedWindows += 1;
    await popup.close();
  }

  async load(/** @type {string} */ address) {
    const page = await this.#page;
    this.#ownNavigation = true;
    await page.goto(toShown(address));
  }

  async reload() {
    const page = await this.#page;
    this.#ownNavigation = true;
    await page.reload();
  }

  /** For the test: what an expression is in the page. */
  async evaluate(/** @type {string} */ expression) {
    return (await this.#page).evaluate(expression);
  }

  getURL() {
    return this.#address;
  }

  send(/** @type {string} */ channel, /** @type {unknown[]} */ ...args) {
    const passed = structuredClone(args);
    void this.#page
      .then((page) =>
        page.evaluate(
          ([deliver, name, list]) => /** @type {any} */ (window)[/** @type {string} */ (deliver)]?.(name, list),
          [DELIVER, channel, passed],
        ),
      )
      // The document may be gone by then, as in Electron.
      .catch(() => undefined);
  }

  setWindowOpenHandler(/** @type {() => { action: string }} */ handler) {
    this.#openHandler = handler;
  }

  isDestroyed() {
    return this.#destroyed;
  }

  isCrashed() {
    return false;
  }

  destroy() {
    this.#destroyed = true;
    void this.#page.then((page) => page.context().close()).catch(() => undefined);
    this.emit('destroyed');
  }
}
