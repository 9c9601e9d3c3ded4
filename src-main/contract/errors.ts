/**
 * The error catalogue: every failure Bytescope can name, declared once.
 *
 * A code is permanent: it is never renamed and never reused; texts are free to improve. Wire status, window text and
 * command-line text all read this table. Peer faults travel as values `{ code, detail }`; only `BUG_` codes are thrown.
 *
 * `{name}` in a text is filled from the detail that travels with the code.
 *
 * The prefix of a code says what it is about; the tables in `error-tables` go by it.
 */
import type { ErrorEntry } from './error-entry';
import { CALL_ERRORS } from './error-tables/calls';
import { CAPTURE_ERRORS } from './error-tables/capture';
import { CONFIGURATION_ERRORS } from './error-tables/configuration';
import { FORWARD_ERRORS } from './error-tables/forward';
import { HTTP1_ERRORS } from './error-tables/http1';
import { LIMIT_ERRORS } from './error-tables/limits';
import { LISTENING_ERRORS } from './error-tables/listening';
import { TLS_ERRORS } from './error-tables/tls';
import { UPSTREAM_ERRORS } from './error-tables/upstream';
import { WEBSOCKET_ERRORS } from './error-tables/websocket';

export const ERRORS = {
  ...HTTP1_ERRORS,
  ...WEBSOCKET_ERRORS,
  ...LIMIT_ERRORS,
  ...UPSTREAM_ERRORS,
  ...FORWARD_ERRORS,
  ...LISTENING_ERRORS,
  ...TLS_ERRORS,
  ...CAPTURE_ERRORS,
  ...CONFIGURATION_ERRORS,
  ...CALL_ERRORS,
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

/** What fills the `{name}` places of an entry's texts. */
export type ErrorDetail = Readonly<Record<string, string | number>>;

/** A failure as a value: it travels over every transport unchanged. */
export interface Failure {
  readonly code: ErrorCode;
  readonly detail?: ErrorDetail;
}

export type Result<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: Failure };

export const ok = <Value>(value: Value): Result<Value> => ({ ok: true, value });
export const fail = (code: ErrorCode, detail?: ErrorDetail): { readonly ok: false; readonly error: Failure } => ({
  ok: false,
  error: detail === undefined ? { code } : { code, detail },
});

/** The catalogue entry with one type for all codes, for code that reads any of them. */
export const errorEntry = (code: ErrorCode): ErrorEntry => ERRORS[code];

const fill = (text: string, detail: ErrorDetail): string =>
  text.replace(/\{(\w+)\}/g, (place, name: string) => (name in detail ? String(detail[name]) : place));

/** What happened and what to do, as two finished sentences. */
export function describe(failure: Failure): { title: string; hint: string } {
  const entry = ERRORS[failure.code];
  const detail = failure.detail ?? {};
  return { title: fill(entry.title, detail), hint: fill(entry.hint, detail) };
}

/** A broken invariant: the only thing the engine throws. */
export class BugError extends Error {
  readonly code = 'BUG_INVARIANT';
  constructor(readonly reason: string) {
    super(describe({ code: 'BUG_INVARIANT', detail: { reason } }).title);
    this.name = 'BugError';
  }
}
