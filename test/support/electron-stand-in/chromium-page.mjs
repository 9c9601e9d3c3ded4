/**
 * Pages of a real Chromium for the windows. Chromium cannot be taught a scheme from outside, so the product's own
 * scheme is shown to it as a host of this machine, which is a secure context too; the answers come from the
 * product's protocol handler, policy included. Nothing else is answered.
 */
import { chromium } from 'playwright';
import { schemes } from './registry.mjs';

const SCHEME = 'bytescope';
const OWN = `${SCHEME}://app`;
const SHOWN = 'http://bytescope-app.localhost';

export const toShown = (/** @type {string} */ address) =>
  address.startsWith(OWN) ? SHOWN + address.slice(OWN.length) : address;
export const toOwn = (/** @type {string} */ address) =>
  address.startsWith(SHOWN) ? OWN + address.slice(SHOWN.length) : address;

/** @type {Promise<import('playwright').Browser> | null} */
let browser = null;

export async function newContext() {
  browser ??= chromium.launch({
    executablePath: process.env['STAND_IN_CHROMIUM'] ?? '',
    args: JSON.parse(process.env['STAND_IN_CHROMIUM_ARGS'] ?? '[]'),
    handleSIGINT: false,
    handleSIGTERM: false,
  });
  return (await browser).newContext({ viewport: { width: 1440, height: 900 } });
}

export async function closeBrowser() {
  await (await browser)?.close();
}

/** Answers a request as the product's protocol handler does. */
export async function fulfil(/** @type {import('playwright').Route} */ route) {
  const request = route.request();
  const address = toOwn(request.url());
  const handler = address.startsWith(OWN) ? schemes.get(SCHEME) : null;
  if (handler === null || handler === undefined) return route.abort('addressunreachable');
  const response = await handler(new Request(address, { method: request.method() }));
  const body = Buffer.from(await response.arrayBuffer());
  await route.fulfill({ status: response.status, headers: Object.fromEntries(response.headers), body });
}
