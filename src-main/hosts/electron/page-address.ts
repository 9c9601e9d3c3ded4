/** The address of the page and the test whether something belongs to it. */

export const PAGE_SCHEME = 'bytescope';
const PAGE_HOST = 'app';
/** What Chromium calls the page's origin; a sandboxed or foreign frame has another one. */
export const PAGE_ORIGIN = `${PAGE_SCHEME}://${PAGE_HOST}`;
export const PAGE_ADDRESS = `${PAGE_ORIGIN}/`;

/** The path of an address of the page; null for every other address. */
export function pagePath(address: string): string | null {
  if (!URL.canParse(address)) return null;
  const { protocol, host, pathname } = new URL(address);
  return protocol === `${PAGE_SCHEME}:` && host === PAGE_HOST ? pathname : null;
}
