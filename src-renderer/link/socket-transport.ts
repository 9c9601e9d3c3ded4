/**
 * Calls and topics over one WebSocket that is opened again when it ends. Owns the ids of calls under way; a call
 * made while the socket is down, or cut by its end, rejects: nobody waits for an answer that cannot come.
 */
import type { Reply, TopicName } from '@contract/calls';
import { isTopicName } from '@contract/calls';
import type { Transport } from '@contract/client';
import { decodeMessage, encodeMessage, type EngineMessage } from '@contract/wire';
import { retryDelayMs } from './backoff';
import type { LinkState } from './link';

/** RFC 6455 §7.4.1: the endpoint refuses what it was asked for. */
const POLICY_VIOLATION = 1008;

export interface SocketOptions {
  readonly url: string;
  readonly open: (url: string) => WebSocket;
  /** A handshake answered 403 looks to a page like no answer at all; this asks which of the two it was. */
  readonly isForbidden: () => Promise<boolean>;
  readonly onState: (state: LinkState) => void;
}

interface Waiting {
  readonly resolve: (reply: Reply<unknown>) => void;
  readonly reject: (reason: Error) => void;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const utf8 = { encode: (text: string) => encoder.encode(text), decode: (bytes: Uint8Array) => decoder.decode(bytes) };

/** Null: not a frame of this codec, so whatever is at the other end is not to be talked to. */
function decode(data: string | ArrayBuffer): EngineMessage | null {
  try {
    return decodeMessage(typeof data === 'string' ? data : new Uint8Array(data), utf8) as EngineMessage;
  } catch {
    return null;
  }
}

export class SocketTransport implements Transport {
  readonly #options: SocketOptions;
  readonly #waiting = new Map<number, Waiting>();
  readonly #subscribers = new Map<TopicName, Set<(payload: unknown) => void>>();
  #socket: WebSocket | null = null;
  #retry: ReturnType<typeof setTimeout> | null = null;
  #nextId = 1;
  #attempt = 0;
  #closed = false;

  constructor(options: SocketOptions) {
    this.#options = options;
    this.#open();
  }

  request(name: string, params: unknown): Promise<Reply<unknown>> {
    const socket = this.#socket;
    if (socket === null || socket.readyState !== WebSocket.OPEN) return Promise.reject(new Error('not connected'));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      socket.send(encodeMessage({ id, call: name as never, params }, utf8) as string);
    });
  }

  subscribe(topic: TopicName, on: (payload: unknown) => void): () => void {
    const listeners = this.#subscribers.get(topic) ?? new Set();
    this.#subscribers.set(topic, listeners.add(on));
    return () => listeners.delete(on);
  }

  close(): void {
    this.#closed = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#socket?.close();
    this.#rejectAll();
  }

  #open(): void {
    const socket = this.#options.open(this.#options.url);
    socket.binaryType = 'arraybuffer';
    let opened = false;
    socket.onopen = () => {
      opened = true;
      this.#attempt = 0;
      this.#options.onState('open');
    };
    socket.onmessage = (event: MessageEvent<string | ArrayBuffer>) => this.#receive(event.data);
    socket.onclose = (event) => {
      this.#socket = null;
      this.#rejectAll();
      if (!this.#closed) void this.#afterClose(opened, event.code);
    };
    this.#socket = socket;
  }

  #receive(data: string | ArrayBuffer): void {
    const message = decode(data);
    if (message === null) this.#socket?.close();
    else if ('id' in message) {
      this.#waiting.get(message.id)?.resolve(message.reply);
      this.#waiting.delete(message.id);
    } else if (isTopicName(message.topic)) {
      for (const on of this.#subscribers.get(message.topic) ?? []) on(message.payload);
    }
  }

  async #afterClose(opened: boolean, code: number): Promise<void> {
    const forbidden = code === POLICY_VIOLATION || (!opened && (await this.#options.isForbidden()));
    if (this.#closed) return;
    this.#options.onState(forbidden ? 'forbidden' : 'lost');
    if (forbidden) return;
    this.#retry = setTimeout(() => this.#open(), retryDelayMs(this.#attempt++));
  }

  #rejectAll(): void {
    for (const { reject } of this.#waiting.values()) reject(new Error('disconnected'));
    this.#waiting.clear();
  }
}
