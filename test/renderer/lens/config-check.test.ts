import { describe, expect, test } from 'vitest';
import { configMistakes, ruleMistakes, tunnelMistakes, urlMistakes } from '../../../src-renderer/lens/config-check';
import { EXAMPLE_CONFIG } from '../../../src-renderer/lens/example-config';
import { REVERSE_CONFIG } from '../../support/proxy-views';

const here = { host: '127.0.0.1', port: 8080 };

describe('a configuration', () => {
  test('that is right, or not begun, has no mistakes', () => {
    for (const text of ['', ' \n', EXAMPLE_CONFIG, REVERSE_CONFIG]) expect(configMistakes(text, here)).toEqual([]);
  });

  test('has each mistake with its path', () => {
    const text = '{"upstreams":{"api":{"servers":[{"url":"ftp://x"}],"balance":"best"}}}';
    expect(configMistakes(text, here).map(({ path }) => path)).toEqual([
      'upstreams.api.servers[0].url',
      'upstreams.api.balance',
    ]);
  });

  test('that leads back here is a mistake', () => {
    const text = '{"upstreams":{"api":{"servers":[{"url":"http://localhost:8080"}]}}}';
    expect(configMistakes(text, here)).toMatchObject([{ path: 'upstreams.api.servers[0].url' }]);
  });
});

describe('upstream URLs', () => {
  test('may be ports, and lines without anything', () => {
    expect(urlMistakes('3000\n\n https://api.example.com \n', here)).toEqual([]);
  });

  test('have each mistake with what was typed', () => {
    expect(urlMistakes('3000\nftp://x\n', here).map(({ path }) => path)).toEqual(['ftp://x']);
    expect(urlMistakes('3000\n8080', here)).toMatchObject([{ path: '8080' }]);
  });
});

test('rules of the forward mode have each mistake with what was typed', () => {
  expect(ruleMistakes('allow', '10.0.0.0/8\n::1\n10.0.0.1/33').map(({ path }) => path)).toEqual(['10.0.0.1/33']);
  expect(ruleMistakes('intercept', '*\n*.example.com\nhttp://a').map(({ path }) => path)).toEqual(['http://a']);
});

test('a tunnel leads to a host and port, or a port', () => {
  for (const text of ['', '5432', 'db:5432', '[::1]:5432 ']) expect(tunnelMistakes(text)).toEqual([]);
  for (const text of ['db', 'db:0x10', 'http://db:1']) expect(tunnelMistakes(text)).toHaveLength(1);
});
