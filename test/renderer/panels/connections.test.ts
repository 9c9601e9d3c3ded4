import { fireEvent, screen } from '@testing-library/svelte';
import { describe, expect, test } from 'vitest';
import type { GuardName } from '../../../src-main/contract/settings';
import ConnectionsPanel from '../../../src-renderer/panels/connections/ConnectionsPanel.svelte';
import { flushed, renderPanel, settled } from '../../support/render-panel';
import { relayedRows, TLS_INFO } from '../../support/proxy-views';
import { makeRow, variedRows } from '../../support/rows';

const options = () => screen.queryAllByRole('option').map((option) => option.getAttribute('aria-label') ?? '');
const filterBox = () => screen.getByRole('textbox', { name: /Filter connections/ });

describe('the list', () => {
  test('is a list box that names each connection in words', async () => {
    await renderPanel(ConnectionsPanel, {
      rows: [
        makeRow({
          id: 7,
          method: 'POST',
          target: '/upload',
          status: 413,
          marks: ['LIM_BODY_BYTES'],
          closeCause: 'guard-closed',
        }),
      ],
    });
    expect(screen.getByRole('listbox', { name: '1 connection' })).toBeTruthy();
    expect(options()[0]).toBe('#7, POST /upload, status 413, closed by a guard, body size, 127.0.0.1:53007, 78 B in');
  });

  test('shows a hostile target as text', async () => {
    await renderPanel(ConnectionsPanel, { rows: [makeRow({ id: 1, target: '/<img src=x onerror=alert(1)>' })] });
    expect(screen.getByText('GET /<img src=x onerror=alert(1)>')).toBeTruthy();
    expect(document.querySelector('img')).toBeNull();
  });

  test('draws only a window of many rows, newest first', async () => {
    await renderPanel(ConnectionsPanel, { rows: variedRows() });
    expect(options().length).toBeLessThan(15);
    expect(options()[0]).toMatch(/^#44,/);
    expect(screen.getAllByRole('option')[0]?.getAttribute('aria-setsize')).toBe('30');
  });

  test('a click selects, and the list box says which one', async () => {
    const { models } = await renderPanel(ConnectionsPanel, { rows: [makeRow({ id: 1 }), makeRow({ id: 2 })] });
    const second = screen.getAllByRole('option')[1] as HTMLElement;
    await fireEvent.click(second);
    expect(models.selection.connectionId).toBe(1);
    expect(second.getAttribute('aria-selected')).toBe('true');
    expect(screen.getByRole('listbox').getAttribute('aria-activedescendant')).toBe(second.id);
  });

  test('Home and End go to the ends', async () => {
    const { models } = await renderPanel(ConnectionsPanel, { rows: [1, 2, 3].map((id) => makeRow({ id })) });
    await fireEvent.keyDown(screen.getByRole('listbox'), { key: 'End' });
    expect(models.selection.connectionId).toBe(1);
    await fireEvent.keyDown(screen.getByRole('listbox'), { key: 'Home' });
    expect(models.selection.connectionId).toBe(3);
  });

  test('counts down the deadline a connection runs under', async () => {
    const armed = { guard: 'headTimeoutMs', startedAtMs: Date.now(), atMs: Date.now() + 3_400 } as const;
    await renderPanel(ConnectionsPanel, {
      rows: [makeRow({ id: 1, phase: 'headers', closedAtMs: null, closeCause: null, status: null, armed })],
    });
    expect(screen.getByTitle(/Head timeout trips/).textContent?.trim()).toMatch(/^3\.[0-4] s$/);
  });
});

test('a tunnel in which a handshake is under way counts down, another one is called a tunnel', async () => {
  const open = { phase: 'tunnel', closedAtMs: null, closeCause: null, status: 200 } as const;
  const armed = (guard: GuardName) => ({ guard, startedAtMs: Date.now(), atMs: Date.now() + 3_400 });
  await renderPanel(ConnectionsPanel, {
    rows: [
      makeRow({ id: 1, ...open, armed: armed('headTimeoutMs') }),
      makeRow({ id: 2, ...open, armed: armed('tunnelIdleTimeoutMs') }),
    ],
  });
  expect(screen.getByTitle(/Head timeout trips/).textContent?.trim()).toMatch(/^3\.[0-4] s$/);
  expect(screen.getAllByTitle('Bytes pass as they are, both ways')).toHaveLength(1);
});

describe('the filter', () => {
  test('keeps what passes', async () => {
    await renderPanel(ConnectionsPanel, { rows: [makeRow({ id: 1 }), makeRow({ id: 2, status: 404 })] });
    await fireEvent.input(filterBox(), { target: { value: 'status:404' } });
    expect(options()).toHaveLength(1);
    expect(options()[0]).toMatch(/^#2,/);
  });

  test('explains what it does not understand', async () => {
    await renderPanel(ConnectionsPanel, { rows: [makeRow({ id: 1 })] });
    await fireEvent.input(filterBox(), { target: { value: 'status:abc' } });
    expect(screen.getByText(/^status: takes a code/).hidden).toBe(false);
    expect(filterBox().getAttribute('aria-invalid')).toBe('true');
    expect(options()).toHaveLength(1);
  });

  test('that nothing passes can be cleared', async () => {
    await renderPanel(ConnectionsPanel, { rows: [makeRow({ id: 1 })] });
    await fireEvent.input(filterBox(), { target: { value: 'nowhere' } });
    await fireEvent.click(screen.getAllByRole('button', { name: 'Clear the filter' })[1] as HTMLElement);
    expect(options()).toHaveLength(1);
  });

  test('Escape clears it', async () => {
    await renderPanel(ConnectionsPanel, { rows: [makeRow({ id: 1 })] });
    await fireEvent.input(filterBox(), { target: { value: 'nowhere' } });
    await fireEvent.keyDown(filterBox(), { key: 'Escape' });
    expect(options()).toHaveLength(1);
  });
});

describe('the sides of a proxy', () => {
  const choice = (name: string) => screen.getByRole('radio', { name });

  test('are chosen at one click, which the filter then says', async () => {
    const { models } = await renderPanel(ConnectionsPanel, { rows: relayedRows() });
    await fireEvent.click(choice('Upstreams'));
    expect(options()).toHaveLength(4);
    expect((filterBox() as HTMLInputElement).value).toBe('side:upstream ');
    await fireEvent.click(choice('All'));
    expect(models.connections.count).toBe(8);
    expect(models.connections.filterText).toBe('');
  });

  test('are no choice where there is only one', async () => {
    const { engine } = await renderPanel(ConnectionsPanel, { rows: variedRows() });
    expect(screen.queryByRole('radio')).toBeNull();
    engine.push({ rows: relayedRows(100) });
    await flushed();
    expect(choice('All')).toBeTruthy();
  });

  test('tell a server from a client, and a client where its request went', async () => {
    await renderPanel(ConnectionsPanel, { rows: relayedRows() });
    expect(options()).toContain(
      '#4, GET /api/report, no reply, open, waiting for a reply, to server api · http://127.0.0.1:3000, 78 B in',
    );
    expect(options()).toContain(
      '#3, GET /api/report, no reply, open, waiting for a reply, 127.0.0.1:53003 → api · 127.0.0.1:3000, 78 B in',
    );
    expect(screen.getAllByTitle('Waits for the reply of api · http://127.0.0.1:3000')).toHaveLength(2);
  });

  test('to the SOCKS mode say what was replied, which is no status of HTTP', async () => {
    const socks = { method: 'CONNECT', target: 'a.test:443', requestCount: 1 };
    await renderPanel(ConnectionsPanel, { rows: [makeRow({ id: 9, ...socks, status: 5, marks: ['UP_CONNECT'] })] });
    expect(options()[0]).toMatch(/^#9, CONNECT a\.test:443, REP 5 \(connection refused\), /);
    expect(screen.getByText('REP 5')).toBeTruthy();
  });

  test('under TLS are marked, and what carries them says whom', async () => {
    await renderPanel(ConnectionsPanel, { rows: relayedRows() });
    expect(screen.getAllByTitle('TLSv1.3, example.com, http/1.1')).toHaveLength(2);
    expect(options()).toContain('#6, CONNECT example.com:443, status 200, open, tunnel, 127.0.0.1:53006, carries #7');
  });

  test('to a server whose certificate nobody verified say so, with an open lock', async () => {
    const certificate = { subject: 'a', issuer: 'a', notAfterMs: 0, distrust: 'TLS_UPSTREAM_SELF_SIGNED' } as const;
    const rows = [
      makeRow({ id: 1, side: 'upstream', server: '10.0.0.1:443', tls: { ...TLS_INFO, certificate } }),
      makeRow({ id: 2, side: 'upstream', tls: { ...TLS_INFO, certificate: { ...certificate, distrust: null } } }),
    ];
    await renderPanel(ConnectionsPanel, { rows });
    const [verified, unverified] = options();
    expect(unverified).toContain('to server 10.0.0.1:443, TLSv1.3, certificate not verified, ');
    expect(verified).not.toContain('verified');
    expect(document.querySelectorAll('.lucide-lock-open')).toHaveLength(1);
    expect(screen.getByTitle(/certificate not verified \(signed by nobody this machine trusts\)$/)).toBeTruthy();
  });
});

describe('pause and clear', () => {
  test('paused, the list stands still and counts what is new', async () => {
    const { engine } = await renderPanel(ConnectionsPanel, { rows: [makeRow({ id: 1 })] });
    await fireEvent.click(screen.getByRole('button', { name: 'Pause the list' }));
    engine.push({ rows: [makeRow({ id: 2 }), makeRow({ id: 3 })] });
    await flushed();
    expect(options()).toHaveLength(1);
    await fireEvent.click(screen.getByRole('button', { name: 'paused · 2 new' }));
    expect(options()).toHaveLength(3);
  });

  test('clear asks the engine and takes its answer', async () => {
    const { engine } = await renderPanel(ConnectionsPanel, { rows: [makeRow({ id: 1 })] });
    engine.snapshot = { ...engine.snapshot, rows: [] };
    await fireEvent.click(screen.getByRole('button', { name: 'Clear closed connections' }));
    await settled();
    expect(engine.transport.paramsOf('connections.clear')).toEqual([{}]);
    expect(options()).toEqual([]);
  });

  test('clear lets go of a closed connection that is looked at, and keeps an open one', async () => {
    const open = { closedAtMs: null, closeCause: null };
    const rows = [makeRow({ id: 1, closedAtMs: 9, closeCause: 'client-closed' }), makeRow({ id: 2, ...open })];
    const { engine, models } = await renderPanel(ConnectionsPanel, { rows });
    engine.snapshot = { ...engine.snapshot, rows: rows.slice(1) };
    for (const [chosen, kept] of [
      [2, 2],
      [1, null],
    ] as const) {
      models.selection.select(chosen);
      await fireEvent.click(screen.getByRole('button', { name: 'Clear closed connections' }));
      await settled();
      expect(models.selection.connectionId).toBe(kept);
    }
  });
});

describe('empty', () => {
  test('shows what to type, for the address in force', async () => {
    await renderPanel(ConnectionsPanel, {
      listener: { state: 'listening', host: '0.0.0.0', port: 9090, family: 'IPv4' },
    });
    expect(screen.getByText('curl -v http://127.0.0.1:9090/')).toBeTruthy();
    expect(screen.getByText('nc 127.0.0.1 9090')).toBeTruthy();
  });

  test('offers an address where nothing listens', async () => {
    const { models } = await renderPanel(ConnectionsPanel, {
      listener: { state: 'stopped', host: '127.0.0.1', port: 8080 },
    });
    await fireEvent.click(screen.getByRole('button', { name: 'Choose an address' }));
    expect(models.listener.editing).toBe(true);
  });
});
