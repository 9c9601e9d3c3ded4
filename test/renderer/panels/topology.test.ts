import { fireEvent, screen, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, test } from 'vitest';
import TripLog from '../../../src-renderer/panels/log/TripLog.svelte';
import TopologyPanel from '../../../src-renderer/panels/topology/TopologyPanel.svelte';
import { HEALTH_CHANGE, makeServer, reverseState, variedUpstreams } from '../../support/proxy-views';
import { flushed, renderPanel, settled } from '../../support/render-panel';

beforeEach(() => {
  document.body.innerHTML = '';
  localStorage.clear();
});

const atWork = () => ({ proxy: reverseState(), upstreams: variedUpstreams(Date.now()) });
const rowOf = (server: RegExp) => screen.getByRole('row', { name: server });
const rotation = (server: RegExp) => within(rowOf(server)).getByRole('group', { name: /^Rotation of/ });

describe('a server', () => {
  test('tells its state and why, what it does, how fast, and its last check', async () => {
    await renderPanel(TopologyPanel, atWork());
    const words = rowOf(/127\.0\.0\.1:3002/).textContent?.replaceAll(/\s+/g, ' ');
    for (const part of [
      '3 connect failures in a row',
      '17 %',
      'weight 1',
      '12,007',
      '3.9 ms',
      '40 ms',
      'connection refused',
    ])
      expect(words).toContain(part);
    expect(words).toMatch(/ejected \d\.\d s/);
    expect(rowOf(/127\.0\.0\.1:3001/).textContent).toContain('40 % of weight 1');
  });

  test('is put in and out of rotation', async () => {
    const { engine } = await renderPanel(TopologyPanel, atWork());
    const pressed = () =>
      within(rotation(/127\.0\.0\.1:3000/))
        .getAllByRole('button')
        .filter((button) => button.getAttribute('aria-pressed') === 'true')
        .map((button) => button.textContent);
    expect(pressed()).toEqual(['In']);
    await fireEvent.click(within(rotation(/127\.0\.0\.1:3000/)).getByRole('button', { name: 'Drain' }));
    expect(engine.transport.paramsOf('proxy.place')).toEqual([
      { upstream: 'api', server: 'http://127.0.0.1:3000', placement: 'drain' },
    ]);
    const [api, files] = variedUpstreams(Date.now());
    const servers = api!.servers.map((one, at) => (at === 0 ? { ...one, state: 'draining' as const } : one));
    engine.push({ upstreams: [{ ...api!, servers }, files!] });
    await flushed();
    expect(pressed()).toEqual(['Drain']);
  });

  test('that is gone meanwhile is told in words', async () => {
    const { engine, models } = await renderPanel(TopologyPanel, atWork());
    engine.snapshot = { ...engine.snapshot, upstreams: [] };
    await models.proxy.place('api', 'http://127.0.0.1:3000', 'out');
    await settled();
    expect(screen.getByRole('alert').textContent).toContain(
      'There is no server http://127.0.0.1:3000 in upstream api.',
    );
  });
});

test('an upstream comes to how many take requests, also where its servers are hidden', async () => {
  await renderPanel(TopologyPanel, atWork());
  await fireEvent.click(screen.getByRole('button', { name: 'Upstreams' }));
  expect(screen.queryByRole('table')).toBeNull();
  expect(screen.getByRole('img', { name: '3 of 4 servers in, 16 in flight' })).toBeTruthy();
});

test('none left is told with what comes of it', async () => {
  await renderPanel(TopologyPanel, atWork());
  expect(screen.getByText('all out: requests get 503')).toBeTruthy();
});

test('names a hostile server as text', async () => {
  const server = 'http://<img src=x onerror=alert(1)>';
  const view = { ...variedUpstreams()[0]!, servers: [makeServer({ server, reason: '<b>no</b>' })] };
  await renderPanel(TopologyPanel, { proxy: reverseState(), upstreams: [view] });
  expect(document.querySelector('img')).toBeNull();
  expect(screen.getByText('<b>no</b>')).toBeTruthy();
});

test('of very many servers a first part is drawn, and the rest on demand', async () => {
  const servers = Array.from({ length: 250 }, (_, port) => makeServer({ server: `http://127.0.0.1:${port + 1}` }));
  await renderPanel(TopologyPanel, { proxy: reverseState(), upstreams: [{ ...variedUpstreams()[0]!, servers }] });
  expect(screen.getAllByRole('row')).toHaveLength(101);
  await fireEvent.click(screen.getByRole('button', { name: 'Show all 250 servers' }));
  expect(screen.getAllByRole('row')).toHaveLength(251);
});

describe('without upstreams', () => {
  test('the reverse mode says so and leads to where they are set up', async () => {
    const { models } = await renderPanel(TopologyPanel, { proxy: reverseState() });
    expect(screen.getByText('There are no upstream servers yet.')).toBeTruthy();
    await fireEvent.click(screen.getByRole('button', { name: 'Set up…' }));
    expect(models.proxy.page).toBe('reverse');
  });

  test('other modes show nothing, unless asked', async () => {
    const { models } = await renderPanel(TopologyPanel, { proxy: reverseState({ mode: 'forward' }) });
    expect(screen.queryByRole('region')).toBeNull();
    models.topologyView.toggle(false);
    await settled();
    expect(screen.getByRole('region', { name: 'Upstreams' }).textContent).toContain('In the mode “Forward proxy”');
  });
});

test('a change of health in the log is told by its end state, and leads to its server', async () => {
  const { models } = await renderPanel(TripLog, { log: [HEALTH_CHANGE] });
  const entry = screen.getByTitle(/^Upstream api, .* from in to ejected by failed requests\./);
  expect(entry.textContent).toContain('ejected');
  await fireEvent.click(entry);
  expect(models.topologyView.pointedAt).toEqual({ upstream: 'api', server: 'http://127.0.0.1:3002' });
});
