/** One file of the session on disk. The seam the tests put a failing disk behind. */
import { chmod, open, rename, stat, unlink } from 'node:fs/promises';

export interface SegmentFile {
  /** Writes all of the parts, one behind the other, at a place of the file, or rejects. */
  write(parts: readonly Uint8Array[], position: number): Promise<void>;
  /** Fills `into` from a place of the file; rejects where the file is shorter. */
  read(into: Uint8Array, position: number): Promise<void>;
  /** Cuts off what stands behind the first bytes. */
  truncate(length: number): Promise<void>;
  close(): Promise<void>;
}

export interface SegmentFiles {
  /** Makes the file anew; only its owner may read it. */
  create(path: string): Promise<SegmentFile>;
  /** False: there is no such file. */
  rename(from: string, to: string): Promise<boolean>;
  /** Succeeds where there is no such file. */
  remove(path: string): Promise<void>;
}

const OWNER_ONLY = 0o600;

/** A file that the user has deleted meanwhile is no failure: trying again would stop the recording for good. */
const unlessGone = (error: NodeJS.ErrnoException): false => {
  if (error.code === 'ENOENT') return false;
  throw error;
};

export const diskFiles: SegmentFiles = {
  rename: (from, to) => rename(from, to).then(() => true, unlessGone),
  remove: (path) => unlink(path).catch((error: NodeJS.ErrnoException) => void unlessGone(error)),
  create: async (path) => {
    await refuseSpecialFile(path);
    const handle = await open(path, 'w+', OWNER_ONLY);
    await chmod(path, OWNER_ONLY);
    return {
      write: async (parts, position) => {
        let at = position;
        for (let left = parts; left.length > 0;) {
          const { bytesWritten } = await handle.writev(left, at);
          at += bytesWritten;
          left = without(left, bytesWritten);
        }
      },
      read: async (into, position) => {
        for (let filled = 0; filled < into.length;) {
          const { bytesRead } = await handle.read(into, filled, into.length - filled, position + filled);
          if (bytesRead === 0) throw new Error('the file is shorter than its index');
          filled += bytesRead;
        }
      },
      truncate: (length) => handle.truncate(length),
      close: () => handle.close(),
    };
  },
};

/** What is left of the parts after the first bytes of them. */
function without(parts: readonly Uint8Array[], bytes: number): Uint8Array[] {
  let gone = bytes;
  return parts.flatMap((part) => {
    const rest = part.subarray(Math.min(gone, part.length));
    gone -= part.length - rest.length;
    return rest.length === 0 ? [] : [rest];
  });
}

/** A file of an earlier run is written anew, as tcpdump does; a folder, a pipe or a device is not a place for one. */
async function refuseSpecialFile(path: string): Promise<void> {
  const known = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (known !== null && !known.isFile()) throw new Error('it is not a regular file');
}
