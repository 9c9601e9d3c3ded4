import { createClient } from '@contract/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConnectionDetailModel } from '../../../src-renderer/model/connection-detail.svelte';
import { RecordedConnection, received, transportTo } from '../../support/fake-connection';

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

function begin() {
  const connections = [1, 2].map((id) => new RecordedConnection(id).add(received(1, GET)));
  const transport = transportTo(...connections);
  const model = new ConnectionDetailModel(createClient(transport, () => () => undefined));
  return { transport, model, asked: () => transport.paramsOf('connection.detail').length };
}

describe('the detail of the connection looked at', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is asked for at once', async () => {
    const { model } = begin();
    model.follow(1, 1);
    await vi.advanceTimersByTimeAsync(0);
    expect(model.detail?.row.id).toBe(1);
  });

  it('is asked for at most fifteen times a second, and once more after the last change', async () => {
    const { model, asked } = begin();
    for (let revision = 1; revision <= 200; revision += 1) {
      model.follow(1, revision);
      await vi.advanceTimersByTimeAsync(5);
    }
    await vi.advanceTimersByTimeAsync(200);
    expect(asked()).toBeGreaterThan(10);
    expect(asked()).toBeLessThanOrEqual(18);
    const settled = asked();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(asked()).toBe(settled);
  });

  it('never has two calls under way', async () => {
    const { model, transport } = begin();
    let underWay = 0;
    let most = 0;
    const answer = transport.answers['connection.detail'];
    transport.answers['connection.detail'] = async (params) => {
      most = Math.max(most, (underWay += 1));
      await new Promise((resolve) => setTimeout(resolve, 300));
      underWay -= 1;
      return (answer as NonNullable<typeof answer>)(params);
    };
    for (let revision = 1; revision < 20; revision += 1) {
      model.follow(1, revision);
      await vi.advanceTimersByTimeAsync(60);
    }
    expect(most).toBe(1);
  });

  it('drops the answer about a connection that is no longer looked at', async () => {
    const { model } = begin();
    model.follow(1, 1);
    model.follow(2, 1);
    await vi.advanceTimersByTimeAsync(100);
    expect(model.detail?.row.id).toBe(2);
  });

  it('says why it cannot be had', async () => {
    const { model } = begin();
    model.follow(99, 1);
    await vi.advanceTimersByTimeAsync(0);
    expect([model.detail, model.failure?.code]).toEqual([null, 'CALL_NO_CONNECTION']);
  });
});
