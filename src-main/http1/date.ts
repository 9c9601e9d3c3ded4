/** The Date field (RFC 9110 §5.6.7), made once a second: making it for every reply would cost as much as the head. */

let cachedSecond = Number.NaN;
let cachedText = '';

/** `Sun, 06 Nov 1994 08:49:37 GMT` for a time in epoch milliseconds. */
export function httpDate(epochMs: number): string {
  const second = Math.floor(epochMs / 1000);
  if (second !== cachedSecond) {
    // ECMAScript fixes this very form for toUTCString (§21.4.4.43); it is the IMF-fixdate of the RFC.
    cachedText = new Date(second * 1000).toUTCString();
    cachedSecond = second;
  }
  return cachedText;
}
