import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { ConnectionRow, Exchange } from '@contract/connections';
import { changedPart } from '../../../src-renderer/lens/changed-part';
import { connectionFacts, tlsFacts } from '../../../src-renderer/lens/connection-facts';
import { carrierKind, hasOtherSides, lackOfSides, otherSide, placeWords } from '../../../src-renderer/lens/passed-on';
import { phaseMarks } from '../../../src-renderer/lens/phase-marks';
import { upstreamMarks } from '../../../src-renderer/lens/upstream-marks';
import { makeRelay, passedOn, REPLY, REQUEST, UPSTREAM_ID } from '../../support/passed-on';
import { makeRow } from '../../support/rows';

const both = passedOn({ request: REQUEST, reply: REPLY });
const client = both.client.detail.exchanges[0] as Exchange;
const upstream = both.upstream.detail.exchanges[0] as Exchange;
const plain = { ...client, relay: null };

describe('the other side of a request', () => {
  it('is found from both', () => {
    expect(otherSide(client)).toEqual({ connection: UPSTREAM_ID, number: 1 });
    expect(otherSide(upstream)).toEqual({ connection: 12, number: 1 });
    expect([otherSide(plain), otherSide({ ...plain, relay: makeRelay({ connection: 0 }) })]).toEqual([null, null]);
  });

  it('is there to be shown where one request at least was passed on', () => {
    expect(hasOtherSides(both.client.detail)).toBe(true);
    expect(hasOtherSides({ ...both.client.detail, exchanges: [plain] })).toBe(false);
  });

  it('is called by its connection alone where no request went over it', () => {
    expect([placeWords({ connection: 3, number: 0 }), placeWords({ connection: 3, number: 1_200 })]).toEqual([
      '#3',
      '#3 request 1,200',
    ]);
  });

  it('is said to be missing for what it is missing for', () => {
    const tunnel = { ...plain, relay: makeRelay({ number: 0 }), switchedTo: 'tunnel' as const };
    expect(lackOfSides(tunnel, false, false)).toMatch(/^A tunnel/);
    expect(lackOfSides(client, false, true)).toBe('#13 request 1 is no longer kept.');
    expect(lackOfSides({ ...upstream, relayOf: null }, true, false)).toMatch(/health check/);
    expect(lackOfSides(plain, false, false)).toMatch(/answered here/);
    const failed = makeRelay({ number: 0, sendAtMs: null });
    expect(lackOfSides({ ...client, relay: failed }, false, false)).toMatch(/^Nothing was sent/);
  });
});

describe('a connection that carries another', () => {
  const row = (changes: Partial<ConnectionRow>) => makeRow({ id: 1, ...changes });
  it('is its TLS on the same side, and its tunnel on the other', () => {
    expect(carrierKind(row({}), row({}))).toBe('tls');
    expect(carrierKind(row({ side: 'upstream' }), row({}))).toBe('tunnel');
  });
});

describe('the strip of a connection to a server', () => {
  const open = { closedAtMs: null, closeCause: null } as const;
  const row = (changes: Partial<ConnectionRow>) =>
    makeRow({ id: 1, side: 'upstream', connectedAtMs: 1, ...open, ...changes });
  const told = (exchange: Exchange | null, changes: Partial<ConnectionRow>) =>
    upstreamMarks(exchange, row(changes), true).map(({ mark, part }) => (part === null ? mark : `${mark} ${part}`));

  it('goes with its phase', () => {
    expect(told(null, { phase: 'connecting', connectedAtMs: null })).toEqual(['now', ...Array(4).fill('ahead')]);
    expect(told(null, { phase: 'securing' })).toEqual(['done', 'now', 'ahead', 'ahead', 'ahead']);
    const waiting = { ...upstream, status: null, replyStart: null, replyEnd: null };
    expect(told(waiting, { phase: 'waiting' })).toEqual(['done', 'passed none', 'done', 'now', 'ahead']);
  });

  it('says that a later request found the connection there', () => {
    expect(told({ ...upstream, number: 2 }, { phase: 'idle', securedAtMs: 2 })).toEqual([
      'passed kept',
      'passed kept',
      'done',
      'done',
      'done',
    ]);
  });

  it('says where it failed', () => {
    const failed = { phase: 'closed', closedAtMs: 9, closeCause: 'upstream-failed' } as const;
    expect(told(null, { ...failed, connectedAtMs: null })[0]).toBe('failed');
    expect(told(null, failed).slice(0, 2)).toEqual(['done', 'failed']);
    const silent = { ...upstream, status: null, replyStart: null, replyEnd: null };
    const closed = { phase: 'closed', closedAtMs: 9, closeCause: 'upstream-closed' } as const;
    expect(told(silent, closed).slice(2)).toEqual(['done', 'failed', 'ahead']);
  });
});

describe('the strip of a client whose request was passed on', () => {
  const row = makeRow({ id: 1, phase: 'waiting', closedAtMs: null, closeCause: null });
  const markOf = (exchange: Exchange, step: string) =>
    phaseMarks(exchange, row, true).find((mark) => mark.step === step);

  it('waits for the reply once the request is on its way', () => {
    const waiting = { ...client, status: null, replyStart: null, replyEnd: null, replyAtMs: null };
    expect(markOf(waiting, 'route')?.mark).toBe('done');
    expect(markOf(waiting, 'reply')).toMatchObject({ mark: 'now', part: 'waiting' });
  });

  it('failed at the route where nothing could be sent, and at the reply after', () => {
    const failure = { code: 'UP_CONNECT', offset: 1 } as const;
    const unsent = { ...client, failure, relay: makeRelay({ sendAtMs: null }) };
    expect(markOf(unsent, 'route')?.mark).toBe('failed');
    expect(markOf({ ...client, failure: { code: 'UP_CLOSED', offset: 1 } }, 'reply')?.mark).toBe('failed');
  });
});

describe('what of a value changed', () => {
  it('is what both do not begin and end with', () => {
    expect(changedPart('10.0.0.1, 10.0.0.2', '10.0.0.1')).toEqual({
      before: '10.0.0.1',
      changed: ', 10.0.0.2',
      after: '',
    });
    expect(changedPart('a:3902', 'a:3901')).toEqual({ before: 'a:390', changed: '2', after: '' });
  });

  it('is all of it where the two have little in common', () => {
    expect(changedPart('10.9.9.9', '127.0.0.1').changed).toBe('10.9.9.9');
  });

  test.prop([fc.string(), fc.string()])('leaves the text as it is', (text, other) => {
    const { before, changed, after } = changedPart(text, other);
    expect(before + changed + after).toBe(text);
  });
});

describe('what a connection is', () => {
  const valuesOf = (facts: ReturnType<typeof connectionFacts>) => Object.fromEntries(facts.map((f) => [f.name, f]));

  it('is told with the times it took to be there', () => {
    const row = makeRow({
      id: 1,
      side: 'upstream',
      upstream: 'api · http://a',
      openedAtMs: 1_000,
      connectedAtMs: 1_002.5,
      securedAtMs: 1_010,
      closedAtMs: null,
    });
    const facts = valuesOf(connectionFacts(row));
    expect(facts['Upstream']?.value).toBe('api · http://a');
    expect(facts['Connected']?.note).toBe('2.50 ms after it was opened');
    expect(facts['TLS ready']?.note).toBe('7.50 ms of handshake');
    expect('Closed' in facts).toBe(false);
  });

  it('names a certificate that made itself, and one that is over', () => {
    const certificate = { subject: 'CN=a', issuer: 'CN=a', notAfterMs: 0, distrust: null };
    const tls = { version: 'TLSv1.3', cipher: 'x', alpn: null, serverName: null, certificate };
    const facts = valuesOf(tlsFacts(tls, 2.5 * 86_400_000));
    expect([facts['Issued by']?.note, facts['Valid until']?.note, facts['Valid until']?.isBad]).toEqual([
      'by itself',
      'expired 2 days ago',
      true,
    ]);
    expect(facts['ALPN']?.value).toBe('none agreed on');
  });
});
