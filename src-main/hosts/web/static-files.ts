/** The files of the page, from one folder and nowhere else. */
import { readFile, realpath, stat } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { PAGE_FILE_TYPES } from '../../contract/page-policy';

export interface StaticFile {
  readonly type: string;
  readonly bytes: Buffer;
}

/** The parts of a path that names a file of the page; null for anything else. */
function partsOf(path: string): string[] | null {
  const parts = path === '/' ? ['index.html'] : path.slice(1).split('/');
  // The names a build makes. Dots at the start, backslashes, percent signs and controls are in none of them, so no
  // decoding is needed and no spelling of `..` gets through.
  return parts.every((part) => /^[\w-][\w.-]*$/.test(part)) ? parts : null;
}

/** Null where there is no such file. `path` is the path of a request target, as it came. */
export async function readStatic(root: string, path: string): Promise<StaticFile | null> {
  const parts = partsOf(path);
  if (parts === null) return null;
  const type = PAGE_FILE_TYPES[extname(parts.at(-1) ?? '')];
  if (type === undefined) return null;
  try {
    // A link inside the folder must not lead out of it.
    const [base, file] = await Promise.all([realpath(root), realpath(join(root, ...parts))]);
    if (!file.startsWith(base + sep) || !(await stat(file)).isFile()) return null;
    return { type, bytes: await readFile(file) };
  } catch {
    return null;
  }
}
