import { BugError, type Failure } from '../contract/errors';

const MAX_REASON_CHARACTERS = 200;

/** What was thrown, as a failure to report. */
export function bugOf(thrown: unknown): Failure {
  const reason = thrown instanceof BugError ? thrown.reason : String(thrown);
  return { code: 'BUG_INVARIANT', detail: { reason: reason.slice(0, MAX_REASON_CHARACTERS) } };
}
