import { describe, expect, it } from 'vitest';
import type { Exchange, Relay } from '@contract/connections';
import { waterfall } from '../../../src-renderer/lens/waterfall';
import { makeRelay, passedOn, REPLY, REQUEST } from '../../support/passed-on';

const exchange = passedOn({ request: REQUEST, reply: REPLY }).client.detail.exchanges[0] as Exchange;
const NOT_REPLIED = { replyStart: null, replyEnd: null, replyAtMs: null, status: null } as const;

function over(
  relay: Partial<Relay> = {},
  changes: Partial<Exchange> = {},
  closedAtMs: number | null = null,
  nowMs = 50,
) {
  return waterfall({ exchange: { ...exchange, ...changes }, relay: makeRelay(relay), row: { closedAtMs }, nowMs });
}
const told = ({ bars }: ReturnType<typeof waterfall>) =>
  bars.map(({ step, state, fromMs, toMs }) => `${step} ${fromMs}–${toMs}${state === 'done' ? '' : ` ${state}`}`);

describe('the waterfall of an exchange that was passed on', () => {
  it('has its steps in their order', () => {
    expect(told(over())).toEqual([
      'head 4–5',
      'queue 5–5.5',
      'connect 5.5–6',
      'send 6.2–6.4',
      'wait 6.4–12',
      'receive 12–13',
    ]);
  });

  it('has TLS where the server is spoken to in TLS', () => {
    const secured = over({ server: 'https://a:443', securedAtMs: 6.1 });
    expect([told(secured)[3], secured.isPlain]).toEqual(['TLS 6–6.1', false]);
  });

  it('tells of a kept connection, which was not connected anew', () => {
    const reused = over({ connectAtMs: null, connectedAtMs: null });
    expect([reused.isReused, told(reused)[1]]).toEqual([true, 'queue 5–6.2']);
  });

  it('has the tries that failed in the place of the queue', () => {
    const retried = over({ retries: 2, connectAtMs: 5.9 });
    expect([retried.steps[1], told(retried)[1], retried.retries]).toEqual(['tries', 'tries 5–5.9', 2]);
    const reused = over({ retries: 1, connectAtMs: null, connectedAtMs: null });
    expect(told(reused)[1]).toBe('tries 5–6.2');
    expect(over().steps).not.toContain('tries');
  });

  it('is not known to be reused before anything is sent', () => {
    const looking = { connectAtMs: null, connectedAtMs: null, sendAtMs: null, sentAtMs: null };
    const waiting = over({ ...looking, replyAtMs: null, repliedAtMs: null }, NOT_REPLIED);
    expect([waiting.isReused, told(waiting).at(-1)]).toEqual([false, 'queue 5–50 now']);
  });

  it('goes on with the clock while the reply is waited for', () => {
    const waiting = over({ replyAtMs: null, repliedAtMs: null }, NOT_REPLIED);
    expect([told(waiting).at(-1), waiting.totalMs, waiting.isOver]).toEqual(['wait 6.4–50 now', 46, false]);
    expect([waiting.firstByteMs, waiting.serverMs]).toEqual([null, null]);
  });

  it('ends with our own reply where the server gave none', () => {
    const failed = over({ replyAtMs: null, repliedAtMs: null }, { ...NOT_REPLIED, replyEnd: 9, replyAtMs: 30 });
    expect([told(failed).at(-1), failed.isOver]).toEqual(['wait 6.4–30 cut', true]);
  });

  it('ends with its connection', () => {
    const left = over({ replyAtMs: null, repliedAtMs: null }, NOT_REPLIED, 20);
    expect(told(left).at(-1)).toBe('wait 6.4–20 cut');
  });

  it('shows no wait where the server replied before it had the request', () => {
    const early = over({ sentAtMs: 12.5 });
    expect(told(early).map((bar) => bar.split(' ')[0])).toEqual(['head', 'queue', 'connect', 'send', 'receive']);
  });

  it('has nothing after its connection where that became a tunnel', () => {
    const unsent = { sendAtMs: null, sentAtMs: null, replyAtMs: null, repliedAtMs: null };
    const tunnel = over(unsent, { switchedTo: 'tunnel' });
    expect([tunnel.steps, told(tunnel).length]).toEqual([['head', 'queue', 'connect'], 3]);
    expect(over().steps.length).toBe(7);
  });

  it('sums up', () => {
    const { totalMs, firstByteMs, serverMs, span } = over();
    expect([totalMs, firstByteMs, Number(serverMs?.toFixed(3))]).toEqual([9, 8, 6.8]);
    expect(span).toEqual({ fromMs: 4, toMs: 13 });
  });

  it('never runs backwards, whatever the clock of the page says', () => {
    const { bars } = over({ replyAtMs: null, repliedAtMs: null }, NOT_REPLIED, null, 3);
    expect(bars.every(({ fromMs, toMs }) => toMs >= fromMs)).toBe(true);
  });
});
