/** A page without a browser: raw requests and sockets against a web host. */
import { connect } from 'node:net';
import { WebSocket, type ClientOptions } from 'ws';
import { decodeMessage, encodeMessage } from '../../src-main/contract/wire';

const utf8 = {
  encode: (text: string) => new Uint8Array(Buffer.from(text)),
  decode: (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8'),
};

export interface Answer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** Sends these very bytes, so that no client tidies a path up; resolves when the server closes. */
export function rawRequest(port: number, text: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.setEncoding('utf8');
    socket.on('data', (piece: string) => (answer += piece));
    socket.on('error', reject);
    socket.on('close', () => {
      const end = answer.indexOf('\r\n\r\n');
      resolve({ status: Number(answer.slice(9, 12)), head: answer.slice(0, end), body: answer.slice(end + 4) });
    });
  });
}

export const getRequest = (port: number, path: string, host = `127.0.0.1:${port}`, method = 'GET'): Promise<Answer> =>
  rawRequest(port, `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);

/** The status a handshake is answered with; 101 opens (and closes) a socket. */
export function handshakeStatus(url: string, options: ClientOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, options);
    socket.on('open', () => {
      resolve(101);
      socket.terminate();
    });
    socket.on('unexpected-response', (_request, response) => {
      resolve(response.statusCode ?? 0);
      response.resume();
      socket.terminate();
    });
    socket.on('error', (error) => (/Unexpected|before the connection/.test(error.message) ? undefined : reject(error)));
  });
}

/** One tab over a real socket. */
export class Tab {
  readonly #messages: unknown[] = [];
  readonly #waiting: ((message: unknown) => void)[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer, isBinary) => {
      const message = decodeMessage(isBinary ? new Uint8Array(data) : data.toString('utf8'), utf8);
      const waiting = this.#waiting.shift();
      if (waiting === undefined) this.#messages.push(message);
      else waiting(message);
    });
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => resolve({ code, reason: reason.toString('utf8') }));
    });
    socket.on('error', () => undefined);
  }

  static open(url: string, options: ClientOptions = {}): Promise<Tab> {
    const { origin, host, searchParams } = socketAddress(url);
    const tab = new Tab(new WebSocket(`ws://${host}/ws?${searchParams.toString()}`, { origin, ...options }));
    return new Promise((resolve, reject) => {
      tab.socket.on('open', () => resolve(tab));
      tab.socket.on('error', reject);
    });
  }

  call(id: number, call: string, params: unknown): void {
    this.socket.send(encodeMessage({ id, call: call as never, params }, utf8));
  }

  next(): Promise<unknown> {
    const message = this.#messages.shift();
    if (message !== undefined) return Promise.resolve(message);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

/** The parts of the address a web host printed. */
export function socketAddress(url: string): {
  origin: string;
  host: string;
  port: number;
  searchParams: URLSearchParams;
} {
  const { origin, host, port, hash } = new URL(url);
  return { origin, host, port: Number(port), searchParams: new URLSearchParams(hash.slice(1)) };
}
