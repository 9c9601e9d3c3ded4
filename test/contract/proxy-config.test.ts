import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { describe as describeFailure } from '../../src-main/contract/errors';
import {
  BALANCES,
  FAULT_KINDS,
  isExpectedStatus,
  MAX_CONFIG_BYTES,
  MAX_ROUTES,
  MAX_SERVERS,
  type ProxyConfig,
} from '../../src-main/contract/proxy-config';
import { asFailure, MAX_MISTAKES, sentenceOf } from '../../src-main/contract/proxy-mistakes';
import { checkProxyConfig, configOfUrls, findLoop, readProxyConfig } from '../../src-main/contract/proxy-reading';

function taken(raw: unknown): ProxyConfig {
  const result = checkProxyConfig(raw);
  if (!result.ok) throw new Error(result.mistakes.map(sentenceOf).join(' '));
  return result.value;
}

const sentences = (raw: unknown): string[] => {
  const result = checkProxyConfig(raw);
  return result.ok ? [] : result.mistakes.map(sentenceOf);
};

const server = (port = 3000) => ({ url: `http://127.0.0.1:${port}` });
const one = (more: object = {}) => ({ upstreams: { api: { servers: [server()], ...more } } });

describe('a proxy configuration', () => {
  it('waits no longer for a check than until the next one, where it is not said how long', () => {
    const timeout = (healthCheck: object) => {
      const read = checkProxyConfig(one({ healthCheck }));
      return read.ok ? read.value.upstreams['api']?.healthCheck?.timeoutMs : read.mistakes;
    };
    expect(timeout({})).toBe(2_000);
    expect(timeout({ intervalMs: 500 })).toBe(500);
  });

  it('needs only a server: everything else has a default', () => {
    expect(taken(one())).toEqual({
      upstreams: {
        api: {
          servers: [{ url: 'http://127.0.0.1:3000', weight: 1, drain: false }],
          balance: 'round-robin',
          hashField: null,
          healthCheck: null,
          ejection: {
            consecutiveFaults: 3,
            faults: ['connect', 'timeout', 'closed', 'malformed'],
            backoffMs: 2_000,
            maxBackoffMs: 60_000,
            maxEjectedShare: 0.7,
          },
          slowStartMs: 10_000,
          whenAllOut: 'refuse',
          pool: { maxConnections: 256, maxIdle: 32, idleMs: 4_000, maxRequestsPerConnection: 1_000 },
          tls: { verify: true, serverName: null },
          retry: { budgetShare: 0.2, minPerSec: 1 },
        },
      },
      routes: [{ host: null, pathPrefix: '/', upstream: 'api', stripPrefix: false }],
      forwarding: { host: 'upstream', style: 'x-forwarded', trusted: [] },
    });
  });

  it('has defaults for a health check that is asked for', () => {
    expect(taken(one({ healthCheck: {} })).upstreams['api']?.healthCheck).toEqual({
      path: '/',
      intervalMs: 5_000,
      timeoutMs: 2_000,
      healthyAfter: 2,
      unhealthyAfter: 3,
      jitterShare: 0.1,
      statuses: ['200-399'],
    });
  });

  it('keeps one spelling of a server and of a host', () => {
    const config = taken({
      upstreams: { api: { servers: [{ url: 'HTTP://Example.COM:80/' }] } },
      routes: [{ host: 'WWW.Example.com.', upstream: 'api' }],
    });
    expect(config.upstreams['api']?.servers[0]?.url).toBe('http://example.com');
    expect(config.routes[0]?.host).toBe('www.example.com');
  });

  it.each([
    [null, 'this is an object in braces.'],
    [{}, 'upstreams: this has to be given.'],
    [{ upstreams: [] }, 'upstreams: it takes at least one upstream.'],
    [{ upstreams: {} }, 'upstreams: it takes at least one upstream.'],
    [{ ...one(), route: [] }, 'route: there is no such key; the keys here are upstreams, routes, forwarding.'],
    [{ upstreams: { '': { servers: [server()] } } }, /^upstreams\.: a name has letters/],
    [{ upstreams: { api: { servers: [] } } }, 'upstreams.api.servers: it takes at least one entry.'],
    [{ upstreams: { api: { servers: 'x' } } }, 'upstreams.api.servers: it takes a list in brackets.'],
    [{ upstreams: { api: { servers: [{}] } } }, 'upstreams.api.servers[0].url: this has to be given.'],
    [
      { upstreams: { api: { servers: [server(), server(2), { url: 'ftp://a' }] } } },
      'upstreams.api.servers[2].url: it begins with http:// or https://.',
    ],
    [
      { upstreams: { api: { servers: [{ ...server(), weight: 1.5 }] } } },
      'upstreams.api.servers[0].weight: it takes a whole number from 1 to 1000.',
    ],
    [
      { upstreams: { api: { servers: [{ ...server(), weight: 0 }] } } },
      'upstreams.api.servers[0].weight: it takes a whole number from 1 to 1000.',
    ],
    [
      { upstreams: { api: { servers: [server(80), { url: 'http://127.0.0.1' }] } } },
      'upstreams.api.servers[1].url: this server is servers[0] already; give that one more weight.',
    ],
    [one({ balance: 'fair' }), /^upstreams\.api\.balance: it takes one of "round-robin", /],
    [one({ hashField: 'a b', balance: 'hash' }), 'upstreams.api.hashField: it is the name of a field.'],
    [one({ hashField: 'X-User' }), 'upstreams.api.hashField: it has a meaning only where balance is "hash".'],
    [one({ healthCheck: { path: 'health' } }), /^upstreams\.api\.healthCheck\.path: it begins with "\/"/],
    [one({ healthCheck: { path: '/a\r\nX: 1' } }), /^upstreams\.api\.healthCheck\.path: it begins with "\/"/],
    [one({ healthCheck: { statuses: ['404-200'] } }), /^upstreams\.api\.healthCheck\.statuses\[0\]: it is a status/],
    [one({ healthCheck: { statuses: ['99'] } }), /^upstreams\.api\.healthCheck\.statuses\[0\]: it is a status/],
    [
      one({ healthCheck: { intervalMs: 1_000, timeoutMs: 1_001 } }),
      'upstreams.api.healthCheck.timeoutMs: it cannot be longer than intervalMs, or checks would pile up.',
    ],
    [
      one({ ejection: { maxEjectedShare: 2 } }),
      'upstreams.api.ejection.maxEjectedShare: it takes a number from 0 to 1.',
    ],
    [one({ ejection: { faults: ['cut'] } }), /^upstreams\.api\.ejection\.faults\[0\]: it takes one of "connect", /],
    [
      one({ ejection: { maxBackoffMs: 10 } }),
      'upstreams.api.ejection.maxBackoffMs: it cannot be shorter than backoffMs.',
    ],
    [one({ pool: { maxConnections: 1 } }), 'upstreams.api.pool.maxIdle: it cannot be more than maxConnections.'],
    [{ ...one(), routes: [{ upstream: 'web' }] }, 'routes[0].upstream: there is no upstream "web", only api.'],
    [{ ...one(), routes: [{ upstream: 'toString' }] }, /^routes\[0\]\.upstream: there is no upstream "toString"/],
    [{ ...one(), routes: [{ upstream: 'api', host: 'a:80' }] }, 'routes[0].host: it is a host name without a port.'],
    [{ ...one(), routes: [{ upstream: 'api', pathPrefix: '/a?b' }] }, /^routes\[0\]\.pathPrefix: it is the start/],
    [
      { ...one(), routes: [{ upstream: 'api' }, { upstream: 'api', host: 'A' }, { upstream: 'api', host: 'a.' }] },
      'routes[2]: routes[1] has the same host and path prefix already.',
    ],
    [
      { upstreams: { a: { servers: [server()] }, b: { servers: [server()] } } },
      'routes: with several upstreams it has to say which requests go where.',
    ],
    [{ ...one(), forwarding: { trusted: ['10.0.0.1/8'] } }, /^forwarding\.trusted\[0\]: the address has bits set/],
    [{ ...one(), forwarding: { host: true } }, /^forwarding\.host: it takes one of "keep", "upstream"/],
    [one({ slowStartMs: '10s' }), 'upstreams.api.slowStartMs: it takes a whole number from 0 to 3600000.'],
    [one({ slowStartMs: Number.NaN }), 'upstreams.api.slowStartMs: it takes a whole number from 0 to 3600000.'],
  ])('%j is refused', (raw, sentence) => {
    const [first, ...others] = sentences(raw);
    if (typeof sentence === 'string') expect(first).toBe(sentence);
    else expect(first).toMatch(sentence);
    expect(others).toEqual([]);
  });

  it.each(['__proto__', 'constructor', 'prototype'])('takes no upstream named %s', (name) => {
    const json = `{"upstreams":{"${name}":{"servers":[{"url":"http://a"}]},"b":{"servers":[{"url":"http://a"}]}}}`;
    const result = readProxyConfig(json);
    expect(result.ok ? [] : result.mistakes.map(({ path }) => path)).toEqual([`upstreams.${name}`]);
  });

  it('names every mistake, up to a bound', () => {
    const bad = (count: number) => ({
      upstreams: { a: { servers: Array.from({ length: count }, () => ({ url: 'x' })) } },
    });
    expect(sentences(bad(3)).length).toBe(3);
    expect(sentences(bad(100)).length).toBe(MAX_MISTAKES);
    const same = { upstreams: { a: { servers: Array.from({ length: 100 }, () => server()) } } };
    expect(sentences(same).length).toBe(MAX_MISTAKES);
  });

  it('becomes one failure that tells the first mistake and how many more there are', () => {
    const result = checkProxyConfig({ upstreams: { a: { servers: [{ url: 'x' }, { url: 'y' }] } } });
    const failure = asFailure(result.ok ? [{ path: '', reason: '' }] : result.mistakes);
    expect(failure.code).toBe('CFG_PROXY');
    expect(describeFailure(failure).title).toBe(
      'The proxy configuration cannot be used: upstreams.a.servers[0].url: this is no URL such as http://127.0.0.1:3000 (and 1 more).',
    );
  });

  it('holds as many servers and routes as it says, and no more', () => {
    const servers = (count: number) => Array.from({ length: count }, (_, index) => server(index + 1));
    const routes = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ pathPrefix: `/${index}`, upstream: 'a' }));
    const full = { upstreams: { a: { servers: servers(MAX_SERVERS) } }, routes: routes(MAX_ROUTES) };
    expect(sentences(full)).toEqual([]);
    expect(JSON.stringify(taken(full)).length).toBeLessThan(MAX_CONFIG_BYTES);
    expect(sentences({ ...full, routes: routes(MAX_ROUTES + 1) })).toEqual(['routes: it takes at most 1000 entries.']);
    const split = { a: { servers: servers(600) }, b: { servers: servers(401) } };
    expect(sentences({ upstreams: split, routes: [{ upstream: 'a' }] })).toEqual([
      'upstreams: it holds 1001 servers, and at most 1000.',
    ]);
  });
});

describe('the text of a configuration', () => {
  it.each([
    ['{', /^the text is no JSON \(/],
    ['', /^the text is no JSON \(/],
    [' '.repeat(MAX_CONFIG_BYTES + 1), /^the file is larger than 1048576 bytes\.$/],
    ['{"upstreams":{"a":{"servers":[]},"a":{}}}', /^upstreams\.a: this key is given twice\.$/],
  ])('is refused where it is %#', (json, sentence) => {
    const result = readProxyConfig(json);
    expect(result.ok ? '' : sentenceOf(result.mistakes[0])).toMatch(sentence);
  });

  const url = fc.integer({ min: 1, max: 65_535 }).map((port) => `http://127.0.0.1:${port}`);
  const ms = fc.integer({ min: 100, max: 1_000_000 });
  const upstream = fc.record(
    {
      servers: fc.uniqueArray(
        fc.record({ url, weight: fc.integer({ min: 1, max: 1_000 }), drain: fc.boolean() }, { requiredKeys: ['url'] }),
        { minLength: 1, maxLength: 5, selector: (each) => each.url },
      ),
      balance: fc.constantFrom(...BALANCES),
      healthCheck: fc.option(
        fc.record(
          {
            path: fc.constantFrom('/', '/up?x=1'),
            intervalMs: ms.map((each) => each + 2_000),
            statuses: fc.constant(['204']),
          },
          { requiredKeys: [] },
        ),
      ),
      ejection: fc.option(
        fc.record(
          {
            faults: fc.subarray([...FAULT_KINDS], { minLength: 1 }),
            maxEjectedShare: fc.double({ min: 0, max: 1, noNaN: true }),
          },
          { requiredKeys: [] },
        ),
      ),
      slowStartMs: ms,
      whenAllOut: fc.constantFrom('refuse', 'use-all'),
      pool: fc.record({ maxConnections: fc.option(fc.integer({ min: 32, max: 65_535 })) }, { requiredKeys: [] }),
      retry: fc.option(fc.record({ budgetShare: fc.double({ min: 0, max: 1, noNaN: true }) }, { requiredKeys: [] })),
    },
    { requiredKeys: ['servers'] },
  );
  const config = fc.record(
    {
      upstreams: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), upstream, {
        minKeys: 1,
        maxKeys: 4,
        noNullPrototype: true,
      }),
      forwarding: fc.record(
        { host: fc.constantFrom('keep', 'upstream'), trusted: fc.constantFrom([], ['10.0.0.0/8', '::1']) },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: ['upstreams'] },
  );

  test.prop([config])('is the same configuration after it was written and read again', (raw) => {
    const [first = ''] = Object.keys(raw.upstreams);
    const read = readProxyConfig(JSON.stringify({ ...raw, routes: [{ upstream: first }] }));
    expect(read).toMatchObject({ ok: true });
    if (read.ok) expect(readProxyConfig(JSON.stringify(read.value))).toEqual(read);
  });

  test.prop([fc.jsonValue()])('of any shape at all is taken or refused with a sentence', (raw) => {
    const result = readProxyConfig(JSON.stringify(raw));
    if (!result.ok) expect(sentenceOf(result.mistakes[0])).toMatch(/\.$/);
  });
});

describe('--upstream', () => {
  it('is one upstream with the servers given', () => {
    const result = configOfUrls(['http://a', 'localhost:3000', '3001', '[::1]:80']);
    expect(result.ok ? result.value.upstreams['default']?.servers.map(({ url }) => url) : result.mistakes).toEqual([
      'http://a',
      'http://localhost:3000',
      'http://127.0.0.1:3001',
      'http://[::1]',
    ]);
  });

  it.each([
    [[], '--upstream: it takes at least one entry.'],
    [['ftp://a'], '--upstream ftp://a: it begins with http:// or https://.'],
    [
      ['http://a', 'http://a:80/'],
      '--upstream http://a:80/: this server is servers[0] already; give that one more weight.',
    ],
    [['api'], '--upstream api: this is no URL such as http://127.0.0.1:3000.'],
  ])('%j is refused by what was written', (urls, sentence) => {
    const result = configOfUrls(urls);
    expect(result.ok ? '' : sentenceOf(result.mistakes[0])).toBe(sentence);
  });
});

describe('a loop', () => {
  it.each([
    ['127.0.0.1', 'http://127.0.0.1:8080', true],
    ['127.0.0.1', 'http://localhost:8080', true],
    ['0.0.0.0', 'http://127.0.0.1:8080', true],
    ['::', 'http://[::1]:8080', true],
    ['192.0.2.1', 'http://192.0.2.1:8080', true],
    ['192.0.2.1', 'http://0.0.0.0:8080', true],
    ['127.0.0.1', 'http://127.0.0.1:8081', false],
    ['127.0.0.1', 'http://192.0.2.1:8080', false],
    ['192.0.2.1', 'http://127.0.0.1:8080', false],
    ['127.0.0.1', 'http://example.com:8080', false],
  ])('listening at %s, %s is the proxy itself: %s', (host, url, isLoop) => {
    const found = findLoop(taken({ upstreams: { api: { servers: [{ url }] } } }), { host, port: 8080 });
    expect(found?.[0].path ?? null).toBe(isLoop ? 'upstreams.api.servers[0].url' : null);
  });
});

describe('isExpectedStatus', () => {
  it('takes single statuses and ranges', () => {
    const check = taken(one({ healthCheck: { statuses: ['200-204', '401'] } })).upstreams['api']?.healthCheck;
    expect([199, 200, 204, 205, 401, 402].map((status) => check && isExpectedStatus(check, status))).toEqual([
      false,
      true,
      true,
      false,
      true,
      false,
    ]);
  });
});
