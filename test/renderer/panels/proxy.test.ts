import { fail } from '@contract/errors';
import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, describe, expect, test } from 'vitest';
import type { FeedSnapshot } from '@contract/feed';
import type { ProxyPage } from '../../../src-renderer/model/proxy.svelte';
import ProxyDialog from '../../../src-renderer/panels/proxy/ProxyDialog.svelte';
import { LOCAL_CA, REVERSE_CONFIG, reverseState } from '../../support/proxy-views';
import { renderPanel, settled, type RenderedPanel } from '../../support/render-panel';

beforeEach(() => {
  document.body.innerHTML = '';
  localStorage.clear();
});

async function opened(page: ProxyPage, snapshot: Partial<FeedSnapshot> = {}): Promise<RenderedPanel> {
  const rendered = await renderPanel(ProxyDialog, snapshot);
  rendered.models.proxy.open(page);
  await screen.findByRole('dialog', { name: 'Proxy' });
  return rendered;
}

const button = (name: string | RegExp) => screen.getByRole<HTMLButtonElement>('button', { name });
const box = (name: string) => screen.getByRole<HTMLTextAreaElement>('textbox', { name });
const type = (name: string, value: string) => fireEvent.input(box(name), { target: { value } });
const submit = async (name: string | RegExp) => {
  await fireEvent.submit(button(name).closest('form') as HTMLFormElement);
  await settled();
};

describe('the reverse proxy', () => {
  test('begins with URLs, one a line', async () => {
    const { engine, models } = await opened('reverse');
    expect(button('Use and switch to Reverse proxy').disabled).toBe(true);
    await type('Servers', '3000\nhttps://api.example.com');
    await submit('Use and switch to Reverse proxy');
    expect(engine.transport.paramsOf('proxy.change')).toEqual([
      { upstreams: ['3000', 'https://api.example.com'], mode: 'reverse' },
    ]);
    expect(models.live.proxy.mode).toBe('reverse');
  });

  test('may be set up without being switched to', async () => {
    const { engine } = await opened('reverse');
    await type('Servers', '3000');
    await fireEvent.click(button('Use'));
    await settled();
    expect(engine.transport.paramsOf('proxy.change')).toEqual([{ upstreams: ['3000'], mode: undefined }]);
  });

  test('names mistakes by their path before anything is sent', async () => {
    const { engine } = await opened('reverse', { proxy: reverseState() });
    await type('Configuration (JSON)', '{"upstreams":{"api":{"servers":[{"url":"ftp://x"}],"balance":"best"}}}');
    expect(screen.getByRole('status').textContent).toContain('2 mistakes');
    expect(screen.getByText('upstreams.api.servers[0].url:')).toBeTruthy();
    expect(screen.getByText('upstreams.api.balance:')).toBeTruthy();
    expect(box('Configuration (JSON)').getAttribute('aria-invalid')).toBe('true');
    expect(button('Use').disabled).toBe(true);
    await submit('Use');
    expect(engine.transport.paramsOf('proxy.change')).toEqual([]);
  });

  test('keeps what was typed where the engine refuses it, and says why', async () => {
    const { engine } = await opened('reverse', { proxy: reverseState() });
    engine.transport.answers['proxy.change'] = () => fail('CFG_PROXY', { mistake: 'it is Monday' });
    const text = REVERSE_CONFIG.replace('3000', '3009');
    await type('Configuration (JSON)', text);
    await submit('Use');
    expect(screen.getByRole('alert').textContent).toContain('it is Monday');
    expect(box('Configuration (JSON)').value).toBe(text);
    await fireEvent.click(button('Take back'));
    expect(box('Configuration (JSON)').value).toContain('3000');
    expect(screen.queryByRole('alert')).toBeNull();
  });

  test('reads its file again where it came from one', async () => {
    const { engine } = await opened('reverse', { proxy: reverseState({ configPath: '/etc/proxy.json' }) });
    await fireEvent.click(button('Load file again'));
    await settled();
    expect(engine.transport.paramsOf('proxy.change')).toEqual([{ configPath: '', mode: undefined }]);
    expect(screen.getByRole('alert').textContent).toContain('could not be read');
    await type('Or a file, where Bytescope runs', '/etc/other.json');
    expect(button('Load file')).toBeTruthy();
  });

  test('can be begun with an example', async () => {
    await opened('reverse');
    await fireEvent.click(screen.getByRole('radio', { name: 'Configuration' }));
    await fireEvent.click(button('Begin with an example'));
    expect(box('Configuration (JSON)').value).toContain('"upstreams"');
    expect(button('Use').disabled).toBe(false);
  });
});

test('the forward modes take clients, private addresses and hosts', async () => {
  const { engine } = await opened('forward', { proxy: reverseState({ mode: 'socks' }) });
  await type('Clients let in', '10.0.0.0/33');
  expect(screen.getByText('10.0.0.0/33:')).toBeTruthy();
  expect(button('Use').disabled).toBe(true);
  await type('Clients let in', '10.0.0.0/8');
  await fireEvent.click(screen.getByRole('switch'));
  await type('Hosts to intercept', '*.example.com');
  expect(screen.queryByRole('note')).toBeNull();
  await type('Of these, hosts whose certificate is not verified', 'http://dev');
  expect(screen.getByText('http://dev:')).toBeTruthy();
  expect(button('Use').disabled).toBe(true);
  await type('Of these, hosts whose certificate is not verified', 'dev.example.com');
  expect(screen.getByRole('note').textContent).toContain('can pose as them');
  await submit('Use');
  expect(engine.transport.paramsOf('proxy.change')).toEqual([
    {
      forward: {
        allow: ['10.0.0.0/8'],
        allowPrivate: true,
        intercept: ['*.example.com'],
        insecure: ['dev.example.com'],
      },
      mode: undefined,
    },
  ]);
  await fireEvent.click(button('How to trust it'));
  expect(await screen.findByRole('region', { name: 'Local CA' })).toBeTruthy();
});

test('a tunnel takes where to', async () => {
  const { engine } = await opened('tunnel');
  await type('Where to', 'nowhere');
  expect(button('Use and switch to TCP tunnel').disabled).toBe(true);
  await type('Where to', 'db:5432');
  await submit('Use and switch to TCP tunnel');
  expect(engine.transport.paramsOf('proxy.change')).toEqual([{ tunnelTo: 'db:5432', mode: 'tunnel' }]);
});

describe('TLS', () => {
  test('with an own certificate takes both its paths', async () => {
    const { engine } = await opened('tls');
    await fireEvent.click(screen.getByRole('radio', { name: /^Own certificate/ }));
    await type('Certificate file', '/c.pem');
    expect(button('Use').disabled).toBe(true);
    await type('Key file', '/k.pem');
    await submit('Use');
    expect(engine.transport.paramsOf('proxy.change')).toEqual([
      { tls: { kind: 'own', certificatePath: '/c.pem', keyPath: '/k.pem' } },
    ]);
  });

  test('the local CA is made on demand, and says how to trust it for a client', async () => {
    await opened('tls');
    await fireEvent.click(button('Make it now'));
    await settled();
    expect(screen.getByText(LOCAL_CA.fingerprintSha256)).toBeTruthy();
    expect(
      screen.getByText(`curl --cacert '/home/zoe'\\''s/.config/bytescope/ca.pem' https://example.com/`),
    ).toBeTruthy();
    expect(button('Copy PEM').title).toBe(LOCAL_CA.pem);
  });
});

test('the dialog closes with Escape, and what was typed is there again', async () => {
  const { models } = await opened('tunnel');
  await type('Where to', 'db:5432');
  await fireEvent.keyDown(document.activeElement ?? document.body, { key: 'Escape' });
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  models.proxy.open('tunnel');
  await screen.findByRole('dialog', { name: 'Proxy' });
  expect(box('Where to').value).toBe('db:5432');
});
