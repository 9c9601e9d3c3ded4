import { createClient } from '@contract/client';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FramesModel } from '../../../src-renderer/model/frames.svelte';
import { transportTo } from '../../support/fake-connection';
import { fromClient, fromServer, recordedWebSocket, type RecordedWebSocket } from '../../support/websocket-exchange';

const DEFLATE = ['Sec-WebSocket-Extensions: permessage-deflate', 'Sec-WebSocket-Protocol: chat'];

function over({ connection, source }: RecordedWebSocket) {
  const transport = transportTo(connection);
  const model = new FramesModel(
    createClient(transport, () => () => undefined),
    source,
  );
  return { model, transport, told: () => model.follow(connection.row) };
}
const listed = (model: FramesModel) =>
  model.rows.map(({ direction, name, preview }) =>
    preview.kind === 'close' ? `${direction} close ${preview.close.code}` : `${direction} ${name} ${preview.text}`,
  );

afterEach(() => vi.unstubAllGlobals());

describe('the frames of a connection', () => {
  it('are those of both directions, in the order they came', async () => {
    const { model, told } = over(
      recordedWebSocket(
        [],
        fromClient(10, { opcode: 1, payload: 'ping?' }),
        fromServer(20, { opcode: 1, payload: 'pong!' }),
        fromClient(30, { opcode: 8, payload: Uint8Array.of(3, 232) }),
      ),
    );
    told();
    await vi.waitFor(() => expect(listed(model)).toEqual(['in text ping?', 'out text pong!', 'in close 1000']));
    expect(model.rows.map(({ atMs }) => atMs)).toEqual([10, 20, 30]);
    expect([model.isBehind, model.failure, model.dropped]).toEqual([false, null, 0]);
  });

  it('are read on as they come', async () => {
    const recorded = recordedWebSocket([], fromClient(10, { opcode: 1, payload: 'one' }));
    const { model, told } = over(recorded);
    told();
    await vi.waitFor(() => expect(listed(model)).toEqual(['in text one']));
    recorded.connection.add(fromServer(20, { opcode: 2, payload: 'A' }), fromClient(30, { opcode: 9 }));
    told();
    await vi.waitFor(() => expect(listed(model)).toEqual(['in text one', 'out binary 41', 'in ping ']));
  });

  it('begin with what was agreed on', async () => {
    const { model, told } = over(recordedWebSocket(DEFLATE, fromServer(10, { opcode: 1, rsv: 4, payload: 'x' })));
    told();
    await vi.waitFor(() => expect(model.rows.length).toBe(1));
    expect(model.handshake).toMatchObject({ isOpened: true, subprotocol: 'chat', problems: [] });
    expect(model.handshake?.accept.isRight).toBe(true);
    expect([model.rows[0]?.frame.message?.isCompressed, model.faultOf('out')]).toEqual([true, null]);
  });

  it('are at fault for compression that was not agreed on', async () => {
    const recorded = recordedWebSocket([], fromServer(10, { opcode: 1, rsv: 4, payload: 'x' }));
    const { model, told } = over(recorded);
    told();
    await vi.waitFor(() => expect(model.faultOf('out')).toMatchObject({ code: 'WS_RSV' }));
    expect([model.faultOf('out')?.offset, model.faultOf('in'), model.isBehind]).toEqual([
      recorded.source.replyEnd,
      null,
      false,
    ]);
    expect(model.outbound.fault?.code).toBe('WS_RSV');
  });

  it('have no handshake where the journal dropped it, and are not at fault for it', async () => {
    const recorded = recordedWebSocket(DEFLATE, fromServer(10, { opcode: 1, rsv: 4, payload: 'x' }));
    recorded.connection.keptFrom.out = recorded.source.replyEnd;
    const { model, told } = over(recorded);
    told();
    await vi.waitFor(() => expect(model.rows.length).toBe(1));
    expect([model.handshake, model.faultOf('out')]).toEqual([null, null]);
  });

  it('are not known where their beginning is not kept', async () => {
    const recorded = recordedWebSocket(
      [],
      fromClient(10, { opcode: 1, payload: 'gone' }),
      fromServer(20, { opcode: 9 }),
    );
    recorded.connection.keptFrom.in = recorded.source.requestEnd + 3;
    const { model, told } = over(recorded);
    told();
    await vi.waitFor(() => expect(listed(model)).toEqual(['out ping ']));
    expect([model.isDropped, model.isBehind]).toEqual([{ in: true, out: false }, false]);
    expect(model.faultOf('in')).toBeNull();
  });

  it('are read without the middle of long payloads', async () => {
    const { model, told, transport } = over(
      recordedWebSocket(
        [],
        fromServer(10, { opcode: 2, payload: new Uint8Array(3_000_000) }),
        fromServer(20, { opcode: 1, payload: 'after' }),
      ),
    );
    told();
    await vi.waitFor(() => expect(model.rows.length).toBe(2));
    expect(model.rows[1]).toMatchObject({ atMs: 20, preview: { text: 'after' } });
    const reads = transport.calls.filter(({ name }) => name === 'bytes.read');
    expect(reads.length).toBeLessThan(6);
  });

  it('say why they cannot be read, and are read when they can', async () => {
    const recorded = recordedWebSocket([], fromClient(10, { opcode: 1, payload: 'one' }));
    const { model, told, transport } = over(recorded);
    const answer = transport.answers['bytes.read'];
    transport.answers['bytes.read'] = () => ({
      ok: false,
      error: { code: 'CAP_READ_FAILED', detail: { reason: 'x' } },
    });
    told();
    await vi.waitFor(() => expect(model.failure?.code).toBe('CAP_READ_FAILED'));
    transport.answers['bytes.read'] = answer!;
    told();
    await vi.waitFor(() => expect(listed(model)).toEqual(['in text one']));
    expect(model.failure).toBeNull();
  });

  it('are not read any more once nobody looks', async () => {
    const recorded = recordedWebSocket([], fromClient(10, { opcode: 1, payload: 'one' }));
    const { model, told, transport } = over(recorded);
    told();
    await vi.waitFor(() => expect(model.rows.length).toBe(1));
    model.close();
    recorded.connection.add(fromClient(20, { opcode: 9 }));
    const before = transport.calls.length;
    told();
    await Promise.resolve();
    expect([transport.calls.length, model.rows.length]).toEqual([before, 1]);
  });

  it('leave the proof of the server open where the page has no SHA-1', async () => {
    vi.stubGlobal('crypto', {});
    const { model, told } = over(recordedWebSocket([]));
    told();
    await vi.waitFor(() => expect(model.handshake?.accept.isRight).toBeNull());
    expect(model.handshake?.problems).toEqual([]);
  });
});
