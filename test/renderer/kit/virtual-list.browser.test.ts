/** Real layout: what is drawn of a long list, and what moves when rows arrive. */
import { page } from 'vitest/browser';
import { describe, expect, test } from 'vitest';
import { render } from 'vitest-browser-svelte';
import type { Component } from 'svelte';
import '../../../src-renderer/theme.css';
import { linkOver } from '../../../src-renderer/link/connect';
import { createModels } from '../../../src-renderer/model/models';
import ConnectionsPanel from '../../../src-renderer/panels/connections/ConnectionsPanel.svelte';
import { FakeEngine } from '../../support/fake-engine';
import PanelHarness from '../../support/PanelHarness.svelte';
import { makeRow, makeSnapshot, manyRows } from '../../support/rows';

const ROWS = 20_000;
const ROW_HEIGHT = 46;
/** At 60 frames a second a frame has 16.7 ms; the machine of the tests may be busy. */
const SMOOTH_MS = 50;

const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
const list = () => page.getByRole('listbox').element() as HTMLElement;
const options = () => [...list().querySelectorAll('[role=option]')];
const names = () => options().map((option) => option.getAttribute('aria-label')?.split(',')[0]);

async function showList() {
  const engine = new FakeEngine(makeSnapshot({ nowMs: Date.now(), rows: manyRows(ROWS) }));
  const link = linkOver(engine.transport);
  const models = createModels(link);
  models.live.start(link);
  document.body.style.height = '800px';
  await render(PanelHarness as unknown as Component<Record<string, unknown>>, { models, panel: ConnectionsPanel });
  for (const box of document.querySelectorAll<HTMLElement>('body > div')) box.style.height = '800px';
  await expect.poll(() => models.live.ready).toBe(true);
  await frame();
  await frame();
  return { engine, models };
}

async function arrive(engine: FakeEngine, firstId: number, count: number): Promise<void> {
  engine.push({ rows: Array.from({ length: count }, (_, index) => makeRow({ id: firstId + index })) });
  await frame();
  await frame();
}

describe('a list of 20 000 connections', () => {
  test('has elements only for what is on screen, and the height of them all', async () => {
    await showList();
    expect(options().length).toBeGreaterThan(10);
    expect(options().length).toBeLessThan(40);
    expect(list().scrollHeight).toBe(ROWS * ROW_HEIGHT);
    expect(names()[0]).toBe(`#${ROWS}`);
  });

  test('reaches its oldest row', async () => {
    await showList();
    list().scrollTop = list().scrollHeight;
    await expect.poll(() => names().at(-1)).toBe('#1');
    const last = options().at(-1) as Element;
    expect(last.getBoundingClientRect().bottom).toBeCloseTo(list().getBoundingClientRect().bottom, 0);
  });

  test('takes in a batch every frame without losing one', async () => {
    const { engine } = await showList();
    const gaps: number[] = [];
    let last = performance.now();
    for (let round = 0; round < 60; round++) {
      engine.push({ rows: Array.from({ length: 50 }, (_, index) => makeRow({ id: ROWS + round * 50 + index + 1 })) });
      await frame();
      gaps.push(performance.now() - last);
      last = performance.now();
    }
    const median = gaps.sort((a, b) => a - b)[30] as number;
    expect(median).toBeLessThan(SMOOTH_MS);
    await frame();
    expect(names()[0]).toBe(`#${ROWS + 3_000}`);
  });

  test('does not move under the eyes of who reads further down', async () => {
    const { engine } = await showList();
    list().scrollTop = 500 * ROW_HEIGHT;
    await frame();
    await frame();
    const before = options().map((option) => [option.id, option.getBoundingClientRect().top]);
    await arrive(engine, ROWS + 1, 3);
    expect(options().map((option) => [option.id, option.getBoundingClientRect().top])).toEqual(before);
    await page.getByRole('button', { name: '3 new' }).click();
    await expect.poll(() => names()[0]).toBe(`#${ROWS + 3}`);
    expect(list().scrollTop).toBe(0);
  });

  test('shows a connection that was chosen elsewhere', async () => {
    const { models } = await showList();
    models.selection.select(777);
    await expect.poll(names).toContain('#777');
  });

  test('at the newest row it follows what arrives', async () => {
    const { engine } = await showList();
    await arrive(engine, ROWS + 1, 2);
    expect(names().slice(0, 2)).toEqual([`#${ROWS + 2}`, `#${ROWS + 1}`]);
    expect(page.getByRole('button', { name: /new/ }).elements()).toHaveLength(0);
  });
});
