import { cleanup, fireEvent, screen, waitFor } from '@testing-library/svelte';
import { presetSettings } from '@contract/presets';
import { DEFAULT_SETTINGS, SETTING_NAMES, settingEntry, withSetting } from '@contract/settings';
import { createRawSnippet } from 'svelte';
import { beforeEach, describe, expect, test } from 'vitest';
import LimitsPanel from '../../../src-renderer/panels/limits/LimitsPanel.svelte';
import { renderPanel, settled } from '../../support/render-panel';
import { makeStats, settingsState } from '../../support/rows';

const buckets = createRawSnippet(() => ({ render: () => '<p>buckets</p>' }));
const show = (snapshot = {}) => renderPanel(LimitsPanel, snapshot, { buckets });
const box = (label: string) => screen.getByRole<HTMLInputElement>('textbox', { name: label });
const tolerance = (label: string) => screen.getByRole('switch', { name: label });
const sectionHead = (title: string) => screen.getByRole('button', { name: new RegExp(`^${title}`) });
const slider = (label: string) => screen.getByRole<HTMLInputElement>('slider', { name: `${label}, slider` });

async function type(label: string, text: string): Promise<void> {
  await fireEvent.focus(box(label));
  await fireEvent.input(box(label), { target: { value: text } });
  await fireEvent.keyDown(box(label), { key: 'Enter' });
  await settled();
}

beforeEach(() => localStorage.clear());

test('every setting that stands on its own has what it is turned with', async () => {
  const { models } = await show();
  for (const section of ['strictness', 'journal'] as const) models.limitsView.toggle(section);
  await settled();
  for (const name of SETTING_NAMES) {
    const entry = settingEntry(name);
    if (entry.of !== undefined) continue;
    if (entry.kind === 'choice') expect(screen.getByRole('combobox', { name: entry.label })).toBeTruthy();
    else if (entry.kind === 'switch') expect(tolerance(entry.label)).toBeTruthy();
    else expect(box(entry.label)).toBeTruthy();
    if (entry.kind !== 'number') continue;
    expect(slider(entry.label)).toBeTruthy();
    expect(screen.queryByRole('switch', { name: `${entry.label} on` }) !== null).toBe(entry.offable);
  }
});

test('every setting below a guard is shown when its guard is unfolded', async () => {
  const { models } = await show({
    settings: settingsState({ values: withSetting(DEFAULT_SETTINGS, 'rateKey', 'field') }),
  });
  for (const button of screen.getAllByRole('button', { name: /: how it acts/ })) await fireEvent.click(button);
  await settled();
  for (const name of SETTING_NAMES.filter((one) => settingEntry(one).of !== undefined && one !== 'rateKeySegments')) {
    expect(document.querySelector(`[data-setting="${name}"]`), name).not.toBeNull();
  }
  expect(models.limitsView.isUnfolded('headTimeoutMs')).toBe(true);
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

describe('a choice', () => {
  const unfold = async () => fireEvent.click(screen.getByRole('button', { name: /^Head timeout: how it acts/ }));
  const select = () => screen.getByRole('combobox', { name: 'Head timeout: then, in the fields' });

  test('below a guard is folded away, with what it says in a word', async () => {
    await show();
    expect(screen.queryByRole('combobox', { name: /^Head timeout/ })).toBeNull();
    const fold = screen.getByRole('button', { name: 'Head timeout: how it acts (408)' });
    expect(fold.getAttribute('aria-expanded')).toBe('false');
    await fireEvent.click(fold);
    expect(fold.getAttribute('aria-expanded')).toBe('true');
    expect(select().textContent.trim()).toBe('408');
  });

  test('is made by keyboard, each option with what it does', async () => {
    const { engine } = await show();
    await unfold();
    select().focus();
    await fireEvent.keyDown(select(), { key: 'Enter' });
    await settled();
    const [first, second] = screen.getAllByRole('option');
    expect(first?.textContent).toMatch(/408\s*reply 408 Request Timeout, then FIN/);
    expect(second?.textContent).toMatch(/close silently/);
    await fireEvent.keyDown(select(), { key: 'ArrowDown' });
    await fireEvent.keyDown(select(), { key: 'Enter' });
    await settled();
    expect(engine.transport.paramsOf('settings.set')).toEqual([{ name: 'onHeadTimeout', value: 'close' }]);
    expect(select().textContent.trim()).toBe('close silently');
  });

  test('that was turned stays in sight when its guard is folded', async () => {
    await show({ settings: settingsState({ values: withSetting(DEFAULT_SETTINGS, 'onHeadTimeout', 'reset') }) });
    expect(select().textContent.trim()).toBe('reset');
    expect(
      screen.getByRole('button', { name: 'Reset Head timeout: then, in the fields to 408 (Bytescope)' }),
    ).toBeTruthy();
    expect(screen.queryByRole('combobox', { name: 'Head timeout: starts at' })).toBeNull();
  });
});

describe('a tolerance', () => {
  test('is switched on, and is marked with its risk while it is', async () => {
    const { engine } = await show();
    await fireEvent.click(sectionHead('Strictness'));
    expect(screen.queryByRole('img', { name: /^Risk/ })).toBeNull();
    await fireEvent.click(tolerance('Bare LF ends a line'));
    await settled();
    expect(engine.transport.paramsOf('settings.set')).toEqual([{ name: 'acceptBareLf', value: true }]);
    expect(tolerance('Bare LF ends a line').getAttribute('aria-checked')).toBe('true');
    expect(screen.getByRole('img', { name: /^Risk: .*smuggled/ })).toBeTruthy();
  });
});

describe('a text', () => {
  test('is taken as it is', async () => {
    const { engine } = await show();
    await type('Cost', '1 POST=5');
    expect(engine.transport.paramsOf('settings.set')).toEqual([{ name: 'requestCosts', value: '1 POST=5' }]);
    expect(box('Cost').value).toBe('1 POST=5');
  });

  test('that is none is refused with the reason, and kept so that it can be mended', async () => {
    const { engine } = await show();
    await type('Cost', 'POST=');
    expect(engine.transport.paramsOf('settings.set')).toEqual([]);
    expect(screen.getByRole('alert').textContent).toMatch(/^Cost cannot take this text: it is not a list/);
    expect(box('Cost').value).toBe('POST=');
    expect(box('Cost').getAttribute('aria-invalid')).toBe('true');
    await fireEvent.keyDown(box('Cost'), { key: 'Escape' });
    expect(box('Cost').value).toBe('1');
    expect(screen.queryByRole('alert')).toBeNull();
  });
});

describe('a section', () => {
  test('says when it is closed how many of its settings are turned', async () => {
    await show({ settings: settingsState({ values: { ...DEFAULT_SETTINGS, acceptBareLf: true, http09: 'answer' } }) });
    expect(sectionHead('Strictness').textContent).toContain('2 turned');
    await fireEvent.click(sectionHead('Strictness'));
    expect(sectionHead('Strictness').textContent).not.toContain('turned');
  });

  test('counts from the preset, not from the defaults', async () => {
    await show({ settings: settingsState({ preset: 'nginx', values: presetSettings('nginx') }) });
    expect(sectionHead('Strictness').textContent).not.toContain('turned');
  });

  test('is as it was left', async () => {
    await show();
    await fireEvent.click(sectionHead('Timeouts'));
    expect(screen.queryByRole('textbox', { name: 'Head timeout' })).toBeNull();
    cleanup();
    await show();
    expect(screen.queryByRole('textbox', { name: 'Head timeout' })).toBeNull();
    expect(box('Head size')).toBeTruthy();
  });

  test('of the rate limit says whose bucket it is and what a refusal is answered with', async () => {
    await show({
      settings: settingsState({ values: { ...DEFAULT_SETTINGS, rateKey: 'field', rateStatus: '503' } }),
    });
    expect(sectionHead('Rate limit').textContent).toMatch(/per Authorization\s*38 × 503/);
    expect(box('Bucket for each: field').value).toBe('Authorization');
  });
});

describe('finding', () => {
  const find = (text: string) =>
    fireEvent.input(screen.getByRole('textbox', { name: 'Find a setting' }), { target: { value: text } });

  test('shows what was found, whatever is closed or folded', async () => {
    await show();
    await find('lf');
    expect(tolerance('Bare LF ends a line')).toBeTruthy();
    expect(screen.getAllByRole('switch')).toHaveLength(1);
    await find('gateway');
    expect(screen.getByRole('combobox', { name: 'Body timeout: then' })).toBeTruthy();
    expect(screen.getAllByRole('combobox')).toHaveLength(1);
  });

  test('says when there is nothing, and shows all again', async () => {
    await show();
    await find('zebra');
    expect(screen.getByText(/^Nothing about “zebra”/)).toBeTruthy();
    await fireEvent.click(screen.getByRole('button', { name: 'Show all settings' }));
    expect(box('Head timeout')).toBeTruthy();
  });
});

test('a setting pointed at from elsewhere is brought to view', async () => {
  const { models } = await show();
  models.limitsView.point('acceptBareLf');
  await settled();
  expect(document.activeElement).toBe(tolerance('Bare LF ends a line'));
  expect(models.limitsView.pointedAt).toBeNull();
});

describe('reset', () => {
  test('is offered for what is not the default', async () => {
    const { engine } = await show();
    expect(screen.queryByRole('button', { name: /^Reset Head timeout/ })).toBeNull();
    await type('Head timeout', '2s');
    await fireEvent.click(screen.getByRole('button', { name: 'Reset Head timeout to 10 s (Bytescope)' }));
    await settled();
    expect(engine.transport.paramsOf('settings.reset')).toEqual([{ name: 'headTimeoutMs' }]);
    expect(box('Head timeout').value).toBe('10');
  });

  test('goes back to the preset', async () => {
    const { engine } = await show({ settings: settingsState({ preset: 'nginx', values: presetSettings('nginx') }) });
    expect(screen.queryByRole('button', { name: /^Reset Head timeout/ })).toBeNull();
    await type('Head timeout', '2s');
    await fireEvent.click(screen.getByRole('button', { name: 'Reset Head timeout to 60 s (nginx)' }));
    await settled();
    expect(engine.transport.paramsOf('settings.reset')).toEqual([{ name: 'headTimeoutMs' }]);
    expect(box('Head timeout').value).toBe('60');
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
