/** The one-time token of the web host: it arrives in the hash, so that it stands in no request line and no Referer. */
const KEY = 'bytescope.token';

/** Takes the token out of the address bar; a reload finds it in the session storage of the tab. */
export function takeToken(page: Window): string {
  const given = new URLSearchParams(page.location.hash.slice(1)).get('token');
  if (given === null) return page.sessionStorage.getItem(KEY) ?? '';
  page.sessionStorage.setItem(KEY, given);
  page.history.replaceState(null, '', page.location.pathname + page.location.search);
  return given;
}
