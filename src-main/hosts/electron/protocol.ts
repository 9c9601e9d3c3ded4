/**
 * The page over a protocol of its own: unlike a file it has an origin and can carry a policy, and nothing outside
 * the folder of the page has an address in it.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, sep } from 'node:path';
import { protocol, type Session } from 'electron';
import { PAGE_FIELDS, PAGE_FILE_TYPES } from '../../contract/page-policy';
import { PAGE_SCHEME, pagePath } from './page-address';

const NOT_BUILT = 'The page is not built yet: run "npm run build".\n';

/** Has to be called before Electron is ready. */
export function registerPageScheme(): void {
  const privileges = { standard: true, secure: true, supportFetchAPI: true, codeCache: true };
  protocol.registerSchemesAsPrivileged([{ scheme: PAGE_SCHEME, privileges }]);
}

/** The paths of the page with their files. Only what is listed is served, so no spelling of a path leads elsewhere. */
function listFiles(folder: string): Map<string, string> {
  if (!existsSync(folder)) return new Map();
  const names = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = names
    .filter((entry) => entry.isFile() && extname(entry.name) in PAGE_FILE_TYPES)
    .map((entry) => join(entry.parentPath, entry.name));
  const paths = new Map(files.map((file) => [file.slice(folder.length).split(sep).join('/'), file]));
  const index = paths.get('/index.html');
  if (index !== undefined) paths.set('/', index);
  return paths;
}

const answer = (status: number, body: string | Uint8Array<ArrayBuffer>, type = 'text/plain; charset=utf-8') =>
  new Response(body, { status, headers: { ...PAGE_FIELDS, 'Content-Type': type } });

/** Answers the requests of the page from the folder it was built into. */
export function pageHandler(folder: string): (request: Pick<Request, 'method' | 'url'>) => Response {
  const files = listFiles(folder);
  return ({ method, url }) => {
    if (method !== 'GET') return answer(405, 'This address takes GET.\n');
    const file = files.get(pagePath(url) ?? '');
    if (file === undefined) return answer(404, files.size === 0 ? NOT_BUILT : 'There is nothing at this address.\n');
    return answer(200, new Uint8Array(readFileSync(file)), PAGE_FILE_TYPES[extname(file)]);
  };
}

export function servePage(session: Session, folder: string): void {
  session.protocol.handle(PAGE_SCHEME, pageHandler(folder));
}
