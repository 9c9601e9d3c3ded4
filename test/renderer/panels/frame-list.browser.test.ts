/** Real layout: the end of a growing list stays in view while it is looked at, and not when it is not. */
import { createClient } from '@contract/client';
import type { Component } from 'svelte';
import { describe, expect, test, vi } from 'vitest';
import { render } from 'vitest-browser-svelte';
import '../../../src-renderer/theme.css';
import { FramesModel } from '../../../src-renderer/model/frames.svelte';
import FrameList from '../../../src-renderer/panels/connection/FrameList.svelte';
import { transportTo } from '../../support/fake-connection';
import { fromClient, fromServer, recordedWebSocket } from '../../support/websocket-exchange';

const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
const list = () => document.querySelector('[role=listbox]') as HTMLElement;
const lastShown = () => [...list().querySelectorAll('[role=option]')].at(-1)?.getAttribute('aria-posinset');
const few = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => fromClient(from + index, { opcode: 1, payload: `${from + index}` }));

async function show(fields: readonly string[] = []) {
  const { connection, source } = recordedWebSocket(
    fields,
    fromClient(3, { opcode: 1, payload: 'first' }),
    fromServer(4, { opcode: 9 }),
  );
  const frames = new FramesModel(
    createClient(transportTo(connection), () => () => undefined),
    source,
  );
  const props = { frames, openedAtMs: 0, onselect: () => undefined };
  await render(FrameList as unknown as Component<Record<string, unknown>>, props);
  for (const box of document.querySelectorAll<HTMLElement>('body > div'))
    box.style.cssText =
      'display: flex; flex-direction: column; height: 400px; width: 700px; container: connection / inline-size';
  const more = async (count: number) => {
    const wanted = frames.rows.length + count;
    connection.add(...few(frames.rows.length + 10, count));
    frames.follow(connection.row);
    await vi.waitFor(() => expect(frames.rows.length).toBe(wanted));
    await frame();
    await frame();
  };
  frames.follow(connection.row);
  await vi.waitFor(() => expect(frames.rows.length).toBe(2));
  return { frames, connection, more };
}

describe('a list of frames that grows', () => {
  test('keeps its end in view', async () => {
    const { more } = await show();
    await more(5);
    await more(100);
    expect(lastShown()).toBe('107');
  });

  test('stays where its reader went', async () => {
    const { more } = await show();
    await more(200);
    list().scrollTop = 240;
    await frame();
    await more(50);
    expect(list().scrollTop).toBe(240);
    list().scrollTop = list().scrollHeight;
    await frame();
    await more(50);
    expect(lastShown()).toBe('302');
  });

  test('has room beside the longest message', async () => {
    const { connection, frames } = await show();
    connection.add(fromServer(50, { opcode: 1, payload: '[{"a":1}]'.padEnd(100_000, '\n') }));
    frames.follow(connection.row);
    await vi.waitFor(() => expect(frames.rows.length).toBe(3));
    await frame();
    ([...list().querySelectorAll('[role=option]')].at(-1) as HTMLElement).click();
    await vi.waitFor(() => expect(document.querySelector('pre')?.textContent).toBe('[\n  {\n    "a": 1\n  }\n]'));
    (document.querySelector('[aria-label^="Show the message"] input') as HTMLElement).click();
    await vi.waitFor(() => expect(document.querySelector('pre')?.textContent?.length).toBe(100_000));
    const heightOf = (selector: string) => (document.querySelector(selector) as HTMLElement).offsetHeight;
    expect(heightOf('[role=listbox]')).toBeGreaterThanOrEqual(70);
    expect(heightOf('.message')).toBeLessThan(200);
    const { bottom } = document.querySelector('.message')!.getBoundingClientRect();
    expect(bottom).toBeLessThanOrEqual(document.querySelector('.pane')!.parentElement!.getBoundingClientRect().bottom);
  });
});
