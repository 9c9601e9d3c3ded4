import { expect, it } from 'vitest';
import { dispatch, type CallHandlers } from '../../src-main/contract/calls';

const handlers = new Proxy({} as CallHandlers, {
  get: () => (params: unknown) => {
    if (JSON.stringify(params).includes('throw')) throw new Error('inside');
    return { ok: true, value: params };
  },
});

it('hands checked parameters to the handler', async () => {
  expect(await dispatch(handlers, 'connection.detail', { connection: 3 })).toEqual({
    ok: true,
    value: { connection: 3 },
  });
});

it.each([
  ['connection.detail', { connection: 0 }],
  ['connection.detail', { connection: 1.5 }],
  ['connection.detail', {}],
  ['connection.detail', null],
  ['connections.clear', { extra: 1 }],
  ['bytes.read', { connection: 1, direction: 'sideways', offset: 0, length: 1 }],
  ['bytes.read', { connection: 1, direction: 'in', offset: 0, length: 1e9 }],
  ['listener.start', { host: '127.0.0.1', port: 65_536 }],
])('refuses %s with %j', async (name, params) => {
  expect(await dispatch(handlers, name, params)).toMatchObject({ ok: false, error: { code: 'CALL_BAD_PARAMS' } });
});

it.each(['no.such.call', 'toString', '__proto__', 7, null])('refuses the call %s', async (name) => {
  expect(await dispatch(handlers, name, {})).toMatchObject({ ok: false, error: { code: 'CALL_UNKNOWN' } });
});

it('turns a throw inside a handler into a failure', async () => {
  const reply = await dispatch(handlers, 'settings.reset', { name: 'throw' });
  expect(reply).toMatchObject({ ok: false, error: { code: 'CALL_FAILED', detail: { reason: 'inside' } } });
});
