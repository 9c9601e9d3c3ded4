import { describe, expect, it } from 'vitest';
import type { ConnectionPhase } from '@contract/connections';
import { phaseMarks, phaseSentence } from '../../../src-renderer/lens/phase-marks';
import { RecordedConnection, received, sent } from '../../support/fake-connection';
import { makeRow } from '../../support/rows';

const HEAD = 'POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';
const marksOf = (connection: RecordedConnection, phase?: ConnectionPhase) => {
  const { exchanges, row } = connection.detail;
  return phaseMarks(exchanges.at(-1) ?? null, phase === undefined ? row : { ...row, phase }, true).map(
    ({ mark }) => mark,
  );
};

describe('the phase strip', () => {
  it('is all ahead while a connection waits', () => {
    expect(new Set(phaseMarks(null, makeRow({ id: 1, phase: 'idle' }), true).map(({ mark }) => mark))).toEqual(
      new Set(['ahead']),
    );
  });

  it('shows the headers under way before the engine tells of an exchange', () => {
    const marks = phaseMarks(null, makeRow({ id: 1, phase: 'headers' }), true);
    expect(marks.map(({ mark }) => mark)).toEqual(['done', 'now', 'ahead', 'ahead', 'ahead', 'ahead']);
  });

  it('names the part of a chunked body inside the body', () => {
    const { detail } = new RecordedConnection(1).add(received(1, `${HEAD}5\r\nab`));
    const body = phaseMarks(detail.exchanges[0] ?? null, detail.row, true)[2];
    expect(body).toEqual({ step: 'body', mark: 'now', part: 'chunk data' });
  });

  it('stays at the rate limit while a request waits for its turn', () => {
    const { exchanges, row } = new RecordedConnection(1).add(received(1, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')).detail;
    const exchange = { ...exchanges[0]!, tokensLeft: 3 };
    const marks = phaseMarks(exchange, { ...row, phase: 'delayed' }, true);
    expect(marks[3]).toEqual({ step: 'rate limit', mark: 'now', part: 'waiting' });
    expect(marks[4]?.mark).toBe('ahead');
  });

  it('stops at the rate limit where the bucket was empty', () => {
    const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
    const connection = new RecordedConnection(1).add(
      received(1, get),
      sent(2, 'HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n'),
    );
    const { exchanges, row } = connection.detail;
    const failure = { code: 'LIM_RATE', detail: { limit: 5 }, offset: get.length } as const;
    const marks = phaseMarks({ ...exchanges[0]!, failure }, row, true).map(({ mark }) => mark);
    expect(marks).toEqual(['done', 'done', 'passed', 'failed', 'ahead', 'done']);
  });

  it('is done from end to end after a reply', () => {
    const connection = new RecordedConnection(1).add(
      received(1, `${HEAD}1\r\na\r\n0\r\n\r\n`),
      sent(2, 'HTTP/1.1 200 OK\r\n\r\n'),
    );
    expect(new Set(marksOf(connection))).toEqual(new Set(['done']));
  });

  it('passes the body of a request that has none', () => {
    const connection = new RecordedConnection(1).add(received(1, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'));
    expect(phaseMarks(connection.detail.exchanges[0] ?? null, connection.row, true)[2]).toMatchObject({
      mark: 'passed',
      part: 'none',
    });
  });

  it('stops at the step that failed; the reply to the failure is still one', () => {
    const connection = new RecordedConnection(1).add(
      received(1, 'GET / HTTP/1.1\r\nHost : a\r\n\r\n'),
      sent(2, 'HTTP/1.1 400 Bad\r\n\r\n'),
    );
    expect(marksOf(connection)).toEqual(['done', 'failed', 'ahead', 'ahead', 'ahead', 'done']);
  });

  it('counts the headers as done where the body they declare is refused', () => {
    const { detail } = new RecordedConnection(1).add(received(1, HEAD));
    const failure = { code: 'LIM_BODY_BYTES', detail: {}, offset: HEAD.length } as const;
    const refused = { ...detail.exchanges[0]!, headEnd: null, failure };
    const marks = phaseMarks(refused, detail.row, true).map(({ mark }) => mark);
    expect(marks.slice(0, 3)).toEqual(['done', 'done', 'failed']);
  });

  it('can be read aloud', () => {
    const marks = phaseMarks(null, makeRow({ id: 1, phase: 'chunk-size' }), true);
    expect(phaseSentence(marks)).toBe(
      'start line done, headers done, body under way (chunk size), rate limit not reached, route not reached, reply not reached',
    );
  });
});
