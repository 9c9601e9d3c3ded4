import { createClient } from '@contract/client';
import { fail, ok } from '@contract/errors';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BytePages, MAX_PAGES, PAGE_BYTES } from '../../../src-renderer/model/byte-pages.svelte';
import { RecordedConnection, received, transportTo } from '../../support/fake-connection';

const PAGES = 200;

function begin(streamBytes = PAGES * PAGE_BYTES) {
  const connection = new RecordedConnection(1).add(received(1, new Uint8Array(streamBytes).fill(0x41)));
  const transport = transportTo(connection);
  const pages = new BytePages(
    createClient(transport, () => () => undefined),
    1,
  );
  const need = (fromPage: number, endPage: number, bytes = streamBytes) =>
    pages.need('view', { direction: 'in', fromPage, endPage, streamBytes: bytes });
  const asked = () => transport.paramsOf('bytes.read').map(({ offset }) => offset / PAGE_BYTES);
  return { connection, transport, pages, need, asked };
}

describe('byte pages', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const settled = () => vi.advanceTimersByTimeAsync(0);

  it('are fetched once, and only the ones that are needed', async () => {
    const { need, asked, pages } = begin();
    need(3, 5);
    await settled();
    need(3, 5);
    await settled();
    expect(asked()).toEqual([3, 4]);
    expect(pages.page('in', 3)?.bytes.length).toBe(PAGE_BYTES);
    expect(pages.page('in', 5)).toBeNull();
  });

  it('stay bounded, however far one scrolls', async () => {
    const { need, pages } = begin();
    for (let page = 0; page < PAGES; page += 2) {
      need(page, page + 2);
      await settled();
    }
    expect(pages.size).toBe(MAX_PAGES);
    expect(pages.page('in', PAGES - 1)).not.toBeNull();
    expect(pages.page('in', 0)).toBeNull();
  });

  it('are fetched again where the stream has outgrown them', async () => {
    const { connection, need, asked, pages } = begin(100);
    need(0, 1, 100);
    await settled();
    connection.add(received(2, 'more'));
    need(0, 1, 104);
    await settled();
    expect(asked()).toEqual([0, 0]);
    expect(pages.page('in', 0)?.bytes.length).toBe(104);
  });

  it('are not asked for in a loop where the engine has fewer bytes than it told of', async () => {
    const { need, asked } = begin(100);
    need(0, 1, 5_000);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(asked()).toEqual([0]);
  });

  it('tell what the journal dropped', async () => {
    const { connection, need, pages } = begin();
    connection.keptFrom.in = PAGE_BYTES + 10;
    need(0, 2);
    await settled();
    expect([pages.page('in', 0)?.bytes.length, pages.page('in', 1)?.start]).toEqual([0, PAGE_BYTES + 10]);
  });

  it('are tried again after a failure, without haste', async () => {
    const { transport, need, asked, pages } = begin();
    const answer = transport.answers['bytes.read'];
    transport.answers['bytes.read'] = () => fail('CAP_READ_FAILED', { reason: 'EIO' });
    need(0, 1);
    await vi.advanceTimersByTimeAsync(500);
    expect([asked().length, pages.failure?.code]).toEqual([1, 'CAP_READ_FAILED']);
    transport.answers['bytes.read'] = answer ?? (() => ok(undefined as never));
    await vi.advanceTimersByTimeAsync(1_000);
    expect([pages.page('in', 0)?.bytes.length, pages.failure]).toEqual([PAGE_BYTES, null]);
  });

  it('ask for nothing after they are closed', async () => {
    const { need, asked, pages } = begin();
    pages.close();
    need(0, 1);
    pages.need('view', null);
    await settled();
    expect(asked().length).toBeLessThanOrEqual(1);
  });
});
