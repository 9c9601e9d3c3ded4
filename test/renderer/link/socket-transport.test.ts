import { encodeMessage } from '@contract/wire';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SocketTransport } from '../../../src-renderer/link/socket-transport';

class FakeSocket {
  static readonly made: FakeSocket[] = [];
  readyState = 0;
  binaryType = 'blob';
  sent: { id: number; call: string; params: unknown }[] = [];
  onopen: () => void = () => undefined;
  onmessage: (event: { data: unknown }) => void = () => undefined;
  onclose: (event: { code: number }) => void = () => undefined;

  constructor(readonly url: string) {
    FakeSocket.made.push(this);
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  close(): void {
    this.end(1_000);
  }
  accept(): void {
    this.readyState = 1;
    this.onopen();
  }
  end(code: number): void {
    this.readyState = 3;
    this.onclose({ code });
  }
  receive(message: unknown): void {
    const utf8 = {
      encode: (text: string) => new TextEncoder().encode(text),
      decode: (bytes: Uint8Array) => new TextDecoder().decode(bytes),
    };
    const frame = encodeMessage(message as never, utf8);
    this.onmessage({ data: typeof frame === 'string' ? frame : frame.slice().buffer });
  }
}

const states: string[] = [];
let forbidden: boolean;
let transport: SocketTransport;
const socket = () => FakeSocket.made.at(-1) as FakeSocket;
const settled = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('WebSocket', { OPEN: 1 });
  FakeSocket.made.length = 0;
  states.length = 0;
  forbidden = false;
  transport = new SocketTransport({
    url: 'ws://engine/ws?token=t',
    open: (url) => new FakeSocket(url) as unknown as WebSocket,
    isForbidden: async () => forbidden,
    onState: (state) => states.push(state),
  });
});

afterEach(() => {
  transport.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('calls', () => {
  beforeEach(() => socket().accept());

  test('are answered by their id, in whatever order', async () => {
    const first = transport.request('feed.snapshot', {});
    const second = transport.request('listener.stop', {});
    const [a, b] = socket().sent;
    socket().receive({ id: b?.id, reply: { ok: true, value: 'second' } });
    socket().receive({ id: a?.id, reply: { ok: true, value: 'first' } });
    expect(await first).toEqual({ ok: true, value: 'first' });
    expect(await second).toEqual({ ok: true, value: 'second' });
  });

  test('take bytes as bytes', async () => {
    const call = transport.request('bytes.read', {});
    socket().receive({ id: socket().sent[0]?.id, reply: { ok: true, value: { bytes: new Uint8Array([1, 2, 255]) } } });
    expect(await call).toEqual({ ok: true, value: { bytes: new Uint8Array([1, 2, 255]) } });
  });

  test('under way when the socket ends are rejected at once', async () => {
    const call = transport.request('feed.snapshot', {});
    socket().end(1_006);
    await expect(call).rejects.toThrow('disconnected');
  });

  test('made while there is no socket are rejected at once', async () => {
    socket().end(1_006);
    await expect(transport.request('feed.snapshot', {})).rejects.toThrow('not connected');
  });
});

test('a topic reaches its subscribers until they leave', () => {
  socket().accept();
  const heard: unknown[] = [];
  const leave = transport.subscribe('feed', (payload) => heard.push(payload));
  socket().receive({ topic: 'feed', payload: { sequence: 1 } });
  leave();
  socket().receive({ topic: 'feed', payload: { sequence: 2 } });
  expect(heard).toEqual([{ sequence: 1 }]);
});

describe('a socket that ends', () => {
  test('is opened again, later and later, but not later than a few seconds', async () => {
    const gaps: number[] = [];
    for (let attempt = 0; attempt < 7; attempt++) {
      socket().end(1_006);
      await settled();
      const before = FakeSocket.made.length;
      let waited = 0;
      for (; FakeSocket.made.length === before; waited += 50) await vi.advanceTimersByTimeAsync(50);
      gaps.push(waited);
    }
    expect(gaps).toEqual([250, 500, 1_000, 2_000, 4_000, 4_000, 4_000]);
  });

  test('keeps its subscribers over the next one', async () => {
    const heard: unknown[] = [];
    transport.subscribe('feed', (payload) => heard.push(payload));
    socket().accept();
    socket().end(1_006);
    await vi.advanceTimersByTimeAsync(300);
    socket().accept();
    socket().receive({ topic: 'feed', payload: { sequence: 5 } });
    expect(heard).toEqual([{ sequence: 5 }]);
    expect(states).toEqual(['open', 'lost', 'open']);
  });

  test('because the page is refused is not opened again', async () => {
    forbidden = true;
    socket().end(1_006);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(states).toEqual(['forbidden']);
    expect(FakeSocket.made).toHaveLength(1);
  });

  test('after it was open was not refused: the engine went away', async () => {
    forbidden = true;
    socket().accept();
    socket().end(1_006);
    await settled();
    expect(states).toEqual(['open', 'lost']);
  });
});

test('a frame that is not of the codec ends the socket', async () => {
  socket().accept();
  socket().onmessage({ data: '{"half' });
  await settled();
  expect(states).toEqual(['open', 'lost']);
});
