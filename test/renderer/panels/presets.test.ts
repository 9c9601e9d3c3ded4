import { fireEvent, screen, within } from '@testing-library/svelte';
import { fail } from '@contract/errors';
import { presetSettings, PRESET_NAMES, PRESETS } from '@contract/presets';
import { describe, expect, test } from 'vitest';
import PresetPicker from '../../../src-renderer/panels/presets/PresetPicker.svelte';
import { renderPanel, settled } from '../../support/render-panel';
import { settingsState } from '../../support/rows';

const nginx = presetSettings('nginx');
const turnedNginx = settingsState({ preset: 'nginx', values: { ...nginx, headTimeoutMs: 2_000, acceptBareLf: false } });
const pill = () => screen.getByRole('button', { name: /^Preset:/ });

async function open(snapshot = {}) {
  const rendered = await renderPanel(PresetPicker, snapshot);
  await fireEvent.click(pill());
  await settled();
  return rendered;
}

const pick = async (label: RegExp) => {
  await fireEvent.click(screen.getByRole('button', { name: label }));
  await settled();
};

describe('the picker', () => {
  test('names the preset in force', async () => {
    await renderPanel(PresetPicker);
    expect(pill().getAttribute('aria-label')).toBe('Preset: Bytescope. Choose another');
  });

  test('counts what is turned away from it', async () => {
    await renderPanel(PresetPicker, { settings: turnedNginx });
    expect(pill().textContent).toMatch(/nginx\s*\+ 2 turned/);
    expect(pill().getAttribute('aria-label')).toBe('Preset: nginx, 2 turned. Choose another');
  });

  test('tells of each what it is', async () => {
    await open();
    for (const name of PRESET_NAMES) expect(screen.getByText(PRESETS[name].doc)).toBeTruthy();
    expect(screen.getByRole('button', { current: true }).textContent).toContain('Bytescope');
  });

  test('puts one in force', async () => {
    const { engine } = await open();
    await pick(/^nginx nginx/);
    expect(engine.transport.paramsOf('settings.preset')).toEqual([{ name: 'nginx' }]);
    expect(pill().textContent).toContain('nginx');
    expect(screen.queryByText(PRESETS.nginx.doc)).toBeNull();
  });

  test('moves with the arrow keys', async () => {
    await open();
    const first = screen.getByRole('button', { current: true });
    first.focus();
    await fireEvent.keyDown(first, { key: 'ArrowDown' });
    expect(document.activeElement?.textContent).toContain('nginx');
    await fireEvent.keyDown(document.activeElement!, { key: 'ArrowUp' });
    expect(document.activeElement).toBe(first);
  });

  test('says why one could not be put in force', async () => {
    const { engine } = await open();
    engine.transport.answers['settings.preset'] = () => fail('CALL_UNKNOWN', { name: 'settings.preset' });
    await pick(/^nginx nginx/);
    expect(screen.getByRole('alert').textContent).not.toBe('');
    expect(pill().textContent).toContain('Bytescope');
  });
});

describe('where something was turned by hand', () => {
  test('says first what would be forgotten', async () => {
    const { engine } = await open({ settings: turnedNginx });
    await pick(/^Kestrel/);
    expect(engine.transport.paramsOf('settings.preset')).toEqual([]);
    expect(screen.getByRole('row', { name: 'Head timeout 2 s → 30 s' })).toBeTruthy();
    // Off is what Kestrel has as well.
    expect(screen.queryByRole('row', { name: /Bare LF/ })).toBeNull();
    await pick(/^Use Kestrel/);
    expect(engine.transport.paramsOf('settings.preset')).toEqual([{ name: 'kestrel' }]);
    expect(pill().textContent).not.toContain('turned');
  });

  test('keeps it on a no', async () => {
    const { engine } = await open({ settings: turnedNginx });
    await pick(/^Kestrel/);
    await pick(/^Keep them/);
    expect(engine.transport.paramsOf('settings.preset')).toEqual([]);
    expect(screen.getByText(PRESETS.kestrel.doc)).toBeTruthy();
  });

  test('the same preset again takes the turned ones back', async () => {
    const { engine } = await open({ settings: turnedNginx });
    await pick(/^nginx nginx/);
    await pick(/^Use nginx/);
    expect(engine.transport.paramsOf('settings.preset')).toEqual([{ name: 'nginx' }]);
  });
});

describe('the card', () => {
  const card = () => within(screen.getByRole('dialog', { name: 'nginx' }));

  test('shows what is set otherwise, what was measured and what is not imitated', async () => {
    await open();
    await pick(/^About the preset nginx/);
    expect(card().getByText(PRESETS.nginx.doc)).toBeTruthy();
    expect(card().getByRole('row', { name: /^Head timeout 10 s 60 s$/ })).toBeTruthy();
    for (const { wire } of PRESETS.nginx.differences) expect(card().getByText(wire)).toBeTruthy();
    for (const line of PRESETS.nginx.notImitated) expect(card().getByText(line)).toBeTruthy();
    expect(card().getByText(PRESETS.nginx.source)).toBeTruthy();
  });

  test('leads back to the picker', async () => {
    await open();
    await pick(/^About the preset nginx/);
    await fireEvent.click(card().getByRole('button', { name: 'Back' }));
    await settled();
    expect(screen.queryByRole('dialog', { name: 'nginx' })).toBeNull();
    expect(screen.getByText(PRESETS.kestrel.doc)).toBeTruthy();
  });

  test('puts its preset in force, asking first as the picker does', async () => {
    const { engine } = await open({ settings: turnedNginx });
    await pick(/^About the preset Caddy/);
    await pick(/^Use Caddy/);
    expect(engine.transport.paramsOf('settings.preset')).toEqual([]);
    await pick(/^Use Caddy/);
    expect(engine.transport.paramsOf('settings.preset')).toEqual([{ name: 'caddy' }]);
  });

  test('of our own says that it changes nothing', async () => {
    await open();
    await pick(/^About the preset Bytescope/);
    expect(screen.getByText(/these are Bytescope’s own defaults/)).toBeTruthy();
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'In force' }).disabled).toBe(true);
  });
});
