import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, expect, test } from 'vitest';
import App from '../../../src-renderer/App.svelte';
import { linkOver } from '../../../src-renderer/link/connect';
import { FakeEngine } from '../../support/fake-engine';
import { settled } from '../../support/render-panel';
import { makeSnapshot, variedLog, variedRows } from '../../support/rows';

let engine: FakeEngine;

beforeEach(async () => {
  // Wide enough for the limits to stand beside the connection.
  (window as unknown as { happyDOM: { setViewport(size: object): void } }).happyDOM.setViewport({
    width: 1440,
    height: 900,
  });
  localStorage.clear();
  engine = new FakeEngine(
    makeSnapshot({ nowMs: Date.now(), rows: variedRows(Date.now()), log: variedLog(Date.now()) }),
  );
  render(App, { props: { link: linkOver(engine.transport) } });
  await settled();
});

test('the page has its landmarks and panels, each with a name', () => {
  expect(screen.getByRole('banner')).toBeTruthy();
  expect(screen.getByRole('main')).toBeTruthy();
  expect(screen.getByRole('contentinfo')).toBeTruthy();
  for (const name of ['Connections', 'Limits', 'Guard trips and faults'])
    expect(screen.getByRole('region', { name })).toBeTruthy();
  for (const divider of screen.getAllByRole('separator'))
    expect(divider.getAttribute('aria-label')).toMatch(/^Width of/);
});

test('j selects the newest connection, Escape deselects', async () => {
  await fireEvent.keyDown(document.body, { key: 'j' });
  expect(screen.getByRole('option', { selected: true }).getAttribute('aria-label')).toMatch(/^#44,/);
  await fireEvent.keyDown(document.body, { key: 'Escape' });
  expect(screen.queryByRole('option', { selected: true })).toBeNull();
});

test('/ leads to the filter, Enter to the list', async () => {
  await fireEvent.keyDown(document.body, { key: '/' });
  const box = screen.getByRole('textbox', { name: /Filter connections/ });
  expect(document.activeElement).toBe(box);
  await fireEvent.keyDown(box, { key: 'Enter' });
  expect(document.activeElement).toBe(screen.getByRole('listbox'));
});

test('a question mark shows the keys', async () => {
  await fireEvent.keyDown(document.body, { key: '?' });
  const dialog = await screen.findByRole('dialog', { name: 'Keys' });
  expect(within(dialog).getByText('Filter connections')).toBeTruthy();
});

test('the theme is put on the page', async () => {
  await fireEvent.click(screen.getByRole('button', { name: /^Theme:/ }));
  await waitFor(() => expect(document.documentElement.dataset['theme']).toBe('light'));
});
