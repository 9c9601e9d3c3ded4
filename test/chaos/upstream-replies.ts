/** The bytes an upstream server of a chaos run answers with: right ones, and some that are not. */
import { chunked, replyBody, type Exchange } from './exchange';
import { between, pick } from './moods';

export interface UpstreamReply {
  readonly bytes: Buffer;
  /** Where the head ends. */
  readonly headBytes: number;
  readonly endsWithConnection: boolean;
  /** The end of the connection is the end of the body: an end in order can then not be told from death. */
  readonly isUntilClose: boolean;
}

const MAX_CHUNK_BYTES = 5_000;

const headOf = (id: string, server: string, lines: readonly string[]): string =>
  ['HTTP/1.1 200 OK', `X-Id: ${id}`, `X-Server: ${server}`, ...lines, '', ''].join('\r\n');

/** nginx 1.22 takes them for the reply; HAProxy 2.6 drops the rest of a body that comes in the same read. */
const HINTS_SHARE = process.env['CHAOS_PROXY'] === undefined ? 0.03 : 0;
const HINTS = 'HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n';

function replyOf(head: string, body: Buffer, more: Partial<UpstreamReply> = {}): UpstreamReply {
  return {
    bytes: Buffer.concat([Buffer.from(head), body]),
    headBytes: head.length,
    endsWithConnection: false,
    isUntilClose: false,
    ...more,
  };
}

/** Right, in one of the framings there are. */
export function rightReply({ id, method }: Exchange, server: string, random: () => number): UpstreamReply {
  const body = replyBody(id);
  const sent = method === 'HEAD' ? Buffer.alloc(0) : body;
  const hints = random() < HINTS_SHARE ? HINTS : '';
  const kind = random();
  if (kind < 0.15 && method !== 'HEAD') {
    const head = hints + headOf(id, server, ['Connection: close']);
    return replyOf(head, sent, { endsWithConnection: true, isUntilClose: true });
  }
  const endsWithConnection = random() < 0.1;
  const connection = endsWithConnection ? ['Connection: close'] : [];
  if (kind < 0.55) {
    const head = hints + headOf(id, server, ['Transfer-Encoding: chunked', ...connection]);
    const chunks = method === 'HEAD' ? sent : chunked(sent, between(random, 1, MAX_CHUNK_BYTES));
    return replyOf(head, chunks, { endsWithConnection });
  }
  const head = hints + headOf(id, server, [`Content-Length: ${body.length}`, ...connection]);
  return replyOf(head, sent, { endsWithConnection });
}

/** A right reply, and in the same write another one that nobody asked for. */
function followedByForged(exchange: Exchange, server: string): UpstreamReply {
  const { id, method } = exchange;
  const body = method === 'HEAD' ? Buffer.alloc(0) : replyBody(id);
  const head = headOf(id, server, [`Content-Length: ${replyBody(id).length}`]);
  const forged = headOf('forged', server, ['Content-Length: 6']) + 'forged';
  return replyOf(head, Buffer.concat([body, Buffer.from(forged)]));
}

/** Replies that cannot be passed on as they are. */
export function garbledReply(exchange: Exchange, server: string, random: () => number): UpstreamReply {
  const { id } = exchange;
  return pick<() => UpstreamReply>(random, [
    () => followedByForged(exchange, server),
    () => replyOf('HTTP/1.1 OK 200\r\n\r\n', Buffer.alloc(0), { endsWithConnection: true }),
    () => replyOf(headOf(id, server, ['Content-Length: 5', 'Content-Length: 7']), Buffer.from('x'.repeat(7))),
    () => replyOf(headOf(id, server, ['Content-Length: -1']), Buffer.alloc(0)),
    () => replyOf(headOf(id, server, ['Bad Name: 1', 'Content-Length: 0']), Buffer.alloc(0)),
    () => replyOf(headOf(id, server, ['Transfer-Encoding: chunked']), Buffer.from('5\r\nabcde\r\nzz\r\nabc\r\n')),
    () => replyOf(headOf(id, server, [`X-Large: ${'x'.repeat(1024 * 1024)}`, 'Content-Length: 0']), Buffer.alloc(0)),
  ])();
}
