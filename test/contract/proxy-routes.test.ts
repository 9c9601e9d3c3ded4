import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { Route } from '../../src-main/contract/proxy-config';
import { createRouteTable, upstreamTarget } from '../../src-main/contract/proxy-routes';

const route = (host: string | null, pathPrefix: string, stripPrefix = false): Route => ({
  host,
  pathPrefix,
  upstream: `${host ?? 'any'} ${pathPrefix}`,
  stripPrefix,
});

const table = createRouteTable([
  route(null, '/'),
  route(null, '/api'),
  route(null, '/api/v2'),
  route(null, '/files/'),
  route('example.com', '/app'),
  route('[::1]', '/'),
]);

describe('a request goes to', () => {
  it.each([
    ['a.example', '/', 'any /'],
    ['a.example', '/apix', 'any /'],
    ['a.example', '/api', 'any /api'],
    ['a.example', '/api?x=1', 'any /api'],
    ['a.example', '/api/', 'any /api'],
    ['a.example', '/api/v2/x', 'any /api/v2'],
    ['a.example', '/api/v20', 'any /api'],
    ['a.example', '/files', 'any /'],
    ['a.example', '/files/x', 'any /files/'],
    ['a.example', '/API', 'any /'],
    ['a.example', '/%61pi', 'any /'],
    ['example.com', '/app/x', 'example.com /app'],
    ['EXAMPLE.com.:8080', '/app', 'example.com /app'],
    ['example.com', '/api', 'any /api'],
    ['[::1]:80', '/api', '[::1] /'],
    [null, '/app', 'any /'],
    [null, '*', 'any /'],
    [null, 'http://h/api?x', 'any /api'],
    [null, 'http://h?/api', 'any /'],
  ])('host %s, target %s: the route %s', (host, target, expected) => {
    expect(table(host, target)?.upstream).toBe(expected);
  });

  it('no route where none fits', () => {
    const some = createRouteTable([route('example.com', '/'), route(null, '/api')]);
    expect([some('a', '/'), some(null, '/apix'), some('a', '*')]).toEqual([null, null, null]);
  });

  const path = fc.array(fc.constantFrom('a', 'b', 'ab'), { maxLength: 4 }).map((parts) => `/${parts.join('/')}`);
  const host = fc.constantFrom(null, 'h', 'g');

  test.prop([
    fc.uniqueArray(fc.tuple(host, path), { selector: ([name, prefix]) => `${name} ${prefix}`, maxLength: 12 }),
    host,
    path,
  ])('the longest prefix of whole segments, its own host first, whatever the order', (given, asked, target) => {
    const routes = given.map(([name, prefix]) => route(name, prefix));
    const segments = (text: string) => text.split('/').filter((part) => part !== '');
    const fits = ({ pathPrefix }: Route) =>
      segments(pathPrefix).every((part, index) => segments(target)[index] === part);
    const best = (of: string | null) =>
      routes.filter((each) => each.host === of && fits(each)).sort((a, b) => b.pathPrefix.length - a.pathPrefix.length);
    const expected = asked === null ? best(null)[0] : (best(asked)[0] ?? best(null)[0]);
    expect(createRouteTable(routes)(asked, target)).toBe(expected ?? null);
    expect(createRouteTable(routes.toReversed())(asked, target)).toBe(expected ?? null);
  });
});

describe('the target that goes upstream', () => {
  it.each([
    ['/api', true, '/api/x?y', '/x?y'],
    ['/api', true, '/api', '/'],
    ['/api', true, '/api?x', '/?x'],
    ['/api/', true, '/api/x', '/x'],
    ['/', true, '/api', '/api'],
    ['/api', false, '/api/x', '/api/x'],
    ['/', false, 'http://h/a?b', '/a?b'],
    ['/api', true, 'http://h/api/b', '/b'],
    ['/', true, '*', '*'],
  ])('under %s (strip: %s), for %s is %s', (prefix, strip, target, expected) => {
    expect(upstreamTarget(route(null, prefix, strip), target)).toBe(expected);
  });
});
