/**
 * What a request is in a chaos run: its id says everything about it and about its reply, so that whoever holds one of
 * them can tell whether it is right. Bodies repeat the id, and their lengths come from it: a piece of another one, a
 * missing piece and a piece too many all show.
 */
import { createHash } from 'node:crypto';

export type Method = 'GET' | 'HEAD' | 'POST';

export interface Exchange {
  readonly id: string;
  readonly method: Method;
}

const LARGE_BYTES = 96 * 1024;
const SMALL_BYTES = 2 * 1024;

/** Most are small, some larger than one read, a few empty. */
function lengthOf(salt: string, id: string): number {
  const hash = createHash('sha1').update(salt).update(id).digest();
  const kind = hash.readUInt8(0);
  if (kind < 8) return 0;
  return hash.readUInt32BE(4) % (kind < 40 ? LARGE_BYTES : SMALL_BYTES);
}

const repeated = (text: string, bytes: number): Buffer => Buffer.alloc(bytes, text, 'latin1');

export const replyBody = (id: string): Buffer => repeated(`<${id}`, lengthOf('reply', id));
export const requestBody = ({ id, method }: Exchange): Buffer =>
  method === 'POST' ? repeated(`>${id}`, lengthOf('request', id)) : Buffer.alloc(0);

/** In chunks, or nothing but the last chunk. */
export function chunked(body: Buffer, chunkBytes: number): Buffer {
  const parts: (Buffer | string)[] = [];
  for (let at = 0; at < body.length; at += chunkBytes) {
    const data = body.subarray(at, at + chunkBytes);
    parts.push(`${data.length.toString(16)}\r\n`, data, '\r\n');
  }
  return Buffer.concat([...parts, '0\r\n\r\n'].map((part) => Buffer.from(part)));
}

const PATH = '/id/';

export function requestBytes(exchange: Exchange, random: () => number): Buffer {
  const { id, method } = exchange;
  const body = requestBody(exchange);
  const isChunked = method === 'POST' && random() < 0.4;
  const framing =
    method !== 'POST' ? '' : isChunked ? 'Transfer-Encoding: chunked\r\n' : `Content-Length: ${body.length}\r\n`;
  const head = `${method} ${PATH}${id} HTTP/1.1\r\nHost: chaos.test\r\nX-Id: ${id}\r\n${framing}\r\n`;
  return Buffer.concat([Buffer.from(head), isChunked ? chunked(body, 1 + Math.floor(random() * 8_000)) : body]);
}

/** Null where the request is not one of a run: a health check, say. */
export function exchangeOf(startLine: string): Exchange | null {
  const [, method, id] = /^(GET|HEAD|POST) \/id\/(\S+) /.exec(startLine) ?? [];
  return id === undefined ? null : { id, method: method as Method };
}
