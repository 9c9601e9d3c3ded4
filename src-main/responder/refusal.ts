/** The one place where an error code becomes a reply. */
import { BugError, describe, errorEntry, type Failure } from '../contract/errors';
import type { ReplyParts } from '../http1/writer';
import { textReply } from './replies';

interface Kept {
  readonly status: number;
  readonly text: string;
  readonly reply: ReplyParts;
}
/** A flood is refused with the same words again and again: the same parts, so that the writer knows them. */
let kept: Kept | null = null;

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
  const text = `${failure.code}: ${title} ${hint}${rule}\n`;
  if (kept === null || kept.status !== status || kept.text !== text)
    kept = { status, text, reply: textReply(status, text) };
  return kept.reply;
}
