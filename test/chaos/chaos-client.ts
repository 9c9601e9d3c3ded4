/**
 * A client of a chaos run: keeps its connection, sends requests one by one and sometimes several at once, and judges
 * every reply by the request it must belong to. It never sends one again.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { requestBytes, type Exchange, type Method } from './exchange';
import type { Ledger, Outcome } from './ledger';
import { MessageReader, type MessageHead } from './message-reader';
import { between } from './moods';

/** All deadlines of the proxy together, a retry included, on a machine that is busy. */
const HUNG_AFTER_MS = 10_000;
const MAX_PIPELINED = 4;

export interface ClientOptions {
  readonly name: string;
  readonly port: number;
  readonly ledger: Ledger;
  readonly random: () => number;
  /** Between one batch and the next, at most. */
  readonly pauseMs: number;
  readonly hungAfterMs?: number;
}

export class ChaosClient {
  #connection: ClientConnection | null = null;
  #requests = 0;

  constructor(readonly options: ClientOptions) {}

  /** Resolves when each of these requests has ended. */
  async run(count: number): Promise<void> {
    const { random, pauseMs } = this.options;
    for (let left = count; left > 0;) {
      const batch = random() < 0.7 ? 1 : between(random, 2, Math.min(MAX_PIPELINED, Math.max(2, left)));
      const exchanges = Array.from({ length: Math.min(batch, left) }, () => this.#nextExchange());
      left -= exchanges.length;
      await this.#exchange(exchanges);
      if (random() < 0.5) await delay(between(random, 0, pauseMs * 2));
    }
  }

  close(): void {
    this.#connection?.close();
  }

  #nextExchange(): Exchange {
    const kind = this.options.random();
    const method: Method = kind < 0.5 ? 'GET' : kind < 0.9 ? 'POST' : 'HEAD';
    this.#requests += 1;
    return { id: `${this.options.name}-${this.#requests}`, method };
  }

  async #exchange(exchanges: readonly Exchange[]): Promise<void> {
    if (this.#connection?.isUsable !== true) this.#connection = await ClientConnection.open(this.options);
    await this.#connection.send(exchanges);
  }
}

class ClientConnection {
  readonly #reader: MessageReader;
  #pending: Exchange[] = [];
  #timer: NodeJS.Timeout | null = null;
  #idle: () => void = () => undefined;
  /** The last reply said that the connection closes, or could not be told to its end. */
  #mayClose = false;

  private constructor(
    readonly socket: Socket,
    readonly options: ClientOptions,
  ) {
    const isAnswerToHead = () => this.#pending[0]?.method === 'HEAD';
    const events = { head: () => undefined, end: (head: MessageHead, body: Buffer) => this.#onReply(head, body) };
    this.#reader = new MessageReader('reply', events, isAnswerToHead);
    socket.on('data', (bytes) => this.#judged(() => this.#reader.push(bytes)));
    // A stream that ended in order may have ended a body; one that was reset has not.
    socket.on('end', () => this.#judged(() => this.#reader.finish()));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#onClose());
  }

  static async open(options: ClientOptions): Promise<ClientConnection> {
    const socket = connect({ port: options.port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    return new ClientConnection(socket, options);
  }

  get #hungAfterMs(): number {
    return this.options.hungAfterMs ?? HUNG_AFTER_MS;
  }

  get isUsable(): boolean {
    return !this.#mayClose && this.socket.readyState === 'open';
  }

  send(exchanges: readonly Exchange[]): Promise<void> {
    this.#pending = [...exchanges];
    this.socket.write(Buffer.concat(exchanges.map((exchange) => requestBytes(exchange, this.options.random))));
    this.#restartTimer();
    return new Promise((done) => (this.#idle = done));
  }

  close(): void {
    this.socket.destroy();
  }

  #onReply(head: MessageHead, body: Buffer): void {
    const { ledger } = this.options;
    const exchange = this.#pending.shift();
    if (exchange === undefined) return ledger.violate('client', `a reply nobody asked for: ${head.startLine}`);
    ledger.answered(exchange, head, body);
    if (head.fields.get('connection')?.toLowerCase() === 'close') this.#mayClose = true;
    this.#restartTimer();
    if (this.#pending.length === 0) this.#idle();
  }

  #judged(read: () => void): void {
    try {
      read();
    } catch (thrown) {
      this.options.ledger.violate(this.#pending[0]?.id ?? 'client', String(thrown));
      this.socket.destroy();
    }
  }

  /** For the first in line, from when it is that. */
  #restartTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    const [first] = this.#pending;
    this.#timer = first === undefined ? null : setTimeout(() => this.#onHung(first), this.#hungAfterMs);
  }

  #onHung(exchange: Exchange): void {
    this.options.ledger.violate(exchange.id, `${exchange.method} did not end within ${this.#hungAfterMs} ms`);
    this.socket.destroy();
  }

  #onClose(): void {
    for (const exchange of this.#pending.splice(0)) this.options.ledger.ended(exchange, this.#outcomeOf(exchange));
    this.#restartTimer();
    this.#idle();
  }

  /** What became of a request whose reply has not come to its end. What follows it was not looked at. */
  #outcomeOf(exchange: Exchange): Outcome {
    if (this.#mayClose) return 'unanswered';
    this.#mayClose = true;
    if (this.#reader.isWithin) return 'cut';
    this.options.ledger.violate(exchange.id, `${exchange.method}: the connection closed without a word`);
    return 'cut';
  }
}
