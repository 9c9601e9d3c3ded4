/**
 * The peers of a relay world: clients that send requests whose replies can be told from one another, and servers that do
 * with them whatever the tape says. What is left when the tape has run out is what a peer in good health does.
 */
import { NO_LIMITS, type RequestHead } from '../../src-main/http1/events.ts';
import { Parser } from '../../src-main/http1/parser.ts';
import type { ClientLine, UpstreamLine } from './relay-world';
import { textOf, wire } from './wire-text.ts';

/** Choices, one after the other; when they have run out, the first of each. */
export class Tape {
  #at = 0;

  constructor(private readonly choices: readonly number[]) {}

  next(count: number): number {
    const choice = this.choices[this.#at] ?? 0;
    this.#at += 1;
    return choice % count;
  }

  /** Mostly the first. */
  rarely<Value>(usual: Value, ...others: Value[]): Value {
    const choice = this.next(3 * (others.length + 1));
    return others[choice - 1] ?? usual;
  }

  get isOver(): boolean {
    return this.#at >= this.choices.length;
  }
}

export interface SentRequest {
  readonly method: string;
  readonly target: string;
  readonly body: string;
  /** As it goes on the wire. */
  readonly text: string;
  readonly keepsAlive: boolean;
  readonly minor: number;
}

const chunked = (body: string): string => {
  const half = Math.ceil(body.length / 2);
  const chunk = (piece: string): string => (piece === '' ? '' : `${piece.length.toString(16)}\r\n${piece}\r\n`);
  return `${chunk(body.slice(0, half))}${chunk(body.slice(half))}0\r\n\r\n`;
};

/** A body that says whose it is, from end to end. */
const bodyFor = (target: string, repeat: number): string => `<${target}>`.repeat(repeat);

export function requestOf(tape: Tape, target: string): SentRequest {
  const method = ['GET', 'POST', 'PUT', 'HEAD'][tape.next(4)]!;
  const minor = tape.rarely(1, 0);
  const keepsAlive = tape.rarely(true, false) === (minor === 1);
  const hasBody = method === 'POST' || method === 'PUT';
  const body = hasBody ? bodyFor(target, tape.rarely(1, 0, 40)) : '';
  const isChunked = hasBody && minor === 1 && tape.next(2) === 1;
  const head = [`${method} ${target} HTTP/1.${minor}`, 'Host: a'];
  if (!keepsAlive && minor === 1) head.push('Connection: close');
  if (keepsAlive && minor === 0) head.push('Connection: keep-alive');
  if (isChunked) head.push('Transfer-Encoding: chunked');
  else if (hasBody) head.push(`Content-Length: ${body.length}`);
  if (hasBody && minor === 1 && tape.rarely(false, true)) head.push('Expect: 100-continue');
  const text = `${head.join('\r\n')}\r\n\r\n${isChunked ? chunked(body) : body}`;
  return { method, target, body, text, keepsAlive, minor };
}

/** A reply a server has begun. */
export interface SentReply {
  readonly target: string;
  readonly status: number;
  readonly body: string;
  /** It ends with the connection, and the connection was reset: it has no end. */
  isEndless: boolean;
}

type Step = { readonly text: string } | 'fin' | 'reset';

/** Behind one connection of ours to a server. */
export class ServerPeer {
  /** What it has read: the heads, each with its body so far. */
  readonly requests: { readonly head: RequestHead; body: string; isWhole: boolean }[] = [];
  readonly replies: SentReply[] = [];
  fault: string | null = null;
  #read = 0;
  #steps: Step[] = [];
  readonly #parser = new Parser('request', NO_LIMITS);

  constructor(
    readonly line: UpstreamLine,
    private readonly tape: Tape,
  ) {}

  /** Reads what has come, and decides about each request once. */
  look(): void {
    const { taken } = this.line;
    if (taken.length === this.#read) return;
    this.#parser.receive(wire(taken.slice(this.#read)));
    this.#read = taken.length;
    for (let event = this.#parser.next(); event !== null; event = this.#parser.next()) {
      const last = this.requests.at(-1);
      if (event.kind === 'head') {
        this.requests.push({ head: event.head as RequestHead, body: '', isWhole: false });
        if (this.tape.rarely(false, true)) this.#reply();
        else if ((event.head as RequestHead).expectsContinue)
          this.#steps.push({ text: 'HTTP/1.1 100 Continue\r\n\r\n' });
      } else if (event.kind === 'data') {
        last!.body += textOf(event.bytes);
      } else if (event.kind === 'end') {
        last!.isWhole = true;
        if (this.replies.length < this.requests.length) this.#reply();
      } else if (event.kind === 'fault') {
        this.fault = event.fault.code;
        return;
      }
    }
  }

  #reply(): void {
    const { head } = this.requests.at(-1)!;
    const { tape } = this;
    const trouble = tape.rarely('none', 'cut', 'reset', 'silent', 'malformed', 'coded', 'fin-first');
    const reply: SentReply = { target: head.target, status: tape.rarely(200, 503), body: '', isEndless: false };
    this.replies.push(reply);
    if (trouble === 'silent') return;
    if (trouble === 'fin-first') return void this.#steps.push('fin');
    if (trouble === 'malformed') return void this.#steps.push({ text: 'HTTP/1.1 2OO OK\r\n\r\n' });
    this.#say(reply, head, trouble);
    if (trouble === 'cut') this.#steps.splice(-1, 1, 'fin');
    if (trouble === 'reset') this.#steps.splice(-1, 1, 'reset');
  }

  #say(reply: SentReply, { method, target }: RequestHead, trouble: string): void {
    const { tape } = this;
    const framing = tape.rarely('length', 'chunked', 'close', 'none');
    const body = method === 'HEAD' || framing === 'none' ? '' : bodyFor(`reply ${target}`, 1 + tape.rarely(0, 30));
    Object.assign(reply, { body });
    const head = [`HTTP/1.1 ${framing === 'none' ? 204 : reply.status} OK`, `X-Id: ${target}`];
    if (framing === 'none') Object.assign(reply, { status: 204 });
    if (trouble === 'coded') head.push('Transfer-Encoding: gzip, chunked');
    else if (framing === 'chunked') head.push('Transfer-Encoding: chunked');
    else if (framing === 'length') head.push(`Content-Length: ${body.length}`);
    const closes = framing === 'close' || tape.rarely(false, true);
    if (closes) head.push('Connection: close');
    if (tape.rarely(false, true)) this.#steps.push({ text: 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n' });
    this.#steps.push({ text: `${head.join('\r\n')}\r\n\r\n` });
    const rest = trouble === 'coded' || framing === 'chunked' ? chunked(body) : body;
    if (method !== 'HEAD' && rest !== '') this.#steps.push({ text: rest });
    if (closes) this.#steps.push('fin');
    Object.assign(reply, { isEndless: framing === 'close' && trouble === 'reset' });
  }

  get canAct(): boolean {
    return this.#steps.length > 0 && !this.line.isGone && !this.line.hasPeerEnded;
  }

  act(): void {
    const step = this.#steps.shift();
    const { line } = this;
    if (step === undefined) return;
    if (step === 'fin') line.hasPeerEnded = true;
    else if (step === 'reset') line.resetByPeer();
    else line.incoming += step.text;
  }
}

/** A client with what it will send, all of it at last. */
export class ClientPeer {
  #rest: string;
  hasLeft = false;

  constructor(
    readonly line: ClientLine,
    readonly requests: readonly SentRequest[],
  ) {
    this.#rest = requests.map(({ text }) => text).join('');
  }

  get canSend(): boolean {
    return this.#rest !== '' && !this.hasLeft && !this.line.isGone && !this.line.hasPeerEnded;
  }

  send(bytes: number): void {
    this.line.incoming += this.#rest.slice(0, bytes);
    this.#rest = this.#rest.slice(bytes);
  }

  end(): void {
    this.line.hasPeerEnded = true;
  }

  leave(): void {
    this.hasLeft = true;
    if (!this.line.isGone) this.line.resetByPeer();
  }
}
