import { fireEvent } from '@testing-library/svelte';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import Shortcuts from '../../../src-renderer/views/Shortcuts.svelte';
import { renderPanel, type RenderedPanel } from '../../support/render-panel';

const on = { onfilter: vi.fn(), onmove: vi.fn(), oncurl: vi.fn(), onkeys: vi.fn(), onescape: vi.fn() };
let rendered: RenderedPanel;

beforeEach(async () => {
  document.body.innerHTML = '';
  vi.clearAllMocks();
  rendered = await renderPanel(Shortcuts, {}, on);
});

function focusOn(html: string): Element {
  document.body.insertAdjacentHTML('beforeend', html);
  return document.body.lastElementChild as Element;
}

test('each key does what the dialog says', async () => {
  for (const key of ['/', 'j', 'k', '?', 'c', 'Escape']) await fireEvent.keyDown(document.body, { key });
  expect(on.onfilter).toHaveBeenCalledOnce();
  expect(on.onmove.mock.calls).toEqual([[1], [-1]]);
  expect(on.onkeys).toHaveBeenCalledOnce();
  expect(on.oncurl).toHaveBeenCalledOnce();
  expect(on.onescape).toHaveBeenCalledOnce();
});

test('space pauses and goes on', async () => {
  await fireEvent.keyDown(document.body, { key: ' ' });
  expect(rendered.models.connections.paused).toBe(true);
  await fireEvent.keyDown(document.body, { key: ' ' });
  expect(rendered.models.connections.paused).toBe(false);
});

describe('is left alone', () => {
  test.each([
    '<input>',
    '<input type="number">',
    '<textarea></textarea>',
    '<button role="combobox"></button>',
    '<div contenteditable="true"></div>',
    '<div role="dialog"></div>',
  ])('what is typed in %s', async (html) => {
    const target = focusOn(html);
    for (const key of ['/', 'j', ' ', 'c']) await fireEvent.keyDown(target, { key });
    expect(on.onfilter).not.toHaveBeenCalled();
    expect(on.onmove).not.toHaveBeenCalled();
    expect(on.oncurl).not.toHaveBeenCalled();
    expect(rendered.models.connections.paused).toBe(false);
  });

  test('the space that activates a button', async () => {
    const passed = await fireEvent.keyDown(focusOn('<button>Stop</button>'), { key: ' ' });
    expect(passed).toBe(true);
    expect(rendered.models.connections.paused).toBe(false);
  });

  test('the arrows of a slider', async () => {
    await fireEvent.keyDown(focusOn('<input type="range">'), { key: 'ArrowDown' });
    expect(on.onmove).not.toHaveBeenCalled();
  });
});
