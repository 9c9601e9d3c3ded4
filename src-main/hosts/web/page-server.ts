/** What the web host answers to plain requests: the page, and nothing that needs the token. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe } from '../../contract/errors';
import { PAGE_FIELDS } from '../../contract/page-policy';
import { readStatic } from './static-files';

export interface PageOptions {
  readonly rendererDir: string;
  readonly isOurHost: (field: string | undefined) => boolean;
  readonly isToken: (token: string) => boolean;
}

export const SOCKET_PATH = '/ws';
export const NOT_OUR_HOST = 'This address is not one Bytescope listens on. Open the address it printed.\n';
export const forbiddenText = (): string => {
  const { title, hint } = describe({ code: 'CALL_FORBIDDEN' });
  return `${title} ${hint}\n`;
};

/** Path and token of a request target; the base only makes it parse. */
export function readTarget(target: string | undefined): { path: string; token: string } {
  const [path = '/', query = ''] = (target ?? '/').split('?', 2);
  return { path, token: new URLSearchParams(query).get('token') ?? '' };
}

function sendText(response: ServerResponse, status: number, text: string, fields: Record<string, string> = {}): void {
  const body = Buffer.from(text, 'utf8');
  const about = { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': body.length };
  response.writeHead(status, { ...PAGE_FIELDS, ...about, ...fields }).end(body);
}

/** A page cannot see why its socket was refused; it asks the same address by plain GET. */
function answerSocketQuestion(response: ServerResponse, isAllowed: boolean): void {
  if (isAllowed) sendText(response, 426, 'This address takes WebSocket connections.\n', { Upgrade: 'websocket' });
  else sendText(response, 403, forbiddenText());
}

export async function answerRequest(
  request: IncomingMessage,
  response: ServerResponse,
  options: PageOptions,
): Promise<void> {
  if (!options.isOurHost(request.headers.host)) return sendText(response, 421, NOT_OUR_HOST);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return sendText(response, 405, 'This address takes GET and HEAD.\n', { Allow: 'GET, HEAD' });
  }
  const { path, token } = readTarget(request.url);
  if (path === SOCKET_PATH) return answerSocketQuestion(response, options.isToken(token));
  const file = await readStatic(options.rendererDir, path);
  if (file !== null) {
    const fields = { ...PAGE_FIELDS, 'Content-Type': file.type, 'Content-Length': file.bytes.length };
    response.writeHead(200, fields).end(request.method === 'HEAD' ? undefined : file.bytes);
  } else if (path === '/') {
    sendText(response, 404, 'The page is not built yet: run "npm run build".\n');
  } else {
    sendText(response, 404, 'There is nothing at this address.\n');
  }
}
