/** What can go wrong between the page and the engine (`CALL_`), and inside the engine itself (`BUG_`). */
import type { ErrorEntry } from '../error-entry';

export const CALL_ERRORS = {
  CALL_UNKNOWN: {
    status: null,
    title: 'There is no call named "{name}".',
    hint: 'Reload the page: it may be older than the engine.',
  },
  CALL_BAD_PARAMS: {
    status: null,
    title: 'The call {name} was made with something it does not take ({reason}).',
    hint: 'Reload the page: it may be older than the engine.',
  },
  CALL_TIMED_OUT: {
    status: null,
    title: 'The engine did not answer {name} within {limit} ms.',
    hint: 'Try again; if it goes on, the engine is stuck or gone.',
  },
  CALL_FORBIDDEN: {
    status: 403,
    title: 'This page is not allowed to talk to the engine.',
    hint: 'Open the address that Bytescope printed, token included.',
  },
  CALL_DISCONNECTED: {
    status: null,
    title: 'The connection to the engine is gone.',
    hint: 'See whether Bytescope still runs; the page connects again by itself.',
  },
  CALL_NO_CONNECTION: {
    status: null,
    title: 'Connection #{connection} is no longer kept.',
    hint: 'The oldest closed connections are dropped first, and Clear drops all closed ones.',
  },
  CALL_NO_SERVER: {
    status: null,
    title: 'There is no server {server} in upstream {upstream}.',
    hint: 'The configuration was changed meanwhile.',
  },
  CALL_FAILED: {
    status: null,
    title: 'The call {name} failed inside Bytescope ({reason}).',
    hint: 'This is a bug in Bytescope: please report it with what you did.',
  },
  BUG_INVARIANT: {
    status: 500,
    title: 'Bytescope broke a rule of its own ({reason}).',
    hint: 'This is a bug in Bytescope: please report it with what you did.',
  },
} as const satisfies Record<string, ErrorEntry>;
