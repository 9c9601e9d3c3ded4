import { expect, test } from 'vitest';
import type { ServerCertificate, TlsInfo } from '../../../src-main/contract/connections';
import { amountText, distrustWords, endsText, shortEndsText, tlsText } from '../../../src-renderer/lens/row-sides';
import { relayedRows, TLS_INFO } from '../../support/proxy-views';
import { makeRow } from '../../support/rows';

const [answered, pooled] = relayedRows();

test('a row says who it is with', () => {
  expect(endsText(makeRow({ id: 1 }))).toBe('127.0.0.1:53001');
  expect(endsText(answered!)).toBe('127.0.0.1:53001 → api · 127.0.0.1:3000');
  expect(endsText(pooled!)).toBe('→ api · 127.0.0.1:3000');
  expect(endsText(makeRow({ id: 1, side: 'upstream', server: '[::1]:443' }))).toBe('→ [::1]:443');
});

test('a client of this machine is told by its port where the server takes the room', () => {
  expect(shortEndsText(answered!)).toBe(':53001 → api · 127.0.0.1:3000');
  expect(shortEndsText({ ...answered!, client: '[::1]:53001' })).toBe(':53001 → api · 127.0.0.1:3000');
  expect(shortEndsText({ ...answered!, client: '10.0.0.7:53001' })).toBe('10.0.0.7:53001 → api · 127.0.0.1:3000');
  expect(shortEndsText(makeRow({ id: 1 }))).toBe('127.0.0.1:53001');
  expect(shortEndsText(pooled!)).toBe('→ api · 127.0.0.1:3000');
});

test('a row says how much it had to do', () => {
  expect(amountText(makeRow({ id: 1 }))).toBe('78 B in');
  expect(amountText(pooled!)).toBe('9 requests');
});

test('TLS is told in one line', () => {
  expect(tlsText(TLS_INFO)).toBe('TLSv1.3, example.com, http/1.1');
  expect(tlsText({ ...TLS_INFO, serverName: null, alpn: null })).toBe('TLSv1.3');
});

test('a certificate that was taken unverified is told with what is wrong with it', () => {
  const taken = (distrust: ServerCertificate['distrust']): TlsInfo => ({
    ...TLS_INFO,
    certificate: { subject: 'a', issuer: 'a', notAfterMs: 0, distrust },
  });
  expect(tlsText(taken('TLS_UPSTREAM_SELF_SIGNED'))).toBe(
    'TLSv1.3, example.com, http/1.1, certificate not verified (signed by nobody this machine trusts)',
  );
  expect(tlsText(taken(null))).toBe('TLSv1.3, example.com, http/1.1');
  expect([taken('TLS_UPSTREAM_NAME'), taken('TLS_UPSTREAM_FAILED'), taken(null), TLS_INFO].map(distrustWords)).toEqual([
    'made out to another host',
    'upstream failed',
    null,
    null,
  ]);
});
