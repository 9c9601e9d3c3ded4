/** What can go wrong with a server behind us (`UP_`). */
import type { ErrorEntry } from '../error-entry';

export const UPSTREAM_ERRORS = {
  UP_NO_ROUTE: {
    status: 404,
    title: 'No route takes this host and path.',
    hint: 'Add a route with a shorter path prefix, or one for any host, to the configuration.',
  },
  UP_ALL_OUT: {
    status: 503,
    title: 'No server of upstream {upstream} takes requests.',
    hint: 'The topology panel tells why each of them is out.',
    rfc: 'RFC 9110 §15.6.4',
  },
  UP_ALL_BUSY: {
    status: 503,
    title: 'Every server of upstream {upstream} has as many requests under way as it may.',
    hint: 'Raise pool.maxConnections in the configuration, or add servers.',
    rfc: 'RFC 9110 §15.6.4',
  },
  UP_CONNECT: {
    status: 502,
    title: 'The server {server} could not be connected to ({reason}).',
    hint: 'See whether it runs, listens on that address, and can be reached from here.',
    rfc: 'RFC 9110 §15.6.3',
  },
  UP_CLOSED: {
    status: 502,
    title: 'The server {server} closed the connection before its reply ({reason}).',
    hint: 'See its log: it crashed, was restarted, or closes connections that are still in use.',
    rfc: 'RFC 9110 §15.6.3',
  },
  UP_CUT_SHORT: {
    status: null,
    title: 'The server {server} closed the connection in the middle of its reply.',
    hint: 'The client got what there was and a connection that ends early; see the log of the server.',
    rfc: 'RFC 9112 §8',
  },
  UP_MALFORMED: {
    status: 502,
    title: 'The reply of the server {server} is no HTTP/1.1 that can be passed on ({reason}).',
    hint: 'Look at the bytes of its connection: the first one that cannot be accepted is marked.',
    rfc: 'RFC 9110 §15.6.3',
  },
  UP_CODED: {
    status: 502,
    title: 'The reply of the server {server} has a transfer coding that nobody asked for.',
    hint: 'Let it send chunked alone; compress with Content-Encoding instead.',
    rfc: 'RFC 9110 §10.1.4',
  },
  UP_SWITCHED: {
    status: 502,
    title: 'The server {server} switched to a protocol that nobody asked for.',
    hint: 'See why it answers 101.',
    rfc: 'RFC 9110 §15.2.2',
  },
  UP_LOOP: {
    status: 508,
    title: 'The request has come through this proxy already.',
    hint: 'Let no upstream lead back here: its Via field tells the way it took.',
    rfc: 'RFC 9110 §7.6.3',
  },
} as const satisfies Record<string, ErrorEntry>;
