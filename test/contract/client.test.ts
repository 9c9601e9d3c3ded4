import { expect, it } from 'vitest';
import { createClient, type Transport } from '../../src-main/contract/client';

/** An alarm that goes off when the test says so. */
function handAlarm(): { alarm: (ms: number, expire: () => void) => () => void; ring: () => void; armed: () => number } {
  const waiting = new Set<() => void>();
  return {
    alarm: (_ms, expire) => {
      waiting.add(expire);
      return () => waiting.delete(expire);
    },
    ring: () => waiting.forEach((expire) => expire()),
    armed: () => waiting.size,
  };
}

const transport = (request: Transport['request']): Transport => ({ request, subscribe: () => () => undefined });

it('gives the reply of the engine and takes the alarm down', async () => {
  const clock = handAlarm();
  const client = createClient(
    transport(() => Promise.resolve({ ok: true, value: null })),
    clock.alarm,
  );
  expect(await client.call('connections.clear', {})).toEqual({ ok: true, value: null });
  expect(clock.armed()).toBe(0);
});

it('gives up on an engine that does not answer', async () => {
  const clock = handAlarm();
  const client = createClient(
    transport(() => new Promise(() => undefined)),
    clock.alarm,
  );
  const reply = client.call('connections.clear', {});
  clock.ring();
  expect(await reply).toMatchObject({ ok: false, error: { code: 'CALL_TIMED_OUT' } });
});

it('turns a broken transport into a failure', async () => {
  const client = createClient(
    transport(() => Promise.reject(new Error('gone'))),
    handAlarm().alarm,
  );
  expect(await client.call('connections.clear', {})).toMatchObject({ ok: false, error: { code: 'CALL_DISCONNECTED' } });
});
