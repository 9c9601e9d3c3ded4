import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';
import Announcer from '../../../src-renderer/views/Announcer.svelte';
import Banners from '../../../src-renderer/views/Banners.svelte';
import KeysDialog from '../../../src-renderer/views/KeysDialog.svelte';
import { flushed, renderPanel, settled } from '../../support/render-panel';
import { NOW_MS, variedLog } from '../../support/rows';

test('a listener that failed is told in one sentence with what to do', async () => {
  const { models } = await renderPanel(Banners, {
    listener: {
      state: 'failed',
      host: '127.0.0.1',
      port: 80,
      error: { code: 'NET_NO_PERMISSION', detail: { host: '127.0.0.1', port: 80 } },
    },
  });
  expect(screen.getByRole('alert').textContent).toContain(
    'There is no permission to listen on 127.0.0.1 port 80. Choose a port from 1024 up.',
  );
  await fireEvent.click(screen.getByRole('button', { name: 'Change the address' }));
  expect(models.listener.editing).toBe(true);
});

test('a notice goes when it is dismissed', async () => {
  await renderPanel(Banners, {
    notices: [{ atMs: NOW_MS, error: { code: 'CAP_WRITE_FAILED', detail: { reason: 'ENOSPC' } } }],
  });
  expect(screen.getByRole('status').textContent).toContain('The journal cannot be written (ENOSPC)');
  await fireEvent.click(screen.getByRole('button', { name: 'Dismiss' }));
  expect(screen.queryByRole('status')).toBeNull();
});

test('a burst of trips is announced once, politely', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { engine } = await renderPanel(Announcer, { log: [] });
  engine.push({ log: variedLog() });
  await flushed();
  const region = document.querySelector('[aria-live=polite]');
  expect(region?.textContent).toBe('');
  await vi.advanceTimersByTimeAsync(2_100);
  await settled();
  expect(region?.textContent).toBe('4 trips and faults, the latest on #38: head timeout 10 s');
  vi.useRealTimers();
});

test('the keys are listed in a dialog that Escape closes', async () => {
  await renderPanel(KeysDialog, {}, { open: true });
  expect(await screen.findByRole('dialog', { name: 'Keys' })).toBeTruthy();
  expect(screen.getByText('Filter connections')).toBeTruthy();
  await fireEvent.keyDown(document.activeElement ?? document.body, { key: 'Escape' });
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
});
