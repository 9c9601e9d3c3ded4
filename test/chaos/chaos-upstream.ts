/**
 * An upstream server on bare TCP that behaves as its mood has it, and tells the ledger what it got and what it did.
 * It dies and returns on the same port.
 */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { exchangeOf, requestBody, type Exchange } from './exchange';
import type { Ledger } from './ledger';
import { MessageReader, type MessageHead } from './message-reader';
import { between, pick, type Mood } from './moods';
import { garbledReply, rightReply, type UpstreamReply } from './upstream-replies';

const HEALTHY = 'HTTP/1.1 204 No Content\r\n\r\n';
const PIECES = 4;

export class ChaosUpstream {
  mood: Mood = 'well';
  #server: Server | null = null;
  #port = 0;
  readonly #connections = new Set<UpstreamConnection>();

  private constructor(
    readonly name: string,
    readonly ledger: Ledger,
    readonly random: () => number,
  ) {}

  static async start(name: string, ledger: Ledger, random: () => number): Promise<ChaosUpstream> {
    const upstream = new ChaosUpstream(name, ledger, random);
    await upstream.#listen();
    return upstream;
  }

  get port(): number {
    return this.#port;
  }

  async become(mood: Mood): Promise<void> {
    this.mood = mood;
    if (mood === 'gone') await this.stop();
    else if (this.#server === null) await this.#listen();
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    for (const connection of this.#connections) connection.die();
    if (server === null) return;
    server.close();
    await once(server, 'close');
  }

  async #listen(): Promise<void> {
    const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
      const connection = new UpstreamConnection(socket, this);
      this.#connections.add(connection);
      socket.on('close', () => this.#connections.delete(connection));
      connection.start();
    });
    this.#server = server;
    server.listen({ port: this.#port, host: '127.0.0.1', backlog: 511 });
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
  }
}

class UpstreamConnection {
  readonly #reader: MessageReader;
  #requests = 0;
  #last: Exchange | null = null;
  /** What a cut reply does to a request behind it: one without a body may be whole all the same. */
  #afterCut: string | null = null;
  /** Replies leave one after the other. */
  #sending: Promise<void> = Promise.resolve();

  constructor(
    readonly socket: Socket,
    readonly upstream: ChaosUpstream,
  ) {
    this.#reader = new MessageReader('request', {
      head: (head) => this.#onHead(head),
      end: (head, body) => this.#onEnd(head, body),
    });
  }

  start(): void {
    this.socket.on('data', (bytes) => this.#onData(bytes));
    this.socket.on('end', () => this.socket.end());
    // What a connection ended with shows in what became of its requests.
    this.socket.on('error', () => this.socket.destroy());
  }

  /** The reset may overtake a reply that was written. */
  die(): void {
    if (this.#last === null) this.socket.resetAndDestroy();
    else this.#reset(this.#last, 'died');
  }

  #onData(bytes: Buffer): void {
    if (this.socket.destroyed) return;
    try {
      this.#reader.push(bytes);
    } catch (thrown) {
      // The proxy writes every request anew: whatever the clients send, this must not be.
      this.upstream.ledger.violate('upstream', String(thrown));
      this.socket.destroy();
    }
  }

  #onHead(head: MessageHead): void {
    const exchange = exchangeOf(head.startLine);
    if (exchange === null || this.socket.destroyed) return;
    const { ledger, mood, random } = this.upstream;
    ledger.delivered(exchange);
    if (head.fields.get('x-id') !== exchange.id) ledger.violate(exchange.id, 'the fields are those of another request');
    const wasKept = this.#requests > 0;
    this.#requests += 1;
    this.#last = exchange;
    if (this.#afterCut !== null) ledger.harmed(exchange, this.#afterCut);
    if (mood === 'resetting') return this.#reset(exchange, 'reset');
    if (mood !== 'closing' || !wasKept) return;
    if (random() < 0.5) return this.#reset(exchange, 'reset as it was used again');
    ledger.harmed(exchange, 'closed as it was used again');
    this.socket.end();
  }

  #reset(exchange: Exchange, trouble: string): void {
    this.upstream.ledger.harmed(exchange, trouble);
    this.socket.resetAndDestroy();
  }

  #onEnd(head: MessageHead, body: Buffer): void {
    const exchange = exchangeOf(head.startLine);
    if (exchange === null) return this.#answerCheck();
    if (!body.equals(requestBody(exchange))) this.upstream.ledger.violate(exchange.id, 'the request has a wrong body');
    this.#sending = this.#sending.then(() => this.#answer(exchange));
  }

  #answerCheck(): void {
    const { mood } = this.upstream;
    if (mood === 'resetting') this.socket.resetAndDestroy();
    else if (mood !== 'silent') this.#write(Buffer.from(HEALTHY));
  }

  async #answer(exchange: Exchange): Promise<void> {
    const { ledger, mood, name, random } = this.upstream;
    if (mood === 'silent') return ledger.harmed(exchange, 'no answer');
    if (mood === 'garbled') {
      ledger.harmed(exchange, 'garbled');
      return this.#send(garbledReply(exchange, name, random));
    }
    const reply = rightReply(exchange, name, random);
    if (mood === 'cutting') return this.#cut(exchange, reply);
    if (mood === 'slow') await setTimeout(between(random, 10, 150));
    if (mood === 'slow' || random() < 0.2) await this.#trickle(reply);
    else this.#send(reply);
    if (!this.socket.destroyed) ledger.servedBy(name);
  }

  #send({ bytes, endsWithConnection }: UpstreamReply): void {
    this.#write(bytes);
    if (endsWithConnection) this.#end();
  }

  async #trickle({ bytes, endsWithConnection }: UpstreamReply): Promise<void> {
    const { mood, random } = this.upstream;
    const cuts = Array.from({ length: PIECES - 1 }, () => between(random, 0, bytes.length)).sort((a, b) => a - b);
    for (const [index, end] of [...cuts, bytes.length].entries()) {
      this.#write(bytes.subarray(cuts[index - 1] ?? 0, end));
      await setTimeout(mood === 'slow' ? between(random, 1, 30) : 1);
    }
    if (endsWithConnection) this.#end();
  }

  /** Anywhere in the reply. One that only the end of the connection ends is reset: else nobody could tell. */
  #cut(exchange: Exchange, { bytes, headBytes, isUntilClose }: UpstreamReply): void {
    const { ledger, random } = this.upstream;
    const isInHead = random() < 0.3;
    const at = isInHead
      ? between(random, 0, headBytes - 1)
      : between(random, headBytes, Math.max(headBytes, bytes.length - 1));
    const isReset = pick(random, [true, false]) || (isUntilClose && !isInHead);
    const body = isUntilClose ? 'body that the end of the connection ends' : 'body';
    ledger.harmed(exchange, `${isReset ? 'reset' : 'closed'} within the ${isInHead ? 'head' : body}`);
    this.#write(bytes.subarray(0, at));
    this.#afterCut = `${isReset ? 'reset' : 'closed'} as it was used again`;
    if (!isReset) return this.#end();
    // A reset overtakes what was written: let the proxy have that first.
    globalThis.setTimeout(() => this.socket.resetAndDestroy(), between(random, 0, 5));
  }

  #write(bytes: Buffer): void {
    if (!this.socket.destroyed && !this.socket.writableEnded) this.socket.write(bytes);
  }

  #end(): void {
    if (!this.socket.destroyed) this.socket.end();
  }
}
