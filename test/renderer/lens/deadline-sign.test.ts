import type { ConnectionPhase } from '@contract/connections';
import { presetSettings, type PresetName } from '@contract/presets';
import { DEFAULT_SETTINGS, type GuardName } from '@contract/settings';
import { expect, test } from 'vitest';
import { deadlineSign, silentEnd } from '../../../src-renderer/lens/deadline-sign';
import { makeRow } from '../../support/rows';

const row = (phase: ConnectionPhase, bytesIn = 40) =>
  makeRow({ id: 1, phase, bytesIn, status: null, closedAtMs: null, closeCause: null });

test.each<[PresetName, ConnectionPhase, string]>([
  ['bytescope', 'headers', '408'],
  ['bytescope', 'idle', 'FIN'],
  ['nginx', 'headers', 'FIN'],
  ['apache', 'start-line', 'FIN'],
  ['apache', 'headers', '408'],
  ['haproxy', 'chunk-data', '504'],
])('%s ends a connection that is at %s with %s', (preset, phase, sign) => {
  expect(deadlineSign(row(phase), presetSettings(preset))).toBe(sign);
});

test('a client of SOCKS, which would not understand a status, is sent none', () => {
  expect(deadlineSign(row('greeting'), presetSettings('bytescope'))).toBe('FIN');
  expect(deadlineSign(row('greeting'), { ...DEFAULT_SETTINGS, onHeadTimeout: 'reset' })).toBe('RST');
});

test('before the first byte the action of its own holds', () => {
  expect(deadlineSign(row('idle', 0), presetSettings('haproxy'))).toBe('408');
});

test('what does not take its reply is reset, and so is what the settings say', () => {
  expect(deadlineSign(row('replying'), DEFAULT_SETTINGS)).toBe('RST');
  expect(deadlineSign(row('replying', 0), DEFAULT_SETTINGS)).toBe('RST');
  expect(deadlineSign(row('headers'), { ...DEFAULT_SETTINGS, onHeadTimeout: 'reset' })).toBe('RST');
});

test('a handshake is ended without a word, a tunnel nobody uses by a reset', () => {
  const armed = (guard: GuardName) => ({ ...row('tunnel'), armed: { guard, startedAtMs: 0, atMs: 1 } });
  expect(deadlineSign(armed('headTimeoutMs'), DEFAULT_SETTINGS)).toBe('FIN');
  expect(deadlineSign(armed('tunnelIdleTimeoutMs'), DEFAULT_SETTINGS)).toBe('RST');
});

test('a request that has its reply before its body is complete gets no second one', () => {
  const replied = { ...row('body-length'), status: 429 };
  expect(deadlineSign(replied, DEFAULT_SETTINGS)).toBe('FIN');
  expect(deadlineSign(replied, { ...DEFAULT_SETTINGS, onBodyTimeout: 'reset' })).toBe('RST');
});

test('without a reply the end of the connection is told', () => {
  const end = (closeCause: 'guard-closed' | 'guard-reset' | null) => silentEnd(makeRow({ id: 1, closeCause }));
  expect([end('guard-closed'), end('guard-reset'), end(null), silentEnd(null)]).toEqual(['FIN', 'RST', '', '']);
  expect(silentEnd(makeRow({ id: 1, side: 'upstream', closeCause: 'upstream-failed' }))).toBe('');
});
