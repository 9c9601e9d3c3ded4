import { fireEvent, screen, within } from '@testing-library/svelte';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import ConnectionPanel from '../../../src-renderer/panels/connection/ConnectionPanel.svelte';
import { RecordedConnection, received, sent, transportTo } from '../../support/fake-connection';
import { renderPanel, settled } from '../../support/render-panel';
import { helloMessage, inRecords, recordedHello, serverNameBody } from '../../support/tls-hello';

const REFUSAL = 'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n';
const CLOSED = { phase: 'closed', closedAtMs: 9 } as const;

beforeAll(() => void vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(600));
afterAll(() => void vi.restoreAllMocks());

async function show(bytes: Uint8Array) {
  const fault = { connection: 1, atMs: 2, code: 'H1_TLS_ON_PLAIN_PORT', offset: 0, status: 400 } as const;
  const connection = new RecordedConnection(1, CLOSED, { faults: [fault] }).add(received(1, bytes), sent(2, REFUSAL));
  const rendered = await renderPanel(ConnectionPanel, { rows: [connection.row] });
  Object.assign(rendered.engine.transport.answers, transportTo(connection).answers);
  rendered.models.selection.select(1);
  await drawn();
  return rendered;
}

/** Detail, pages and the opening are calls that follow one another. */
async function drawn(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await settled();
}

/** A digest is made on a thread of its own and comes when it comes. */
const WAIT = { timeout: 10_000 };

async function card() {
  await fireEvent.click(screen.getByRole('tab', { name: /Messages/ }));
  await drawn();
  return within(await screen.findByRole('region', { name: 'TLS ClientHello' }, WAIT));
}

describe('a TLS connection on the plain port', () => {
  test('has a card of what the client wanted', async () => {
    await show(recordedHello('curl'));
    const { getByRole, findByText } = await card();
    expect(await findByText('t13d3112h2_e8f1e7e78f70_b26ce05bbdd6', {}, WAIT)).toBeTruthy();
    expect(getByRole('button', { name: 'bytescope.test' })).toBeTruthy();
    expect(getByRole('button', { name: 'h2' })).toBeTruthy();
    expect(getByRole('button', { name: 'TLS 1.3' })).toBeTruthy();
    expect(getByRole('button', { name: 'TLS_AES_128_GCM_SHA256' })).toBeTruthy();
    expect(getByRole('note').textContent).toMatch(/speaks TLS; this port speaks plain HTTP.*H1_TLS_ON_PLAIN_PORT/s);
  });

  test('gives the JA4 to be copied', async () => {
    const written: string[] = [];
    vi.spyOn(navigator.clipboard, 'writeText').mockImplementation((text) => Promise.resolve(void written.push(text)));
    await show(recordedHello('node'));
    await fireEvent.click(await (await card()).findByRole('button', { name: 'Copy the JA4' }, WAIT));
    expect(written).toEqual(['t13d5911h2_a33745022dd6_1f22a2ca17c4']);
  });

  test('leads from an element to its bytes', async () => {
    const bytes = recordedHello('curl');
    await show(bytes);
    await fireEvent.click((await card()).getByRole('button', { name: 'bytescope.test' }));
    await drawn();
    const start = Buffer.from(bytes).indexOf('bytescope.test');
    const hex = (offset: number) => `0x${offset.toString(16).toUpperCase().padStart(4, '0')}`;
    expect(screen.getByRole('tab', { name: 'Bytes' }).getAttribute('aria-selected')).toBe('true');
    const info = document.querySelector('.info')?.textContent?.replaceAll(/\s+/g, ' ');
    expect(info).toContain(`sel ${hex(start)}–${hex(start + 13)} (14 B) server name bytescope.test`);
  });

  test('marks GREASE and says what it is', async () => {
    await show(recordedHello('chromium'));
    const { getAllByRole, getByText } = await card();
    const grease = getAllByRole('button', { name: /^GREASE 0x/ });
    expect(grease.length).toBeGreaterThan(4);
    expect(grease.every((button) => button.classList.contains('grease'))).toBe(true);
    expect(getByText(/numbers without a meaning/)).toBeTruthy();
  });

  test('keeps the reply in view and leaves the empty request out', async () => {
    await show(recordedHello('curl'));
    await card();
    expect(screen.getByRole('region', { name: 'Reply' })).toBeTruthy();
    expect(screen.queryByRole('region', { name: 'Request' })).toBeNull();
  });

  test('shows a hostile name as text', async () => {
    const hostile = '<img src=x onerror="document.title=1">';
    await show(inRecords(helloMessage({ extensions: [[0, serverNameBody(hostile)]] })));
    expect((await card()).getByRole('button', { name: hostile })).toBeTruthy();
    expect(document.querySelector('img')).toBeNull();
  });

  test('says that a hello is not complete', async () => {
    await show(recordedHello('curl').subarray(0, 100));
    expect((await card()).getByText(/not complete after 100 bytes; the connection ended before it was/)).toBeTruthy();
  });

  test('says at which byte a broken hello breaks', async () => {
    await show(Uint8Array.of(0x16, 3, 1, 0, 0));
    const { getByText, getByRole } = await card();
    expect(getByText(/A record of a handshake is empty/)).toBeTruthy();
    expect(getByRole('button', { name: 'byte 3' })).toBeTruthy();
  });

  test('draws no more than a screen or two of a hello without end', async () => {
    const suites = Array.from({ length: 20_000 }, (_, index) => index);
    await show(inRecords(helloMessage({ suites })));
    const { getByRole, getAllByRole } = await card();
    expect(getAllByRole('button').length).toBeLessThan(120);
    expect(getByRole('button', { name: 'Show all 20000' })).toBeTruthy();
  });

  test('has its bytes explained after the one it was refused at', async () => {
    const { models } = await show(recordedHello('curl'));
    models.selection.showByte(1, 'in', 5);
    await drawn();
    expect(screen.getByText('offset 0x5, 0x01, handshake type client_hello')).toBeTruthy();
    models.selection.showByte(1, 'in', 0);
    await drawn();
    expect(screen.getByText(/offset 0x0, 0x16, The client began a TLS handshake/)).toBeTruthy();
    expect(document.querySelector('.hex .paint-garbage')).toBeNull();
  });
});

describe('a connection that speaks HTTP', () => {
  test('has no such card', async () => {
    const connection = new RecordedConnection(1).add(received(1, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'));
    const rendered = await renderPanel(ConnectionPanel, { rows: [connection.row] });
    Object.assign(rendered.engine.transport.answers, transportTo(connection).answers);
    rendered.models.selection.select(1);
    await drawn();
    await fireEvent.click(screen.getByRole('tab', { name: /Messages/ }));
    await drawn();
    expect(screen.queryByRole('region', { name: 'TLS ClientHello' })).toBeNull();
    expect(screen.getByRole('region', { name: 'Request' })).toBeTruthy();
  });
});
