import { fail } from '@contract/errors';
import { MODE_NAMES, modeEntry } from '@contract/modes';
import { fireEvent, screen, within } from '@testing-library/svelte';
import { describe, expect, test } from 'vitest';
import HeaderBar from '../../../src-renderer/panels/header/HeaderBar.svelte';
import { reverseState } from '../../support/proxy-views';
import { renderPanel, settled } from '../../support/render-panel';

const trigger = () => screen.getByRole('button', { name: /^Mode:/ });
const menu = () => screen.findByRole('dialog', { name: 'Modes' });
const mode = async (name: string) => within(await menu()).getByRole('button', { name });

describe('the mode switch', () => {
  test('names the mode in force, and the TLS of its listener', async () => {
    const { models } = await renderPanel(HeaderBar, { proxy: reverseState() });
    expect(trigger().getAttribute('aria-label')).toBe('Mode: Reverse proxy. Choose another');
    models.live.applyProxy(reverseState({ tls: { kind: 'local-ca' } }));
    await settled();
    expect(trigger().getAttribute('aria-label')).toBe('Mode: Reverse proxy, under TLS. Choose another');
  });

  test('says of each mode what it does and how to try it here', async () => {
    await renderPanel(HeaderBar, { listener: { state: 'listening', host: '0.0.0.0', port: 81, family: 'IPv4' } });
    await fireEvent.click(trigger());
    for (const name of MODE_NAMES) expect(within(await menu()).getByText(modeEntry(name).doc)).toBeTruthy();
    expect(screen.getByText('curl --socks5-hostname 127.0.0.1:81 http://example.com/')).toBeTruthy();
    expect((await mode('Server')).getAttribute('aria-pressed')).toBe('true');
  });

  test('switches at one click and closes', async () => {
    const { engine } = await renderPanel(HeaderBar);
    await fireEvent.click(trigger());
    await fireEvent.click(await mode('Forward proxy'));
    await settled();
    expect(engine.transport.paramsOf('proxy.change')).toEqual([{ mode: 'forward' }]);
    expect(trigger().getAttribute('aria-label')).toMatch(/^Mode: Forward proxy/);
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  test('says of a mode what it lacks, and asks for that', async () => {
    const { models } = await renderPanel(HeaderBar);
    await fireEvent.click(trigger());
    await fireEvent.click(await mode('Reverse proxy needs upstreams'));
    expect(models.proxy.page).toBe('reverse');
    await fireEvent.click(trigger());
    await fireEvent.click(await mode('TCP tunnel needs an address'));
    expect(models.proxy.page).toBe('tunnel');
  });

  test('that is refused says why and stays open', async () => {
    const { engine } = await renderPanel(HeaderBar);
    engine.transport.answers['proxy.change'] = () => fail('NET_PORT_IN_USE', { host: '127.0.0.1', port: 80 });
    await fireEvent.click(trigger());
    await fireEvent.click(await mode('SOCKS5 proxy'));
    await settled();
    expect(within(await menu()).getByRole('alert').textContent).toContain('Port 80 on 127.0.0.1 is already in use');
  });
});

test('what is copied is how to try the mode in force', async () => {
  await renderPanel(HeaderBar, { proxy: reverseState({ mode: 'tunnel', tunnelTo: '127.0.0.1:5432' }) });
  expect(screen.getByRole('button', { name: 'Copy nc' }).title).toBe('nc 127.0.0.1 8080');
});
