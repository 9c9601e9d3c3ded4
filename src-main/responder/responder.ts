/**
 * Which reply a request gets.
 *
 * Owns the built-in routes. It must not know sockets, guards or framing: it is told what arrived and says what goes
 * back. Routing needs the head alone, so a session knows before the body comes whether to hold it.
 *
 * Order, after RFC 9110 §9.1, §15.5.5 and §15.5.6: a method nobody knows is 501, a path nobody serves is 404, a
 * method the path does not take is 405. `/` takes any known method, `/echo` and `/anything` take any.
 */
import type { ReplyMode } from '../contract/engine';
import type { RequestHead } from '../http1/events';
import type { ReplyParts } from '../http1/writer';
import { tellRequest } from './anything';
import { frontPage } from './front-page';
import { isCodingList, isMediaType } from './media-type';
import { bareReply, NOSNIFF, textReply } from './replies';
import type { ReceivedRequest, Route } from './request';

export type { ReceivedRequest, Route };

/** RFC 9110 §9.3 and PATCH (RFC 5789). */
const KNOWN_METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PATCH']);
const READ_METHODS = 'GET, HEAD, OPTIONS';
const ALL_METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS';

/** The same parts for every request, so the writer can give out the same bytes. */
function constantRoute(name: string, parts: ReplyParts): Route {
  return { name, holdsBody: false, acceptsBody: parts.status < 400, reply: () => parts };
}

const notAllowed = (allow: string): Route =>
  constantRoute('405', textReply(405, `This address takes ${allow}.\n`, [['Allow', allow]]));
const options = (allow: string): Route => constantRoute('options', bareReply(204, [['Allow', allow]]));

const HEALTH = constantRoute('health', textReply(200, 'ok\n'));
const NOT_FOUND = constantRoute(
  '404',
  textReply(404, 'There is nothing at this address. Try /, /health, /echo or /anything.\n'),
);
const UNKNOWN_METHOD = constantRoute('501', textReply(501, 'This server does not know the method of the request.\n'));
const NO_TUNNEL = constantRoute('501', textReply(501, 'This server is an origin: it opens no tunnels.\n'));
const READ_OPTIONS = options(READ_METHODS);
const READ_NOT_ALLOWED = notAllowed(READ_METHODS);
const ALL_OPTIONS = options(ALL_METHODS);
const ALL_NOT_ALLOWED = notAllowed(ALL_METHODS);
const FRONT: Route = { name: 'front', holdsBody: false, acceptsBody: true, reply: frontPage };
const ANYTHING: Route = { name: 'anything', holdsBody: true, acceptsBody: true, reply: tellRequest };

/** The body with the fields that tell how to read it. Sandboxed: a browser must not run a stranger's page here. */
function echoBody({ head, body }: ReceivedRequest): ReplyParts {
  const coding = head.fields.get('content-encoding') ?? '';
  const type = head.fields.get('content-type') ?? '';
  return {
    status: 200,
    fields: [
      ['Content-Type', isMediaType(type) ? type : 'application/octet-stream'],
      ...(isCodingList(coding) ? [['Content-Encoding', coding] as const] : []),
      NOSNIFF,
      ['Content-Security-Policy', 'sandbox'],
    ],
    body,
  };
}
const ECHO: Route = { name: 'echo', holdsBody: true, acceptsBody: true, reply: echoBody };

/** The path of an origin-form or absolute-form target, without its query. */
function pathOf({ target, targetForm }: RequestHead): string {
  let from = 0;
  if (targetForm === 'absolute') {
    const authority = target.indexOf('//') + 2;
    from = target.slice(authority).search(/[/?]/);
    if (from < 0) return '/';
    from += authority;
  }
  const query = target.indexOf('?', from);
  const path = target.slice(from, query < 0 ? target.length : query);
  return path === '' ? '/' : path;
}

function readRoute(method: string, route: Route): Route {
  if (method === 'GET' || method === 'HEAD') return route;
  return method === 'OPTIONS' ? READ_OPTIONS : READ_NOT_ALLOWED;
}

function anyRoute(method: string, route: Route): Route {
  if (method === 'OPTIONS') return ALL_OPTIONS;
  // A reflected request gives away what the client's own scripts may not see (RFC 9110 §9.3.8).
  return method === 'TRACE' ? ALL_NOT_ALLOWED : route;
}

function defaultRoute(head: RequestHead): Route {
  const { method, targetForm } = head;
  if (method === 'CONNECT') return NO_TUNNEL;
  if (targetForm === 'asterisk') return method === 'OPTIONS' ? ALL_OPTIONS : NOT_FOUND;
  const path = pathOf(head);
  if (path === '/echo') return anyRoute(method, ECHO);
  if (path === '/anything' || path.startsWith('/anything/')) return anyRoute(method, ANYTHING);
  if (!KNOWN_METHODS.has(method)) return UNKNOWN_METHOD;
  if (path === '/health') return readRoute(method, HEALTH);
  if (path === '/') return anyRoute(method, FRONT);
  return NOT_FOUND;
}

/** A 2xx to CONNECT would turn the connection into a tunnel (RFC 9110 §9.3.6). */
function echoRoute(method: string): Route {
  if (method === 'CONNECT') return NO_TUNNEL;
  return method === 'TRACE' ? ALL_NOT_ALLOWED : ECHO;
}

/** The route of a request, from its head. In echo mode every valid request gets its own body back. */
export function route(head: RequestHead, mode: ReplyMode): Route {
  if (mode === 'echo') return echoRoute(head.method);
  return defaultRoute(head);
}
