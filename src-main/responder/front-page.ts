/**
 * `/`: shows the request it is the reply to, as a page for browsers and as text for others. Whatever came off the
 * wire is escaped, and the page's policy lets nothing run and nothing load.
 */
import type { Fields, RequestHead } from '../http1/events';
import type { ReplyParts } from '../http1/writer';
import { NOSNIFF, textReply } from './replies';
import { toldMethod, type ReceivedRequest } from './request';
import { encodeUtf8 } from './utf8';

const ROUTES = [
  ['GET', '/health', 'answers ok'],
  ['POST', '/echo', 'sends your body back with its type'],
  ['GET', '/anything/you/like', 'tells what arrived, as JSON; takes any method'],
] as const;

/** The page's only style. Its hash stands in the policy; a test compares the two. */
export const PAGE_STYLE = `
:root{color-scheme:light dark;--ink:#1c2024;--soft:#60646c;--ground:#fcfcfd;--card:#fff;--line:#e0e1e6;--mark:#0b68cb}
@media(prefers-color-scheme:dark){:root{--ink:#edeef0;--soft:#b0b4ba;--ground:#111113;--card:#18191b;--line:#363a3f;--mark:#70b8ff}}
*{box-sizing:border-box}
body{margin:0;padding:8vh 24px;background:var(--ground);color:var(--ink);font:15px/1.6 system-ui,sans-serif}
main{max-width:760px;margin:auto}
h1{margin:0;font-size:22px}
p{color:var(--soft)}
pre{margin:24px 0;padding:16px 20px;white-space:pre-wrap;overflow-wrap:anywhere;background:var(--card);border:1px solid var(--line);border-radius:10px;font:13px/1.7 ui-monospace,monospace}
b{color:var(--mark);font-weight:600}
a{color:var(--mark)}
li{color:var(--soft)}
`;
const STYLE_HASH = 'sha256-tjn2iOX/aM7fArJ3wcybiCWD/q0sQmrZI9f3ZlANk58=';

const PAGE_POLICY = [
  "default-src 'none'",
  `style-src '${STYLE_HASH}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');

/** Bytes 0x80 to 0x9F are controls to a terminal that reads them as characters; shown as `\x9b`. */
const visible = (text: string): string =>
  text.replace(/[\x7f-\x9f]/g, (character) => `\\x${character.charCodeAt(0).toString(16)}`);

/** Does the client name HTML among what it takes (RFC 9110 §12.5.1)? */
function takesHtml(fields: Fields): boolean {
  const ranges = fields.all('accept').join(',').split(',');
  return ranges.some((range) => /^\s*text\/html\s*(;|$)/i.test(range) && !/;\s*q=0(\.0*)?\s*$/i.test(range));
}

const startLine = (head: RequestHead): string => `${toldMethod(head)} ${head.target} ${head.version}`;
const fieldPairs = (fields: Fields): (readonly [string, string])[] =>
  Array.from({ length: fields.count }, (_, index) => [fields.name(index), fields.value(index)] as const);

/** Empty where there was no body. */
const bodyLine = ({ bodyBytes }: ReceivedRequest): string =>
  bodyBytes === 0 ? '' : `\nand a body of ${bodyBytes} ${bodyBytes === 1 ? 'byte' : 'bytes'}\n`;

const whence = ({ client, connection, number }: ReceivedRequest): string =>
  `request ${number} on connection ${connection}, from ${client}`;

function asText(request: ReceivedRequest): string {
  const fields = fieldPairs(request.head.fields).map(([name, value]) => `${name}: ${value}\n`);
  const routes = ROUTES.map(([method, path, what]) => `  ${method.padEnd(6)}${path.padEnd(20)}${what}\n`);
  const received = visible(`${startLine(request.head)}\n${fields.join('')}`);
  return `Bytescope received ${whence(request)}:\n\n${received}${bodyLine(request)}\nTry also:\n${routes.join('')}`;
}

/** A link can only GET. */
const linkTo = (method: string, path: string): string => (method === 'GET' ? `<a href="${path}">${path}</a>` : path);

function asHtml(request: ReceivedRequest): string {
  const fields = fieldPairs(request.head.fields);
  const lines = fields.map(([name, value]) => `<b>${escapeHtml(name)}:</b> ${escapeHtml(value)}\n`).join('');
  const routes = ROUTES.map(([method, path, what]) => `<li>${method} ${linkTo(method, path)} ${what}</li>`).join('');
  return (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Bytescope received this</title>' +
    '<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="data:,">' +
    `<style>${PAGE_STYLE}</style></head><body><main><h1>This is what your browser sent</h1>` +
    `<p>It arrived as ${escapeHtml(whence(request))}. The Live view shows every byte of it.</p>` +
    `<pre>${escapeHtml(startLine(request.head))}\n${lines}${bodyLine(request)}</pre>` +
    `<p>Try also:</p><ul>${routes}</ul></main></body></html>\n`
  );
}

export function frontPage(request: ReceivedRequest): ReplyParts {
  const shared = [
    ['Cache-Control', 'no-store'],
    ['Vary', 'Accept'],
  ] as const;
  if (!takesHtml(request.head.fields)) return textReply(200, asText(request), shared);
  const fields = [
    ['Content-Type', 'text/html; charset=utf-8'],
    NOSNIFF,
    ['Content-Security-Policy', PAGE_POLICY],
    ['Referrer-Policy', 'no-referrer'],
    ...shared,
  ] as const;
  return { status: 200, fields, body: encodeUtf8(asHtml(request)) };
}
