import { fireEvent, screen, within } from '@testing-library/svelte';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import ConnectionPanel from '../../../src-renderer/panels/connection/ConnectionPanel.svelte';
import { RecordedConnection, received, sent, transportTo } from '../../support/fake-connection';
import { renderPanel, settled } from '../../support/render-panel';

const HOSTILE = '<img src=x onerror="document.title=1">';
const POST =
  `POST /${HOSTILE.length} HTTP/1.1\r\nHost: localhost\r\nX-Evil: ${HOSTILE}\r\nContent-Type: application/json\r\n` +
  'Content-Length: 9\r\n\r\n{"a":[1]}';
const OK = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok';

// Nothing has a size here, and what has no height has no rows on screen.
beforeAll(() => void vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(600));
afterAll(() => void vi.restoreAllMocks());

async function show(connection: RecordedConnection) {
  const rendered = await renderPanel(ConnectionPanel, { rows: [connection.row] });
  Object.assign(rendered.engine.transport.answers, transportTo(connection).answers);
  rendered.models.selection.select(connection.id);
  await drawn();
  return rendered;
}

/** Detail, pages and messages are calls that follow one another. */
async function drawn(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await settled();
}

const openMessages = async () => {
  await fireEvent.click(screen.getByRole('tab', { name: /Messages/ }));
  await drawn();
};

describe('the connection panel', () => {
  test('says what to do while nothing is chosen', async () => {
    await renderPanel(ConnectionPanel);
    expect(screen.getByText('Choose a connection to see its bytes.')).toBeTruthy();
  });

  test('names the connection, what it is doing and the guard that is armed', async () => {
    const armed = { guard: 'headTimeoutMs', startedAtMs: Date.now(), atMs: Date.now() + 4_000 } as const;
    await show(
      new RecordedConnection(42, { armed, client: '127.0.0.1:53122' }).add(received(1, 'GET / HTTP/1.1\r\nHo')),
    );
    expect(screen.getByRole('heading', { name: '#42' })).toBeTruthy();
    expect(screen.getByText('reading headers')).toBeTruthy();
    expect(screen.getByRole('timer').textContent).toMatch(/^head timeout in [34]\.\d s$/);
  });

  test('says how the connection ended', async () => {
    const trip = {
      connection: 1,
      atMs: 9,
      guard: 'headTimeoutMs',
      code: 'LIM_HEAD_TIMEOUT',
      limit: 9,
      measured: 9_000,
      offset: 5,
      status: 408,
    } as const;
    const closed = { closedAtMs: 9_000, closeCause: 'guard-closed', phase: 'closed' } as const;
    await show(new RecordedConnection(1, closed, { trips: [trip] }).add(received(1, 'GET /')));
    expect(screen.getByText('cut by head timeout after 9.0 s, 408 sent')).toBeTruthy();
  });

  test('shows the phases of a request, for those who cannot see the strip too', async () => {
    await show(new RecordedConnection(1).add(received(1, POST), sent(2, OK)));
    expect(screen.getByText(/^Phases: start line done, headers done, body done/)).toBeTruthy();
  });

  test('goes to the request before and back', async () => {
    const get = 'GET /first HTTP/1.1\r\nHost: a\r\n\r\n';
    await show(new RecordedConnection(1).add(received(1, get), sent(2, OK), received(3, POST), sent(4, OK)));
    expect(screen.getByText('request 2 of 2')).toBeTruthy();
    await fireEvent.click(screen.getByRole('button', { name: 'Previous request' }));
    expect(screen.getByText('request 1 of 2')).toBeTruthy();
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Previous request' }).disabled).toBe(true);
  });

  test('marks the bytes of the request that is looked at, in both directions', async () => {
    const get = 'GET /first HTTP/1.1\r\nHost: a\r\n\r\n';
    await show(new RecordedConnection(1).add(received(1, get), sent(2, OK), received(3, POST), sent(4, OK)));
    const markedRows = () =>
      [...document.querySelectorAll('.hex .box.message')].map((box) => box.closest('[role=row]'));
    const firstMarked = () => markedRows()[0]?.getAttribute('aria-rowindex');
    expect(firstMarked()).toBe(String(Math.floor(get.length / 16) + 1));
    await fireEvent.click(screen.getByRole('button', { name: 'Previous request' }));
    await drawn();
    expect(firstMarked()).toBe('1');
    await fireEvent.click(screen.getByRole('radio', { name: /Sent/ }));
    await fireEvent.click(screen.getByRole('button', { name: 'Next request' }));
    await drawn();
    expect(screen.getByRole<HTMLInputElement>('radio', { name: /Sent/ }).checked).toBe(true);
    expect(firstMarked()).toBe(String(Math.floor(OK.length / 16) + 1));
  });

  test('brings out the exchange that is looked at on the timeline', async () => {
    await show(new RecordedConnection(1).add(received(1, POST), sent(2, OK), received(30, POST), sent(34, OK)));
    expect(document.querySelector('.track .chosen')).not.toBeNull();
    expect(document.querySelectorAll('.track .aside').length).toBe(2);
  });

  test('marks nothing where there is one request only', async () => {
    await show(new RecordedConnection(1).add(received(1, POST), sent(2, OK)));
    expect(document.querySelector('.box.message, .track .chosen')).toBeNull();
  });

  test('goes to the byte the trip log points at', async () => {
    const { models } = await show(new RecordedConnection(1).add(received(1, POST), sent(2, OK)));
    models.selection.showByte(1, 'out', 9);
    await drawn();
    expect(screen.getByRole<HTMLInputElement>('radio', { name: /Sent/ }).checked).toBe(true);
    expect(screen.getByText('offset 0x9, 0x32, "2", status code 200')).toBeTruthy();
  });

  test('says that a guard acted after the last byte', async () => {
    const { models } = await show(new RecordedConnection(1).add(received(1, 'GET /')));
    models.selection.showByte(1, 'in', 5);
    await drawn();
    expect(document.querySelector('.info')?.textContent).toContain('at 0x0005, after the last byte received');
    expect(screen.queryByRole('button', { name: /Copy as/ })).toBeNull();
  });

  test('tells where and when the bytes under the cursor came', async () => {
    const { models } = await show(
      new RecordedConnection(1).add(received(1, POST.slice(0, 30)), received(1_204, POST.slice(30))),
    );
    models.selection.showByte(1, 'in', POST.indexOf('X-Evil'));
    await drawn();
    const bar = document.querySelector('.info') as HTMLElement;
    expect(bar.textContent?.replaceAll(/\s+/g, ' ')).toContain('field name X-Evil received at +1.204 s in read 2/2');
  });
});

describe('the keyboard in the hex view', () => {
  const press = async (
    ...keys: readonly { readonly key: string; readonly shiftKey?: boolean; readonly ctrlKey?: boolean }[]
  ) => {
    for (const key of keys) await fireEvent.keyDown(screen.getByRole('grid'), key);
    await drawn();
  };
  const info = () => (document.querySelector('.info') as HTMLElement).textContent?.replaceAll(/\s+/g, ' ').trim();

  test('moves the cursor, extends the selection and lets it go', async () => {
    await show(new RecordedConnection(1).add(received(1, POST)));
    await press({ key: 'ArrowDown' }, { key: 'ArrowRight' }, { key: 'ArrowRight', shiftKey: true });
    expect(info()).toContain('sel 0x0001–0x0002 (2 B)');
    expect(screen.getByText('offset 0x2, 0x53, "S", method POST')).toBeTruthy();
    await press({ key: 'End', ctrlKey: true });
    expect(info()).toContain(`sel 0x${(POST.length - 1).toString(16).toUpperCase().padStart(4, '0')} (1 B)`);
    await press({ key: 'Escape' });
    expect(info()).toBe(`${POST.length} B received`);
  });

  test('goes from Hex to Text and stays at the byte', async () => {
    await show(new RecordedConnection(1).add(received(1, POST)));
    await press({ key: 'ArrowDown' }, { key: 'ArrowRight' });
    await fireEvent.click(screen.getByRole('radio', { name: 'Text' }));
    await drawn();
    expect(screen.getByRole('listbox').textContent).toContain('Host: localhostCRLF');
    expect(info()).toContain('sel 0x0001');
  });

  test('copies the selection in the form that is chosen', async () => {
    const written: string[] = [];
    vi.spyOn(navigator.clipboard, 'writeText').mockImplementation((text) => Promise.resolve(void written.push(text)));
    await show(new RecordedConnection(1).add(received(1, POST)));
    await press({ key: 'ArrowDown' }, { key: 'ArrowRight', shiftKey: true });
    await fireEvent.keyDown(screen.getByRole('button', { name: /Copy as/ }), { key: 'Enter' });
    await drawn();
    await fireEvent.keyDown(await screen.findByRole('menuitem', { name: 'Hex' }), { key: 'Enter' });
    await drawn();
    expect(written).toEqual(['50 4f']);
  });
});

describe('bytes that are not kept', () => {
  test('are said to be dropped up to the last row, which is not full', async () => {
    const connection = new RecordedConnection(1).add(received(1, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'));
    connection.keptFrom.in = 28;
    await show(connection);
    expect(screen.getAllByText("dropped by the journal's size limit").length).toBe(2);
  });

  test('are said to be dropped', async () => {
    const connection = new RecordedConnection(1).add(received(1, POST));
    connection.keptFrom.in = 32;
    await show(connection);
    expect(screen.getAllByText("dropped by the journal's size limit").length).toBe(2);
  });
});

describe('the messages', () => {
  test('show start line, fields and body of both sides', async () => {
    await show(new RecordedConnection(1).add(received(1, POST), sent(2, OK)));
    await openMessages();
    const request = within(screen.getByRole('region', { name: 'Request' }));
    expect(request.getByText('POST')).toBeTruthy();
    expect(request.getByRole('row', { name: /Host/ }).textContent).toContain('localhost');
    expect(request.getByRole('region', { name: 'Request body, json' }).textContent).toBe('{\n  "a": [\n    1\n  ]\n}');
    expect(within(screen.getByRole('region', { name: 'Reply' })).getByText('200')).toBeTruthy();
  });

  test('give a command that sends the request again', async () => {
    const written: string[] = [];
    vi.spyOn(navigator.clipboard, 'writeText').mockImplementation((text) => Promise.resolve(void written.push(text)));
    const get = 'GET /it%20is HTTP/1.1\r\nHost: a\r\n\r\n';
    await show(new RecordedConnection(1).add(received(1, POST), sent(2, OK), received(3, get), sent(4, OK)));
    await openMessages();
    await fireEvent.click(screen.getByRole('button', { name: /printf \| nc/ }));
    await drawn();
    expect(written[0]).toMatch(/^printf 'GET \/it%%20is HTTP\/1\.1\\r\\nHost: a\\r\\n\\r\\n' \| nc -w 2 \S+ \d+$/);
  });

  test('show hostile bytes as text', async () => {
    await show(new RecordedConnection(1).add(received(1, POST)));
    await openMessages();
    expect(screen.getByText(HOSTILE)).toBeTruthy();
    expect(document.querySelector('img')).toBeNull();
  });

  test('say why a request was refused, with the rule and the byte', async () => {
    await show(new RecordedConnection(1).add(received(1, 'GET / HTTP/1.1\r\nHost : a\r\n\r\n')));
    await openMessages();
    const note = within(screen.getByRole('note'));
    expect(note.getByText(/H1_FIELD_SPACE/).textContent).toContain('RFC 9112 §5.1');
    await fireEvent.click(note.getByRole('button', { name: 'byte 20' }));
    await drawn();
    expect(screen.getByRole('tab', { name: 'Bytes' }).getAttribute('aria-selected')).toBe('true');
  });

  test('say that a content coding is not decoded', async () => {
    const coded = 'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x8b';
    await show(new RecordedConnection(1).add(received(1, POST), sent(2, coded)));
    await openMessages();
    expect(screen.getByText(/coded with gzip. This version does not decode it/)).toBeTruthy();
  });

  test('light the bytes of the field that has the focus', async () => {
    await show(new RecordedConnection(1).add(received(1, POST)));
    await openMessages();
    const name = screen.getByRole('button', { name: 'X-Evil' });
    await fireEvent.focus(name);
    await drawn();
    expect(name.getAttribute('title')).toContain(`bytes ${POST.indexOf('X-Evil')}–`);
  });
});
