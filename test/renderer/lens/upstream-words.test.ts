import type { ServerChange } from '@contract/upstreams';
import { describe, expect, test } from 'vitest';
import {
  agoText,
  changeLine,
  changeSentence,
  changeTitle,
  latencyText,
  placementOf,
  stateText,
  summaryOf,
  weightText,
} from '../../../src-renderer/lens/upstream-words';
import { makeServer, variedUpstreams } from '../../support/proxy-views';
import { NOW_MS } from '../../support/rows';

const change: ServerChange = {
  atMs: NOW_MS,
  upstream: 'api',
  server: 'http://127.0.0.1:3000',
  from: 'in',
  to: 'ejected',
  cause: 'faults',
  reason: '3 connect failures in a row',
};

describe('a change of health', () => {
  test('is one sentence', () => {
    expect(changeSentence(change)).toBe('127.0.0.1:3000 ejected: 3 connect failures in a row');
    expect(changeSentence({ ...change, reason: '' })).toBe('127.0.0.1:3000 ejected');
  });

  test('that came to nothing says so', () => {
    expect(changeSentence({ ...change, to: 'in', reason: 'it is the last one' })).toBe(
      '127.0.0.1:3000 stays in: it is the last one',
    );
  });

  test('leaves its state to the end of a log line', () => {
    expect(changeLine(change)).toBe('127.0.0.1:3000, 3 connect failures in a row');
    expect(changeLine({ ...change, reason: '' })).toBe('127.0.0.1:3000');
  });

  test('is told whole on hover, with what made it', () => {
    expect(changeTitle(change)).toBe(
      'Upstream api, http://127.0.0.1:3000: from in to ejected by failed requests. 3 connect failures in a row.',
    );
    expect(changeTitle({ ...change, from: 'in', to: 'out', cause: 'person', reason: '' })).toBe(
      'Upstream api, http://127.0.0.1:3000: from in to out by hand.',
    );
  });
});

test('an ejected server counts down to its trial', () => {
  const server = makeServer({ server: 'a', state: 'ejected', retryAtMs: NOW_MS + 3_400 });
  expect(stateText(server, NOW_MS)).toBe('ejected 3.4 s');
  expect(stateText(server, NOW_MS + 3_400)).toBe('ejected');
  expect(stateText({ ...server, state: 'unhealthy' }, NOW_MS)).toBe('unhealthy');
  expect(stateText(makeServer({ server: 'a', state: 'slow-start' }), NOW_MS)).toBe('slow start');
});

test('a slow start tells how much of the weight counts', () => {
  expect(weightText(makeServer({ server: 'a', weight: 2 }))).toBe('weight 2');
  expect(weightText(makeServer({ server: 'a', weight: 2, weightShare: 0.4 }))).toBe('40 % of weight 2');
});

test('the word of a person is told apart from health', () => {
  const placements = variedUpstreams().flatMap(({ servers }) => servers.map(placementOf));
  expect(placements).toEqual(['in', 'in', 'in', 'in', 'in', 'drain', 'out']);
});

test('an upstream comes to how many of its servers take requests', () => {
  expect(variedUpstreams().map(summaryOf)).toEqual([
    '3 of 4 servers in, 16 in flight',
    '0 of 3 servers in, 2 in flight',
  ]);
});

test.each([
  [0.04, '0.0 ms'],
  [3.24, '3.2 ms'],
  [18.4, '18 ms'],
  [1_240, '1.2 s'],
])('a latency of %d is %s', (ms, text) => {
  expect(latencyText(ms)).toBe(text);
});

test.each([
  [-5, 'now'],
  [999, 'now'],
  [4_600, '4 s ago'],
  [150_000, '3 min ago'],
])('%d ms later a check was %s', (later, text) => {
  expect(agoText(NOW_MS, NOW_MS + later)).toBe(text);
});
