/** What can go wrong with the session file (`CAP_`). */
import type { ErrorEntry } from '../error-entry';

export const CAPTURE_ERRORS = {
  CAP_OPEN_FAILED: {
    status: null,
    title: 'The journal {path} cannot be opened for writing ({reason}).',
    hint: 'Choose a path in a folder that exists and may be written to.',
  },
  CAP_WRITE_FAILED: {
    status: null,
    title: 'The journal cannot be written ({reason}); bytes that arrive now are not kept.',
    hint: 'Free some disk space; recording goes on as soon as a write succeeds.',
  },
  CAP_TOO_SLOW: {
    status: null,
    title: 'Bytes arrive faster than the disk takes them; some of them are not kept.',
    hint: 'Send less at once, or keep the journal on a faster disk.',
  },
  CAP_READ_FAILED: {
    status: null,
    title: 'The journal cannot be read ({reason}).',
    hint: 'See whether the journal file still exists and can be read.',
  },
} as const satisfies Record<string, ErrorEntry>;
