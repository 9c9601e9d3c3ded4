/** Real layout: what is drawn of a gigabyte, and that hostile bytes stay text. */
import type { ByteRange, ConnectionDetail, Direction } from '@contract/connections';
import type { Component } from 'svelte';
import { describe, expect, test } from 'vitest';
import { render } from 'vitest-browser-svelte';
import '../../../src-renderer/theme.css';
import { linkOver } from '../../../src-renderer/link/connect';
import { createModels } from '../../../src-renderer/model/models';
import ConnectionPanel from '../../../src-renderer/panels/connection/ConnectionPanel.svelte';
import { ascii, RecordedConnection, received, transportTo, type Watchable } from '../../support/fake-connection';
import { FakeEngine } from '../../support/fake-engine';
import PanelHarness from '../../support/PanelHarness.svelte';
import { makeSnapshot } from '../../support/rows';

const GIB = 1024 ** 3;
const MAX_ROWS_DRAWN = 60;
/** A frame has 16.7 ms at 60 a second; the machine of the tests may be busy. */
const SMOOTH_MS = 50;
const HEAD = ascii(`PUT /big HTTP/1.1\r\nHost: a\r\nContent-Length: ${GIB}\r\n\r\n`);

const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
const grid = () => document.querySelector('[role=grid]') as HTMLElement;
const rows = () => [...grid().querySelectorAll<HTMLElement>('[role=row]')];
const firstOffset = () => Number.parseInt(rows()[0]?.firstElementChild?.textContent ?? '', 16);

/** A gigabyte that is made where it is looked at. */
class HugeUpload implements Watchable {
  readonly detail: ConnectionDetail;

  constructor() {
    const small = new RecordedConnection(1).add(received(1, HEAD)).detail;
    const exchanges = small.exchanges.map((exchange) => ({ ...exchange, bodyBytes: GIB }));
    this.detail = { ...small, row: { ...small.row, bytesIn: HEAD.length + GIB }, exchanges };
  }

  bytes(_direction: Direction, offset: number, length: number): ByteRange {
    const bytes = Uint8Array.from({ length }, (_, index) => HEAD[offset + index] ?? (offset + index) & 0xff);
    return { offset, bytes, streamBytes: HEAD.length + GIB, keptFrom: 0, reads: [] };
  }
}

async function show(connection: Watchable) {
  const engine = new FakeEngine(makeSnapshot({ nowMs: Date.now(), rows: [connection.detail.row] }));
  Object.assign(engine.transport.answers, transportTo(connection).answers);
  const link = linkOver(engine.transport);
  const models = createModels(link);
  models.live.start(link);
  await render(PanelHarness as unknown as Component<Record<string, unknown>>, { models, panel: ConnectionPanel });
  for (const box of document.querySelectorAll<HTMLElement>('body > div')) {
    box.style.cssText = 'display: flex; height: 800px; width: 760px';
  }
  await expect.poll(() => models.live.ready).toBe(true);
  models.selection.select(connection.detail.row.id);
  await expect.poll(() => rows().length).toBeGreaterThan(0);
  return { models, engine };
}

describe('a gigabyte in the hex view', () => {
  test('is drawn as the rows in view', async () => {
    await show(new HugeUpload());
    expect(rows().length).toBeLessThan(MAX_ROWS_DRAWN);
    expect(grid().scrollHeight).toBeLessThan(10_000_000);
    expect(grid().getAttribute('aria-rowcount')).toBe(String(Math.ceil((HEAD.length + GIB) / 16)));
  });

  test('is scrolled to its very end by the scroll bar', async () => {
    await show(new HugeUpload());
    grid().scrollTop = grid().scrollHeight;
    const last = Math.floor((HEAD.length + GIB - 1) / 16) * 16;
    await expect.poll(() => rows().at(-1)?.firstElementChild?.textContent).toBe(last.toString(16).padStart(8, '0'));
    expect(rows().length).toBeLessThan(MAX_ROWS_DRAWN);
  });

  test('moves by what the wheel says, although a scroll pixel stands for more', async () => {
    await show(new HugeUpload());
    await frame();
    grid().dispatchEvent(new WheelEvent('wheel', { deltaY: 200, bubbles: true, cancelable: true }));
    await expect.poll(firstOffset).toBe(10 * 16);
  });

  test('scrolls smoothly with bounded rows and a bounded number of reads', async () => {
    const { engine } = await show(new HugeUpload());
    const took: number[] = [];
    for (let step = 1; step <= 60; step += 1) {
      const before = performance.now();
      grid().scrollTop = (grid().scrollHeight * step) / 61;
      await frame();
      took.push(performance.now() - before);
      expect(rows().length).toBeLessThan(MAX_ROWS_DRAWN);
    }
    const median = took.sort((a, b) => a - b)[30] as number;
    expect(median).toBeLessThan(SMOOTH_MS);
    expect(engine.transport.paramsOf('bytes.read').length).toBeLessThan(200);
  });

  test('goes to an offset that is typed', async () => {
    await show(new HugeUpload());
    const box = document.querySelector('input[aria-label="Go to offset"]') as HTMLInputElement;
    box.value = '0x20000000';
    box.dispatchEvent(new Event('input', { bubbles: true }));
    box.form?.requestSubmit();
    await expect.poll(() => rows().some((row) => row.textContent?.includes('20000000'))).toBe(true);
    expect(document.querySelector('#byte-spoken')?.textContent).toContain('offset 0x20000000');
  });
});

describe('hostile bytes', () => {
  const HOSTILE = 'GET /<img/src=x/onerror=alert(1)> HTTP/1.1\r\nHost: a\r\nX: <script>alert(1)</script>\r\n\r\n';

  test('stay text in the hex view, one element per run and not per byte', async () => {
    await show(new RecordedConnection(7).add(received(1, HOSTILE)));
    await expect.poll(() => grid().textContent).toContain('<img/src=x/');
    expect(grid().querySelector('img, script')).toBeNull();
    expect(grid().querySelectorAll('[class^=paint-]').length).toBeLessThan(HOSTILE.length);
  });

  test('stay text in the text view', async () => {
    await show(new RecordedConnection(8).add(received(1, HOSTILE)));
    const text = document.querySelector('input[value=text]') as HTMLInputElement;
    text.click();
    await expect
      .poll(() => document.querySelector('[role=listbox]')?.textContent)
      .toContain('X: <script>alert(1)</script>CRLF');
    expect(document.querySelector('[role=listbox] script, [role=listbox] img')).toBeNull();
  });
});

describe('the pointer', () => {
  test('over a byte names its element and lights it in both columns', async () => {
    await show(new RecordedConnection(9).add(received(1, 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')));
    await expect.poll(() => rows()[1]?.textContent).toContain('Host');
    const hex = rows()[1]?.querySelector('.hex') as HTMLElement;
    const { left, top } = hex.getBoundingClientRect();
    hex.dispatchEvent(new PointerEvent('pointermove', { clientX: left + 10, clientY: top + 8, bubbles: true }));
    await expect.poll(() => document.querySelector('.tip')?.textContent).toContain('field name');
    expect(document.querySelector('.tip')?.textContent).toContain('RFC 9110 §7.2');
    expect(rows()[1]?.querySelectorAll('.box.hovered').length).toBe(2);
  });
});
