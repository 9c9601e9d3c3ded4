/**
 * What a request target names, as it stands on the wire: nothing is decoded and no dot segment removed, so two
 * spellings of one resource stay two (RFC 9110 §4.2.3 calls them equal; a log line has to show which one came).
 */

/** Path and query (RFC 9112 §3.2). `*` and the `host:port` of CONNECT are returned as they are. */
export function pathAndQuery(target: string): string {
  if (target.startsWith('/')) return target;
  const scheme = target.indexOf('://');
  if (scheme === -1) return target;
  const authority = scheme + 3;
  const slash = target.indexOf('/', authority);
  const query = target.indexOf('?', authority);
  if (slash !== -1 && (query === -1 || slash < query)) return target.slice(slash);
  // An empty path is equal to "/" (RFC 9110 §4.2.3).
  return query === -1 ? '/' : `/${target.slice(query)}`;
}

/** The path alone. */
export function pathOf(target: string): string {
  const origin = pathAndQuery(target);
  const query = origin.indexOf('?');
  return query === -1 ? origin : origin.slice(0, query);
}
