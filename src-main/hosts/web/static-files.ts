/** The files of the page, from one folder and nowhere else. */
import { readFile, realpath, stat } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

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
  const type = TYPES[extname(parts.at(-1) ?? '')];
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
