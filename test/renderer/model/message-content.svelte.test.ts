import { DEFAULT_SETTINGS } from '@contract/settings';
import { createClient } from '@contract/client';
import { describe, expect, it, vi } from 'vitest';
import { BODY_WINDOW_BYTES, MessageContent } from '../../../src-renderer/model/message-content.svelte';
import { RecordedConnection, received, transportTo } from '../../support/fake-connection';

function over(text: string) {
  const connection = new RecordedConnection(1).add(received(1, text));
  const transport = transportTo(connection);
  const content = new MessageContent(createClient(transport, () => () => undefined));
  const follow = (start = 0) =>
    content.follow(
      { connection: 1, direction: 'in', start, end: null, replyTo: null, settings: DEFAULT_SETTINGS },
      connection.row.bytesIn,
    );
  return { connection, transport, content, follow };
}
const settled = () => vi.waitFor(() => Promise.resolve());
const turns = async () => {
  for (let turn = 0; turn < 200; turn += 1) await settled();
};

describe('the content of a message', () => {
  it('is read as it arrives', async () => {
    const { connection, content, follow } = over('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc');
    follow();
    await turns();
    expect([content.reading?.bodyBytes, content.reading?.isComplete]).toEqual([3, false]);
    connection.add(received(2, 'def'));
    follow();
    await turns();
    expect([content.reading?.bodyBytes, content.reading?.isComplete]).toEqual([6, true]);
  });

  it('of a large body is a window, and more on demand', async () => {
    const size = BODY_WINDOW_BYTES * 3;
    const { content, follow, transport } = over(
      `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n${'b'.repeat(size)}`,
    );
    follow();
    await turns();
    expect(content.reading?.bodyBytes).toBeLessThan(BODY_WINDOW_BYTES * 1.5);
    expect([content.hasMore, content.canLoadMore]).toEqual([true, true]);
    const asked = transport.calls.length;
    follow();
    await turns();
    expect(transport.calls.length).toBe(asked);
    content.loadMore();
    await turns();
    expect(content.reading?.bodyBytes).toBeGreaterThanOrEqual(BODY_WINDOW_BYTES * 2);
  });

  it('says that its beginning was dropped', async () => {
    const { connection, content, follow } = over('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    connection.keptFrom.in = 10;
    follow();
    await turns();
    expect(content.isDropped).toBe(true);
  });
});
