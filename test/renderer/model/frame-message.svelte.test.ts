import { createClient } from '@contract/client';
import { flushSync } from 'svelte';
import { describe, expect, it, vi } from 'vitest';
import { FrameMessage, MAX_PAYLOAD_SHOWN_BYTES } from '../../../src-renderer/model/frame-message.svelte';
import { FramesModel } from '../../../src-renderer/model/frames.svelte';
import { compressed, compressedInContext } from '../../support/compressed-messages';
import { transportTo, type Crossing } from '../../support/fake-connection';
import { fromClient, fromServer, recordedWebSocket } from '../../support/websocket-exchange';

const DEFLATE = ['Sec-WebSocket-Extensions: permessage-deflate'];

async function over(fields: readonly string[], crossings: readonly Crossing[], keepsReply = true) {
  const recorded = recordedWebSocket(fields, ...crossings);
  if (!keepsReply) recorded.connection.keptFrom.out = recorded.source.replyEnd;
  const transport = transportTo(recorded.connection);
  const frames = new FramesModel(
    createClient(transport, () => () => undefined),
    recorded.source,
  );
  const message = new FrameMessage(frames);
  const told = async () => {
    frames.follow(recorded.connection.row);
    await vi.waitFor(() => expect(frames.isBehind).toBe(false));
  };
  const choose = (index: number) => message.follow(frames.rows[index] ?? null);
  await told();
  return { ...recorded, transport, frames, message, choose, told };
}
const textOf = (message: FrameMessage) => {
  flushSync();
  return new TextDecoder().decode(message.shown?.bytes);
};

describe('the message of a frame', () => {
  it('is what it says, inflated, with both sizes', async () => {
    const [one, two] = compressedInContext(['{"said":"once upon a time"}', '{"said":"once upon a time"}']);
    const { message, choose, transport } = await over(DEFLATE, [
      fromServer(10, { opcode: 1, rsv: 4, payload: one! }),
      fromServer(20, { opcode: 1, rsv: 4, payload: two! }),
    ]);
    const before = transport.calls.length;
    choose(1);
    expect(textOf(message)).toBe('{"said":"once upon a time"}');
    expect(message.shown).toMatchObject({
      number: 2,
      direction: 'out',
      messageBytes: 27,
      compressedBytes: two!.length,
      isWhole: true,
      isPayload: false,
      note: null,
    });
    expect(transport.calls.length).toBe(before);
  });

  it('is all of it, whichever of its frames is chosen', async () => {
    const payload = compressed('Hello, hello, hello');
    const { message, choose } = await over(DEFLATE, [
      fromClient(10, { opcode: 1, rsv: 4, payload: payload.subarray(0, 4), fin: false }),
      fromClient(20, { opcode: 9, payload: 'still there?' }),
      fromClient(30, { opcode: 0, payload: payload.subarray(4) }),
    ]);
    for (const index of [0, 2]) {
      choose(index);
      expect(textOf(message)).toBe('Hello, hello, hello');
    }
    choose(1);
    expect(message.shown).toBeNull();
  });

  it('is read from the journal where it is not compressed, without its mask', async () => {
    const { message, choose, connection, told } = await over(
      [],
      [
        fromClient(10, { opcode: 1, payload: 'Hel', fin: false }),
        fromClient(20, { opcode: 0, payload: 'lo ', fin: false }),
      ],
    );
    choose(0);
    await vi.waitFor(() => expect(textOf(message)).toBe('Hello '));
    expect(message.shown).toMatchObject({ isWhole: false, compressedBytes: null, note: null });
    connection.add(fromClient(30, { opcode: 0, payload: 'you' }));
    await told();
    choose(0);
    await vi.waitFor(() => expect(textOf(message)).toBe('Hello you'));
    expect(message.shown?.isWhole).toBe(true);
  });

  it('is its beginning where it is long', async () => {
    const { message, choose } = await over([], [fromServer(10, { opcode: 2, payload: new Uint8Array(3_000_000) })]);
    choose(0);
    await vi.waitFor(() => expect(message.shown?.bytes.length).toBe(MAX_PAYLOAD_SHOWN_BYTES));
    expect(message.shown).toMatchObject({ messageBytes: 3_000_000, isWhole: false });
  });

  it('is never what a broken one came to: that is shown as it came, with the reason', async () => {
    const { message, choose } = await over(DEFLATE, [
      fromServer(10, { opcode: 1, rsv: 4, payload: compressed('fine') }),
      fromServer(20, { opcode: 1, rsv: 4, payload: Uint8Array.of(0x06, 0x00) }),
      fromServer(30, { opcode: 1, rsv: 4, payload: compressed('more') }),
    ]);
    choose(1);
    await vi.waitFor(() => expect(message.shown?.bytes).toEqual(Uint8Array.of(0x06, 0x00)));
    expect(message.shown).toMatchObject({ isPayload: true, compressedBytes: null });
    expect(message.shown?.note).toBe(
      'This does not inflate: invalid block type. A receiver gives the connection up here.',
    );
    choose(2);
    expect(message.shown?.note).toBe('Message 2 before it does not inflate; a receiver reads nothing after that.');
  });

  it('is shown as it came where the handshake is not kept', async () => {
    const payload = compressed('Hello');
    const { message, choose } = await over(DEFLATE, [fromServer(10, { opcode: 1, rsv: 4, payload })], false);
    choose(0);
    await vi.waitFor(() => expect(message.shown?.bytes).toEqual(payload));
    expect(message.shown?.note).toMatch(/^The opening handshake is not kept/);
  });

  it('is not looked for after a part of the direction that is not kept any more', async () => {
    const recorded = recordedWebSocket(DEFLATE, fromServer(10, { opcode: 1, rsv: 4, payload: compressed('gone') }));
    const frames = new FramesModel(
      createClient(transportTo(recorded.connection), () => () => undefined),
      recorded.source,
    );
    frames.follow(recorded.connection.row);
    await vi.waitFor(() => expect(frames.rows.length).toBe(1));
    recorded.connection.add(fromServer(20, { opcode: 1, rsv: 4, payload: compressed('later') }));
    recorded.connection.keptFrom.out = recorded.connection.row.bytesOut - 3;
    frames.follow(recorded.connection.row);
    await vi.waitFor(() => expect(frames.isDropped.out).toBe(true));
    expect(frames.rows.length).toBe(1);
  });
});

describe('frames of compressed messages', () => {
  it('are all read, where later ones may refer back to them', async () => {
    const long = 'once upon a time '.repeat(9).concat(...Array.from({ length: 30_000 }, (_, at) => at.toString(36)));
    const payloads = compressedInContext([long, 'once upon a time']);
    const { frames } = await over(
      DEFLATE,
      payloads.map((payload) => fromServer(10, { opcode: 1, rsv: 4, payload })),
    );
    expect(payloads[0]!.length).toBeGreaterThan(20_000);
    expect(frames.inflatedMessage('out', 1)).toMatchObject({ inflatedBytes: long.length, isFinished: true });
    expect(frames.rows[1]?.preview).toEqual({ kind: 'text', text: 'once upon a time', isCut: false });
  });

  it('are left out where nothing is inflated any more', async () => {
    const { transport, frames } = await over(DEFLATE, [
      fromServer(10, { opcode: 1, rsv: 4, payload: Uint8Array.of(0x06, 0x00) }),
      fromServer(20, { opcode: 1, rsv: 4, payload: new Uint8Array(3_000_000) }),
      fromServer(30, { opcode: 9 }),
    ]);
    expect(frames.rows.length).toBe(3);
    expect(transport.calls.filter(({ name }) => name === 'bytes.read').length).toBeLessThan(8);
  });
});
