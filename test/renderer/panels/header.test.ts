import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { fail } from '@contract/errors';
import { describe, expect, test, vi } from 'vitest';
import HeaderBar from '../../../src-renderer/panels/header/HeaderBar.svelte';
import { flushed, renderPanel, settled } from '../../support/render-panel';
import { makeStats } from '../../support/rows';

const chip = () => screen.getByRole('button', { name: /change the address/ });

describe('the listener', () => {
  test('is named with its address and state', async () => {
    await renderPanel(HeaderBar, { listener: { state: 'listening', host: '::1', port: 8080, family: 'IPv6' } });
    expect(chip().getAttribute('aria-label')).toBe('[::1]:8080, listening: change the address');
  });

  test('is stopped and started by the button', async () => {
    const { engine } = await renderPanel(HeaderBar);
    await fireEvent.click(screen.getByRole('button', { name: 'Stop' }));
    await settled();
    await fireEvent.click(screen.getByRole('button', { name: 'Start' }));
    await settled();
    expect(engine.transport.paramsOf('listener.start')).toEqual([{ host: '127.0.0.1', port: 8080 }]);
    expect(screen.getByRole('button', { name: 'Stop' })).toBeTruthy();
  });

  test('moves to another address', async () => {
    const { engine, models } = await renderPanel(HeaderBar);
    await fireEvent.click(chip());
    await fireEvent.input(await screen.findByLabelText('Host'), { target: { value: '[::1]' } });
    await fireEvent.input(screen.getByLabelText('Port'), { target: { value: '9090' } });
    await fireEvent.submit(screen.getByLabelText('Port').closest('form') as HTMLFormElement);
    await settled();
    expect(engine.transport.paramsOf('listener.start')).toEqual([{ host: '::1', port: 9090 }]);
    expect(models.listener.editing).toBe(false);
  });

  test('that cannot listen says why and what to do, and the form stays', async () => {
    const { engine, models } = await renderPanel(HeaderBar);
    engine.transport.answers['listener.start'] = () => fail('NET_PORT_IN_USE', { host: '127.0.0.1', port: 80 });
    models.listener.editing = true;
    await fireEvent.submit((await screen.findByLabelText('Port')).closest('form') as HTMLFormElement);
    await settled();
    expect(screen.getByRole('alert').textContent).toBe(
      'Port 80 on 127.0.0.1 is already in use. Stop the program that listens there, or choose another port.',
    );
    expect(models.listener.editing).toBe(true);
  });

  test('a port that is none is not sent', async () => {
    const { engine, models } = await renderPanel(HeaderBar);
    models.listener.editing = true;
    await fireEvent.input(await screen.findByLabelText('Port'), { target: { value: '99999' } });
    await fireEvent.submit(screen.getByLabelText('Port').closest('form') as HTMLFormElement);
    expect((await screen.findByRole('alert')).textContent).toMatch(/is not an address to listen on/);
    expect(engine.transport.paramsOf('listener.start')).toEqual([]);
  });
});

test('copies a curl command for the real address', async () => {
  const writeText = vi.fn().mockResolvedValue(undefined);
  vi.stubGlobal('navigator', { clipboard: { writeText } });
  await renderPanel(HeaderBar, { listener: { state: 'listening', host: '0.0.0.0', port: 8081, family: 'IPv4' } });
  await fireEvent.click(screen.getByRole('button', { name: 'Copy curl' }));
  await waitFor(() => expect(writeText).toHaveBeenCalledWith('curl -v http://127.0.0.1:8081/'));
  await waitFor(() => expect(screen.getByRole('status').textContent).toBe('Copied'));
  vi.unstubAllGlobals();
});

test('counts what happens', async () => {
  const { engine } = await renderPanel(HeaderBar);
  engine.push({ stats: makeStats({ requestsPerSec: 1_234, open: 3, trips: 9, rateLimited: 12 }) });
  await flushed();
  expect(screen.getAllByRole('definition').map((value) => value.textContent)).toEqual([
    '1,234',
    '3.1 MiB/s',
    '3 / 1,024',
    '9',
    '12',
  ]);
});

test('the chart says in words what it draws', async () => {
  await renderPanel(HeaderBar);
  expect(screen.getByRole('img', { name: /^The last 60 s: requests up to \d+ a second/ })).toBeTruthy();
});

test('the theme goes from system to light to dark and round again', async () => {
  const { models } = await renderPanel(HeaderBar);
  const seen = [];
  for (let click = 0; click < 3; click++) {
    await fireEvent.click(screen.getByRole('button', { name: /^Theme:/ }));
    seen.push(models.theme.choice);
  }
  expect(seen).toEqual(['light', 'dark', 'system']);
});
