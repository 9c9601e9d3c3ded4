import { describe, expect, it } from 'vitest';
import { pathAndQuery, pathOf } from '../../src-main/contract/request-target';

describe('the path of a request target', () => {
  it.each([
    ['/a/b?c=d', '/a/b?c=d', '/a/b'],
    ['/', '/', '/'],
    ['/http://x/y?z', '/http://x/y?z', '/http://x/y'],
    ['http://example.org/a?b', '/a?b', '/a'],
    ['HTTPS://example.org:8443', '/', '/'],
    ['http://example.org?a/b', '/?a/b', '/'],
    ['*', '*', '*'],
    ['example.org:443', 'example.org:443', 'example.org:443'],
  ])('%s', (target, withQuery, path) => {
    expect([pathAndQuery(target), pathOf(target)]).toEqual([withQuery, path]);
  });
});
