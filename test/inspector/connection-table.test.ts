import { describe, expect, it } from 'vitest';
import {
  MAX_CONNECTIONS_KEPT,
  MAX_EXCHANGES_KEPT,
  MAX_TARGET_CHARACTERS,
  MAX_TIMELINE_BARS,
} from '../../src-main/contract/connections';
import type { Fact } from '../../src-main/contract/facts';
import { ConnectionTable } from '../../src-main/inspector/connection-table';
import { MAX_BARS_IN_ALL, MAX_EXCHANGES_IN_ALL } from '../../src-main/inspector/room';
import { newMarks } from '../../src-main/session/relay-marks';
import { DEFAULT_SETTINGS } from '../../src-main/contract/settings';

function tableWithLog(): { table: ConnectionTable; dropped: number[] } {
  const dropped: number[] = [];
  const table = new ConnectionTable(
    { changed: () => undefined, dropped: (ids) => void dropped.push(...ids) },
    DEFAULT_SETTINGS,
  );
  return { table, dropped };
}

const opened = (connection: number): Fact => ({
  kind: 'connection.opened',
  connection,
  atMs: connection,
  client: `127.0.0.1:${connection}`,
  server: '127.0.0.1:8080',
  side: 'client',
  upstream: null,
  carrier: null,
});
const closed = (connection: number): Fact => ({
  kind: 'connection.closed',
  connection,
  atMs: 9,
  cause: 'client-closed',
  bytesIn: 50,
  bytesOut: 60,
  requests: 1,
});
const head = (connection: number, number: number, target = '/'): Fact => ({
  kind: 'head',
  connection,
  atMs: 5,
  number,
  startedAtMs: 4,
  method: 'GET',
  target,
  version: 'HTTP/1.1',
  start: 0,
  fieldsStart: 16,
  end: 40,
  fieldCount: 1,
  relayOf: null,
});
const relayed = (connection: number, number: number, upstream: string, server: string): Fact => ({
  kind: 'relay',
  connection,
  atMs: 5,
  number,
  relay: newMarks({ upstream, server }, 0, 5),
});
const requestEnd = (connection: number, number: number): Fact => ({
  kind: 'request-end',
  connection,
  atMs: 5,
  number,
  end: 40,
  bodyBytes: 0,
});
const reply = (connection: number, number: number, status: number): Fact => ({
  kind: 'reply',
  connection,
  atMs: 6,
  number,
  status,
  start: 0,
  end: 100,
  side: 'client',
  method: 'GET',
  target: '/',
  version: 'HTTP/1.1',
  requestStart: 0,
  requestBytes: 40,
  startedAtMs: 4,
});

describe('ConnectionTable', () => {
  it('shows the latest request, its status and its parts in the row', () => {
    const { table } = tableWithLog();
    for (const fact of [opened(1), head(1, 1, '/a'), requestEnd(1, 1), reply(1, 1, 200)]) table.take(fact);
    expect(table.row(1)).toMatchObject({
      method: 'GET',
      target: '/a',
      status: 200,
      requestCount: 1,
      lane: { startLine: 16, fields: 24, body: 0, reply: 100 },
    });
  });

  it('names the server a request of a client was passed on to, until the next request', () => {
    const { table } = tableWithLog();
    const server = 'http://127.0.0.1:3000';
    for (const fact of [opened(1), head(1, 1), relayed(1, 1, 'api', server)]) table.take(fact);
    expect(table.row(1)?.upstream).toBe(`api · ${server}`);
    table.take(relayed(1, 1, '', server));
    expect(table.row(1)?.upstream).toBe(server);
    table.take(head(1, 2));
    expect(table.row(1)?.upstream).toBeNull();
  });

  it('asks a live connection for its phase and counts until it is closed', () => {
    const { table } = tableWithLog();
    table.take(opened(1));
    table.attach(1, { phase: 'headers', armed: null, bytesIn: 7, bytesOut: 0, bodyBytes: 0, startLine: null });
    expect(table.row(1)).toMatchObject({ phase: 'headers', bytesIn: 7 });
    table.take(closed(1));
    expect(table.row(1)).toMatchObject({ phase: 'closed', bytesIn: 50, closeCause: 'client-closed' });
  });

  it('keeps the settings a connection was read under last, whatever is in force since', () => {
    const { table } = tableWithLog();
    const later = { ...DEFAULT_SETTINGS, acceptBareLf: true };
    const live = { phase: 'idle', armed: null, bytesIn: 7, bytesOut: 0, bodyBytes: 0, startLine: null } as const;
    table.take(opened(1));
    table.settingsChanged(later);
    expect(table.detail(1)?.settings.acceptBareLf).toBe(false);
    table.moved(1, { side: 'client', direction: 'out', bytes: 1, atMs: 0 }, live);
    expect(table.detail(1)?.settings.acceptBareLf).toBe(false);
    table.moved(1, { side: 'client', direction: 'in', bytes: 1, atMs: 0 }, live);
    expect(table.detail(1)?.settings.acceptBareLf).toBe(true);
  });

  it('tells anew of a connection whose deadline moved with the settings, and of no other', () => {
    const changed: number[] = [];
    const table = new ConnectionTable(
      { changed: (id) => void changed.push(id), dropped: () => undefined },
      DEFAULT_SETTINGS,
    );
    const counts = { bytesIn: 7, bytesOut: 0, bodyBytes: 0, startLine: null } as const;
    const armed = (atMs: number) => ({ guard: 'headTimeoutMs', startedAtMs: 0, atMs }) as const;
    for (const id of [1, 2, 3]) table.take(opened(id));
    table.attach(1, { phase: 'headers', armed: armed(10_000), ...counts });
    table.attach(2, { phase: 'idle', armed: null, ...counts });
    table.take(closed(3));
    const told = table.rows();
    changed.length = 0;
    table.settingsChanged(DEFAULT_SETTINGS);
    expect(changed).toEqual([]);
    table.attach(1, { phase: 'headers', armed: armed(60_000), ...counts });
    table.settingsChanged(DEFAULT_SETTINGS);
    expect(changed).toEqual([1]);
    expect(table.row(1)?.revision).toBeGreaterThan(told[0]?.revision ?? Infinity);
    expect(table.row(1)?.armed?.atMs).toBe(60_000);
  });

  it('goes on naming a request that the connection ended in the middle of', () => {
    const { table } = tableWithLog();
    table.take(opened(1));
    const startLine = { method: 'GET', target: '/cut', version: 'HTTP/1.1' };
    table.attach(1, { phase: 'headers', armed: null, bytesIn: 30, bytesOut: 0, bodyBytes: 0, startLine });
    table.take(closed(1));
    expect(table.row(1)).toMatchObject({ method: 'GET', target: '/cut', status: null });
  });

  it('says of a request that found the bucket empty that this stopped it', () => {
    const { table } = tableWithLog();
    const tokens = { bucket: '127.0.0.1', cost: 1, level: 0.2, capacity: 5, retryAfterMs: 800, delayMs: 0 };
    for (const fact of [opened(1), head(1, 1)]) table.take(fact);
    table.take({ kind: 'rate', connection: 1, atMs: 5, number: 1, allowed: false, ...tokens });
    expect(table.detail(1)?.exchanges).toMatchObject([
      { tokensLeft: 0.2, failure: { code: 'LIM_RATE', detail: { limit: 5, cost: 1 }, offset: 40 } },
    ]);
  });

  it('raises the revision with every change', () => {
    const { table } = tableWithLog();
    table.take(opened(1));
    const before = table.row(1)?.revision ?? 0;
    table.take(head(1, 1));
    expect(table.row(1)?.revision).toBeGreaterThan(before);
  });

  it('keeps a refused head as an exchange with its failure', () => {
    const { table } = tableWithLog();
    table.take(opened(1));
    table.take({ kind: 'fault', connection: 1, atMs: 5, code: 'H1_FIELD_SPACE', offset: 17, status: 400 });
    table.take(reply(1, 0, 400));
    expect(table.detail(1)?.exchanges).toMatchObject([
      { number: 1, status: 400, headEnd: null, failure: { code: 'H1_FIELD_SPACE', offset: 17 } },
    ]);
  });

  it('keeps the latest exchanges and counts those it dropped', () => {
    const { table } = tableWithLog();
    table.take(opened(1));
    for (let number = 1; number <= MAX_EXCHANGES_KEPT * 2; number += 1) table.take(head(1, number));
    const detail = table.detail(1);
    expect(detail?.exchanges.length).toBeLessThanOrEqual(MAX_EXCHANGES_KEPT);
    expect(detail?.exchanges.at(-1)?.number).toBe(MAX_EXCHANGES_KEPT * 2);
    expect((detail?.exchanges.length ?? 0) + (detail?.exchangesDropped ?? 0)).toBe(MAX_EXCHANGES_KEPT * 2);
  });

  it('keeps fewer exchanges of each where there are many connections', () => {
    const { table } = tableWithLog();
    for (let id = 1; id <= 2_000; id += 1) table.take(opened(id));
    for (let number = 1; number <= MAX_EXCHANGES_KEPT; number += 1) table.take(head(1, number));
    const exchanges = table.detail(1)?.exchanges ?? [];
    expect(exchanges.length).toBeLessThanOrEqual(MAX_EXCHANGES_IN_ALL / 2_000);
    expect(exchanges.at(-1)?.number).toBe(MAX_EXCHANGES_KEPT);
  });

  it('keeps fewer bars of each where there are many connections, those of closed ones included', () => {
    const { table } = tableWithLog();
    const live = { phase: 'idle', armed: null, bytesIn: 0, bytesOut: 0, bodyBytes: 0, startLine: null } as const;
    for (let id = 1; id <= 1_000; id += 1) {
      table.take(opened(id));
      if (id > 1 && id < 1_000) continue;
      for (let turn = 0; turn < MAX_TIMELINE_BARS; turn += 1) {
        table.moved(
          id,
          { side: 'client', direction: turn % 2 === 0 ? 'in' : 'out', bytes: 1, atMs: turn * 1_000 },
          live,
        );
      }
      table.take(closed(id));
    }
    expect(table.detail(1_000)?.timeline.length).toBeLessThanOrEqual(MAX_BARS_IN_ALL / 1_000);
    expect(table.detail(1)?.timeline).toHaveLength(MAX_TIMELINE_BARS);
  });

  it('cuts a long target in the exchanges as in the row', () => {
    const { table } = tableWithLog();
    table.take(opened(1));
    table.take(head(1, 1, `/${'x'.repeat(8_000)}`));
    expect(table.detail(1)?.exchanges[0]?.target).toHaveLength(MAX_TARGET_CHARACTERS);
  });

  it('drops the connection that closed first when there are too many, never an open one', () => {
    const { table, dropped } = tableWithLog();
    for (let id = 1; id <= MAX_CONNECTIONS_KEPT; id += 1) table.take(opened(id));
    for (const id of [3, 2]) table.take(closed(id));
    table.take(opened(MAX_CONNECTIONS_KEPT + 1));
    expect(dropped).toEqual([3]);
  });

  it('clears closed connections and leaves open ones', () => {
    const { table, dropped } = tableWithLog();
    for (const id of [1, 2]) table.take(opened(id));
    table.take(closed(1));
    table.clear();
    expect(dropped).toEqual([1]);
    expect(table.rows().map(({ id }) => id)).toEqual([2]);
  });

  it('hears nothing more of a connection that was cleared, though it was told of last', () => {
    const changed: number[] = [];
    const hooks = { changed: (id: number) => void changed.push(id), dropped: () => undefined };
    const table = new ConnectionTable(hooks, DEFAULT_SETTINGS);
    for (const fact of [opened(1), closed(1)]) table.take(fact);
    table.clear();
    table.take(head(1, 1));
    expect(changed).toEqual([1, 1]);
  });
});
