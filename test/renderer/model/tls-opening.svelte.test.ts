import { createClient } from '@contract/client';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openingStart } from '../../../src-renderer/lens/raw-bytes';
import { TlsOpeningModel } from '../../../src-renderer/model/tls-opening.svelte';
import { RecordedConnection, received, transportTo } from '../../support/fake-connection';
import { recordedHello } from '../../support/tls-hello';

const CURL = recordedHello('curl');

function over(connection: RecordedConnection) {
  const transport = transportTo(connection);
  const client = createClient(transport, () => () => undefined);
  const model = new TlsOpeningModel(client);
  const told = () => model.follow(connection.row, openingStart(connection.detail));
  return { model, told, transport };
}

afterEach(() => vi.unstubAllGlobals());

describe('the opening of a connection', () => {
  it('is read where it is TLS, with the JA4 of the client', async () => {
    const { model, told } = over(new RecordedConnection(1).add(received(1, CURL)));
    told();
    await vi.waitFor(() => expect(model.ja4).toBe('t13d3112h2_e8f1e7e78f70_b26ce05bbdd6'));
    expect(model.reading?.hello?.serverNames[0]?.text).toBe('bytescope.test');
  });

  it('is read on as it comes', async () => {
    const connection = new RecordedConnection(1).add(received(1, CURL.subarray(0, 1)));
    const { model, told } = over(connection);
    told();
    await vi.waitFor(() => expect(model.reading).toBeNull());
    connection.add(received(2, CURL.subarray(1, 300)));
    told();
    await vi.waitFor(() => expect(model.reading).toMatchObject({ state: 'more', end: 300 }));
    connection.add(received(3, CURL.subarray(300)));
    told();
    await vi.waitFor(() => expect(model.reading?.state).toBe('hello'));
  });

  it('is read where a tunnel begins', async () => {
    const request = 'CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n';
    const connection = new RecordedConnection(1).add(received(1, request));
    const { model, told, transport } = over(connection);
    told();
    expect(transport.calls.length).toBe(0);
    connection.add(received(2, CURL));
    const exchanges = connection.detail.exchanges.slice(0, 1);
    connection.extra = { exchanges: exchanges.map((one) => ({ ...one, switchedTo: 'tunnel' as const })) };
    told();
    await vi.waitFor(() => expect(model.reading?.state).toBe('hello'));
    expect(model.reading?.start).toBe(request.length);
  });

  it('is not read where a request line was', async () => {
    const { model, told, transport } = over(
      new RecordedConnection(1).add(received(1, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')),
    );
    told();
    await Promise.resolve();
    expect([model.reading, transport.calls.length]).toEqual([null, 0]);
  });

  it('is asked for once where it is something else', async () => {
    const connection = new RecordedConnection(1).add(received(1, 'G@'));
    const { model, told, transport } = over(connection);
    told();
    await vi.waitFor(() => expect(transport.calls.length).toBe(1));
    connection.add(received(2, 'ET'));
    told();
    await Promise.resolve();
    expect([model.reading, transport.calls.length]).toEqual([null, 1]);
  });

  it('is not known where its first bytes are not kept', async () => {
    const connection = new RecordedConnection(1).add(received(1, CURL));
    connection.keptFrom.in = 16;
    const { model, told, transport } = over(connection);
    told();
    await vi.waitFor(() => expect(transport.calls.length).toBe(1));
    expect(model.reading).toBeNull();
  });

  it('has no JA4 where the page has no SHA-256', async () => {
    vi.stubGlobal('crypto', {});
    const { model, told } = over(new RecordedConnection(1).add(received(1, CURL)));
    told();
    await vi.waitFor(() => expect(model.reading?.state).toBe('hello'));
    expect(model.ja4).toBeNull();
  });
});
