/** The one place where an error code becomes a reply. */
import { BugError, describe, errorEntry, type Failure } from '../contract/errors';
import type { ReplyParts } from '../http1/writer';
import { textReply } from './replies';

/**
 * The reply to a request that cannot be served: the code, what happened, what to do. The status is the catalogue's
 * unless another one is given: servers differ in what they answer, a code does not.
 *
 * @throws BugError for a code that closes without a reply, where no status is given.
 */
export function refusal(failure: Failure, status: number | null = errorEntry(failure.code).status): ReplyParts {
  if (status === null) throw new BugError(`${failure.code} is not answered with a reply`);
  const { rfc } = errorEntry(failure.code);
  const { title, hint } = describe(failure);
  const rule = rfc === undefined ? '' : ` (${rfc})`;
  return textReply(status, `${failure.code}: ${title} ${hint}${rule}\n`);
}
