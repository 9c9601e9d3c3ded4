import { describe, expect, it } from 'vitest';
import { authorityOf, formatUpstreamUrl, hostNameOf, parseUpstreamUrl } from '../../src-main/contract/upstream-url';

describe('parseUpstreamUrl', () => {
  it.each([
    ['http://127.0.0.1:3000', { scheme: 'http', host: '127.0.0.1', port: 3000 }, 'http://127.0.0.1:3000'],
    ['HTTPS://Example.COM/', { scheme: 'https', host: 'example.com', port: 443 }, 'https://example.com'],
    ['http://example.com:80', { scheme: 'http', host: 'example.com', port: 80 }, 'http://example.com'],
    ['https://example.com:80', { scheme: 'https', host: 'example.com', port: 80 }, 'https://example.com:80'],
    ['http://[::1]:8080', { scheme: 'http', host: '::1', port: 8080 }, 'http://[::1]:8080'],
    ['http://api_1.internal.:65535', { scheme: 'http', host: 'api_1.internal.', port: 65535 }, null],
  ])('reads %s', (text, url, written) => {
    expect(parseUpstreamUrl(text)).toEqual(url);
    const parsed = parseUpstreamUrl(text);
    if (typeof parsed !== 'string') expect(formatUpstreamUrl(parsed)).toBe(written ?? text);
  });

  it.each([
    ['', /no URL/],
    ['127.0.0.1:3000', /no URL/],
    ['ftp://a', /http:\/\/ or https/],
    ['javascript://a', /http:\/\/ or https/],
    ['http://', /host/],
    ['http://a b', /host/],
    ['http://a..b', /host/],
    ['http://127.1', /host/],
    ['http://1.2.3.256', /host/],
    ['http://[::1', /host/],
    ['http://[1.2.3.4]', /host/],
    ['http://bücher.example', /punycode/],
    ['http://a\r\nX: 1', /host/],
    ['http://user:pass@a', /user name/],
    ['http://a:0', /port/],
    ['http://a:65536', /port/],
    ['http://a/api', /routes/],
    ['http://a?x', /routes/],
    ['http://a#x', /routes/],
    [`http://${'a'.repeat(400)}`, /longer/],
  ])('refuses %j', (text, reason) => {
    expect(parseUpstreamUrl(text)).toMatch(reason);
  });

  it('gives the authority without the port that the scheme has of itself', () => {
    expect(authorityOf({ scheme: 'https', host: '::1', port: 443 })).toBe('[::1]');
    expect(authorityOf({ scheme: 'http', host: 'a', port: 443 })).toBe('a:443');
  });
});

describe('hostNameOf', () => {
  it.each([
    ['Example.COM', 'example.com'],
    ['example.com:8080', 'example.com'],
    ['example.com.', 'example.com'],
    ['example.com.:80', 'example.com'],
    ['[::1]:80', '[::1]'],
    ['[::1]', '[::1]'],
  ])('of %s is %s', (authority, name) => {
    expect(hostNameOf(authority)).toBe(name);
  });
});
