/**
 * One active check of a server: connects, asks, and judges by the status of the reply. One deadline holds over name
 * lookup, connecting, TLS, asking and the whole head. The body is not waited for; the connection is never used again.
 *
 * Bounds: a head of 64 KiB; interim replies, which have no end of their own, end at the deadline.
 */
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { isExpectedStatus, type HealthCheckConfig } from '../contract/proxy-config';
import { authorityOf, type UpstreamUrl } from '../contract/upstream-url';
import type { ProbeResult } from '../contract/upstreams';
import { spoken } from '../guard/server-health';
import { NO_LIMITS, Parser } from '../http1/parser';
import { nowMs } from './clock';
import { errorWords, faultWords } from './probe-words';

const MAX_HEAD_BYTES = 64 * 1024;

export interface ProbeOptions {
  readonly url: UpstreamUrl;
  readonly check: HealthCheckConfig;
  /** Those of the connections that carry requests: a server that they would not trust is not well. */
  readonly tlsOptions: (url: UpstreamUrl) => ConnectionOptions;
  /** Called once, unless the check is stopped before. */
  readonly onDone: (result: ProbeResult) => void;
}

const requestOf = ({ url, check }: ProbeOptions): string =>
  `GET ${check.path} HTTP/1.1\r\nHost: ${authorityOf(url)}\r\nUser-Agent: bytescope-check\r\nAccept: */*\r\nConnection: close\r\n\r\n`;

export class Probe {
  readonly #startedAtMs = nowMs();
  readonly #parser = new Parser('response', { ...NO_LIMITS, maxHeadBytes: MAX_HEAD_BYTES });
  readonly #socket: Socket;
  readonly #deadline: NodeJS.Timeout;
  #isConnected = false;
  #isSecure: boolean;
  #isDone = false;

  constructor(private readonly options: ProbeOptions) {
    const { url, check, tlsOptions } = options;
    const { host, port, scheme } = url;
    // SNI holds names alone (RFC 6066 §3), and Node sends none by itself.
    const named = isIP(host) === 0 ? { servername: host } : {};
    this.#parser.answers('GET');
    this.#isSecure = scheme === 'http';
    this.#deadline = setTimeout(() => this.#fail(`no answer in ${spoken(check.timeoutMs)}`), check.timeoutMs).unref();
    this.#socket = this.#isSecure
      ? connect({ host, port })
      : connectTls({ ALPNProtocols: ['http/1.1'], ...named, ...tlsOptions(url), host, port });
    this.#socket.unref();
    this.#socket.on('connect', () => {
      this.#isConnected = true;
      if (this.#isSecure) this.#ask();
    });
    this.#socket.on('secureConnect', () => {
      this.#isSecure = true;
      this.#ask();
    });
    this.#socket.on('data', (bytes: Buffer) => this.#received(bytes));
    this.#socket.on('end', () => this.#ended());
    this.#socket.on('error', (error) => this.#fail(errorWords(error, this.#isConnected && !this.#isSecure)));
  }

  /** Nothing is told any more. */
  stop(): void {
    this.#isDone = true;
    clearTimeout(this.#deadline);
    this.#socket.destroy();
  }

  /** Not before the handshake is complete: what it failed for would be told as a failed write. */
  #ask(): void {
    this.#socket.write(requestOf(this.options));
  }

  #received(bytes: Uint8Array): void {
    if (this.#isDone) return;
    this.#parser.receive(bytes);
    for (;;) {
      const event = this.#parser.next();
      if (event === null) return;
      if (event.kind === 'fault') return this.#fail(faultWords(event.fault));
      if (event.kind !== 'head' || event.head.kind !== 'response' || event.head.interim) continue;
      const { status } = event.head;
      return this.#done(isExpectedStatus(this.options.check, status), String(status));
    }
  }

  #ended(): void {
    this.#fail(this.#parser.isAtRest ? 'closed without an answer' : 'closed in the middle of its answer');
  }

  #fail(told: string): void {
    this.#done(false, told);
  }

  #done(passed: boolean, told: string): void {
    if (this.#isDone) return;
    this.stop();
    const atMs = nowMs();
    this.options.onDone({ atMs, passed, tookMs: atMs - this.#startedAtMs, told });
  }
}
