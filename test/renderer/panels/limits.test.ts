import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { NUMBER_NAMES, numberEntry } from '@contract/settings';
import { createRawSnippet } from 'svelte';
import { describe, expect, test } from 'vitest';
import LimitsPanel from '../../../src-renderer/panels/limits/LimitsPanel.svelte';
import { renderPanel, settled } from '../../support/render-panel';
import { makeStats, settingsState } from '../../support/rows';

const buckets = createRawSnippet(() => ({ render: () => '<p>buckets</p>' }));
const show = (snapshot = {}) => renderPanel(LimitsPanel, snapshot, { buckets });
const box = (label: string) => screen.getByRole<HTMLInputElement>('textbox', { name: label });
const slider = (label: string) => screen.getByRole<HTMLInputElement>('slider', { name: `${label}, slider` });

async function type(label: string, text: string): Promise<void> {
  await fireEvent.focus(box(label));
  await fireEvent.input(box(label), { target: { value: text } });
  await fireEvent.keyDown(box(label), { key: 'Enter' });
  await settled();
}

test('every number of the table has a box and a slider, and a switch where it may be off', async () => {
  await show();
  for (const name of NUMBER_NAMES) {
    const { label, offable } = numberEntry(name);
    expect(box(label)).toBeTruthy();
    expect(slider(label)).toBeTruthy();
    expect(screen.queryByRole('switch', { name: `${label} on` }) !== null).toBe(offable);
  }
});

describe('the box', () => {
  test('takes a value with its unit', async () => {
    const { engine } = await show();
    await type('Head timeout', '2500ms');
    expect(engine.transport.paramsOf('settings.set')).toEqual([{ name: 'headTimeoutMs', value: 2_500 }]);
    expect(box('Head timeout').value).toBe('2.5');
  });

  test('refuses nonsense without asking the engine, and shows the old value', async () => {
    const { engine } = await show();
    await type('Head timeout', 'soon');
    expect(engine.transport.paramsOf('settings.set')).toEqual([]);
    expect(screen.getByRole('alert').textContent).toMatch(/takes a number, not "soon"/);
    expect(box('Head timeout').value).toBe('10');
  });

  test('Escape takes back what was typed', async () => {
    const { engine } = await show();
    await fireEvent.input(box('Field count'), { target: { value: '7' } });
    await fireEvent.keyDown(box('Field count'), { key: 'Escape' });
    await fireEvent.blur(box('Field count'));
    expect(engine.transport.paramsOf('settings.set')).toEqual([]);
    expect(box('Field count').value).toBe('100');
  });

  test('an arrow key takes the next round value', async () => {
    const { engine } = await show();
    await fireEvent.keyDown(box('Field count'), { key: 'ArrowUp' });
    const [sent] = engine.transport.paramsOf('settings.set');
    expect(sent?.value).toBeGreaterThan(100);
  });
});

describe('the slider', () => {
  test('sends while it is dragged', async () => {
    const { engine } = await show();
    await fireEvent.input(slider('Head timeout'), { target: { value: '0' } });
    expect(engine.transport.paramsOf('settings.set')).toEqual([{ name: 'headTimeoutMs', value: 100 }]);
  });

  test('says its value in words', async () => {
    await show();
    expect(slider('Head size').getAttribute('aria-valuetext')).toBe('16 KiB');
  });
});

describe('off', () => {
  test('the switch sends null, and back the default', async () => {
    const { engine } = await show();
    const toggle = screen.getByRole('switch', { name: 'Target size on' });
    await fireEvent.click(toggle);
    await waitFor(() => expect(box('Target size').value).toBe('off'));
    await fireEvent.click(toggle);
    await waitFor(() =>
      expect(engine.transport.paramsOf('settings.set').map(({ value }) => value)).toEqual([null, 8_000]),
    );
  });
});

describe('reset', () => {
  test('is offered for what is not the default', async () => {
    const { engine } = await show();
    expect(screen.queryByRole('button', { name: /^Reset Head timeout/ })).toBeNull();
    await type('Head timeout', '2s');
    await fireEvent.click(screen.getByRole('button', { name: 'Reset Head timeout to 10 s' }));
    await settled();
    expect(engine.transport.paramsOf('settings.reset')).toEqual([{ name: 'headTimeoutMs' }]);
    expect(box('Head timeout').value).toBe('10');
  });

  test('all at once', async () => {
    const { engine } = await show();
    await type('Head timeout', '2s');
    await fireEvent.click(screen.getByRole('button', { name: 'Reset all' }));
    expect(engine.transport.paramsOf('settings.reset')).toEqual([{ name: null }]);
  });
});

test('tells where a value came from, how often its guard acted, and the highest value seen', async () => {
  const stats = makeStats();
  const settings = settingsState();
  await show({
    stats: { ...stats, guards: { ...stats.guards, maxFieldCount: { trips: 3, extreme: 101 } } },
    settings: { ...settings, sources: { ...settings.sources, maxFieldCount: 'flag' } },
  });
  expect(screen.getByText('3 trips')).toBeTruthy();
  expect(screen.getByTitle('Set by the flag')).toBeTruthy();
  expect(screen.getByTitle('Highest seen: 101')).toBeTruthy();
});
