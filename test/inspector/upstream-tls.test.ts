import { expect, it } from 'vitest';
import { checkProxyConfig } from '../../src-main/contract/proxy-reading';
import { parseUpstreamUrl, type UpstreamUrl } from '../../src-main/contract/upstream-url';
import { isSameTls, namedTlsOptionsOf, tlsOptionsOf } from '../../src-main/inspector/upstream-tls';

const url = (text: string): UpstreamUrl => {
  const parsed = parseUpstreamUrl(text);
  if (typeof parsed === 'string') throw new Error(parsed);
  return parsed;
};

function optionsOf(tls: object | undefined): ReturnType<typeof tlsOptionsOf> {
  const upstream = { servers: [{ url: 'https://10.0.0.1:8443' }], ...(tls !== undefined && { tls }) };
  const config = checkProxyConfig({ upstreams: { api: upstream } });
  if (!config.ok) throw new Error(JSON.stringify(config.mistakes));
  return tlsOptionsOf(config.value);
}

const optionsFor = (tls: object | undefined, text: string): object => optionsOf(tls)(url(text));

it('a server has to show a certificate that this machine trusts, unless it is said otherwise', () => {
  expect(optionsFor(undefined, 'https://10.0.0.1:8443')).toEqual({});
  expect(optionsFor({ verify: false }, 'https://10.0.0.1:8443')).toEqual({ rejectUnauthorized: false });
});

it('what is said of one server holds for no other', () => {
  expect(optionsFor({ verify: false }, 'https://10.0.0.1')).toEqual({});
});

it('a server that a client names is verified, but for hosts of which it is said otherwise', () => {
  const optionsFor = namedTlsOptionsOf({ insecure: ['dev.example', '*.below.example', '[::1]'] });
  const isVerified = (text: string) => optionsFor(url(text)).rejectUnauthorized !== false;
  expect(['https://dev.example', 'https://dev.example:8443', 'https://a.below.example'].map(isVerified)).toEqual([
    false,
    false,
    false,
  ]);
  expect(isVerified('https://[::1]:8443')).toBe(false);
  expect(['https://a.dev.example', 'https://below.example', 'https://example'].map(isVerified)).toEqual([
    true,
    true,
    true,
  ]);
  expect(namedTlsOptionsOf({ insecure: [] })(url('https://dev.example'))).toEqual({});
});

it('a server can be asked for by another name than its address', () => {
  expect(optionsFor({ serverName: 'api.example' }, 'https://10.0.0.1:8443')).toEqual({ servername: 'api.example' });
});

it('a connection is kept over a change of the configuration only where that says the same of its TLS', () => {
  const same = (before: object | undefined, after: object | undefined, server = 'https://10.0.0.1:8443') =>
    isSameTls(server, optionsOf(before), optionsOf(after));
  expect([same(undefined, {}), same({ verify: false }, { verify: false })]).toEqual([true, true]);
  expect([same({ verify: false }, undefined), same(undefined, { serverName: 'a' })]).toEqual([false, false]);
  expect(same({ verify: false }, undefined, 'https://10.0.0.2')).toBe(true);
  expect(same(undefined, undefined, 'https://10.0.0.1:8443 for others')).toBe(false);
});
