import { createClient } from '@contract/client';
import { fireEvent, screen } from '@testing-library/svelte';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { FramesModel } from '../../../src-renderer/model/frames.svelte';
import FrameList from '../../../src-renderer/panels/connection/FrameList.svelte';
import { compressed } from '../../support/compressed-messages';
import { transportTo, type Crossing } from '../../support/fake-connection';
import { renderPanel, settled } from '../../support/render-panel';
import { fromClient, fromServer, recordedWebSocket } from '../../support/websocket-exchange';

beforeAll(() => void vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(240));
afterAll(() => void vi.restoreAllMocks());

async function show(fields: readonly string[], ...crossings: readonly Crossing[]) {
  const recorded = recordedWebSocket(fields, ...crossings);
  const { connection, source } = recorded;
  const frames = new FramesModel(
    createClient(transportTo(connection), () => () => undefined),
    source,
  );
  const onselect = vi.fn();
  await renderPanel(FrameList, {}, { frames, openedAtMs: 0, onselect });
  frames.follow(connection.row);
  await vi.waitFor(() => expect(frames.isBehind).toBe(false));
  await settled();
  return { ...recorded, frames, onselect };
}
const DEFLATE = ['Sec-WebSocket-Extensions: permessage-deflate'];
const options = () => screen.queryAllByRole('option');
const list = () => screen.getByRole('listbox');
const words = () => options().map((option) => option.textContent?.replace(/\s+/g, ' ').trim());

const TALK = [
  fromClient(10, { opcode: 1, payload: 'Hello' }),
  fromServer(20, { opcode: 2, payload: Uint8Array.of(0xca, 0xfe) }),
  fromClient(30, { opcode: 8, payload: Uint8Array.of(3, 232) }),
];

describe('the list of frames', () => {
  test('has a row for each: direction, opcode, length, beginning, time', async () => {
    await show([], ...TALK);
    expect(words()).toEqual([
      'text 5 B Hello +0.010 s',
      'binary 2 B CA FE +0.020 s',
      'close 2 B 1000 normal closure +0.030 s',
    ]);
    expect(options().map((option) => option.getAttribute('aria-label'))).toMatchObject([
      expect.stringContaining('from the client, text'),
      expect.stringContaining('from the server, binary'),
      expect.stringContaining('from the client, close'),
    ]);
  });

  test('leads from a row to its bytes', async () => {
    const { source, onselect } = await show([], ...TALK);
    await fireEvent.click(options()[1]!);
    expect(onselect).toHaveBeenLastCalledWith({ direction: 'out', offset: source.replyEnd, length: 4 });
    expect(options()[1]?.getAttribute('aria-selected')).toBe('true');
    expect(list().getAttribute('aria-activedescendant')).toBe(options()[1]?.id);
  });

  test('is walked through with the keys, which reach nothing else', async () => {
    const { source, onselect } = await show([], ...TALK);
    expect(await fireEvent.keyDown(list(), { key: 'ArrowDown' })).toBe(false);
    expect(onselect).toHaveBeenLastCalledWith({ direction: 'in', offset: source.requestEnd, length: 11 });
    await fireEvent.keyDown(list(), { key: 'End' });
    await fireEvent.keyDown(list(), { key: 'ArrowDown' });
    expect(onselect).toHaveBeenLastCalledWith({ direction: 'in', offset: source.requestEnd + 11, length: 8 });
    await fireEvent.keyDown(list(), { key: 'Home' });
    await fireEvent.keyDown(list(), { key: 'ArrowUp' });
    expect(onselect).toHaveBeenLastCalledWith({ direction: 'in', offset: source.requestEnd, length: 11 });
    expect(await fireEvent.keyDown(list(), { key: 'x' })).toBe(true);
  });

  test('keeps the chosen row when more come', async () => {
    const { connection, frames } = await show([], ...TALK);
    await fireEvent.click(options()[1]!);
    connection.add(fromClient(40, { opcode: 10 }));
    frames.follow(connection.row);
    await vi.waitFor(() => expect(options().length).toBe(4));
    expect(options().map((option) => option.getAttribute('aria-selected'))).toEqual([
      'false',
      'true',
      'false',
      'false',
    ]);
  });

  test('says what was agreed on and what is wrong with it', async () => {
    await show(['Sec-WebSocket-Protocol: other', 'Sec-WebSocket-Extensions: permessage-deflate'], ...TALK);
    expect(screen.getByText('permessage-deflate')).toBeTruthy();
    expect(screen.getByText('subprotocol other')).toBeTruthy();
    expect(screen.getByText('The server chose a subprotocol that was not offered.')).toBeTruthy();
  });

  test('ends with what broke it, and leads to the byte', async () => {
    const { source, onselect } = await show([], ...TALK.slice(0, 1), fromServer(20, { opcode: 3 }));
    expect(screen.getByRole('note').textContent).toMatch(/from the server: The opcode of a frame is a reserved one/);
    await fireEvent.click(screen.getByRole('button', { name: `byte ${source.replyEnd}` }));
    expect(onselect).toHaveBeenLastCalledWith({ direction: 'out', offset: source.replyEnd, length: 1 });
  });

  test('draws a screen or two of ten thousand', async () => {
    const many = Array.from({ length: 4_000 }, (_, index) => fromClient(index, { opcode: 1, payload: `${index}` }));
    await show([], ...many);
    expect(options().length).toBeLessThan(40);
    expect(screen.getByText(/^4,000 frames/)).toBeTruthy();
  });

  test('shows a hostile text as text', async () => {
    await show([], fromClient(10, { opcode: 1, payload: '<img src=x onerror="document.title=1">' }));
    expect(document.querySelector('img')).toBeNull();
    expect(words()[0]).toContain('<img src=x');
  });

  test('shows what a compressed message says, with both sizes, as text, JSON and hex', async () => {
    const payload = compressed('{"said":"Hello, hello, hello","by":"<b>"}');
    await show(DEFLATE, fromClient(10, { opcode: 1, rsv: 4, payload }));
    expect(words()[0]).toBe(
      `text ${payload.length} B inflated to 41 B{"said":"Hello, hello, hello","by":"<b>"} +0.010 s`,
    );
    expect(screen.queryByRole('group', { name: 'Message' })).toBeNull();
    await fireEvent.click(options()[0]!);
    const message = screen.getByRole('group', { name: 'Message' });
    expect(message.textContent).toContain(`1 from the client, text · ${payload.length} B compressed, 41 B`);
    const shownText = () => screen.getByRole('region', { name: /^Message, / }).textContent;
    expect(shownText()).toBe('{\n  "said": "Hello, hello, hello",\n  "by": "<b>"\n}');
    await fireEvent.click(screen.getByRole('radio', { name: 'Text' }));
    expect(shownText()).toBe('{"said":"Hello, hello, hello","by":"<b>"}');
    await fireEvent.click(screen.getByRole('radio', { name: 'Hex' }));
    expect(screen.getByRole('table', { name: /^Message in hex/ }).textContent).toContain('7b 22 73 61');
  });

  test('says of which message it was that the rest is not inflated', async () => {
    await show(
      DEFLATE,
      fromServer(10, { opcode: 1, rsv: 4, payload: Uint8Array.of(0x06, 0x00) }),
      fromServer(20, { opcode: 1, rsv: 4, payload: compressed('later') }),
    );
    expect(words()).toMatchObject([
      expect.stringMatching(/deflate, broken ?06 00/),
      expect.stringContaining('deflate, not inflated'),
    ]);
    await fireEvent.click(options()[1]!);
    expect(screen.getByText('Message 1 before it does not inflate; a receiver reads nothing after that.')).toBeTruthy();
  });

  test('says that there is none yet', async () => {
    await show([]);
    expect(screen.getByText('No frame yet.')).toBeTruthy();
  });
});
