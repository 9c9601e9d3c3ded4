import { configOfUrls, readProxyConfig } from '@contract/proxy-reading';
import { DEFAULT_PROXY_STATE } from '@contract/proxy-state';
import { expect, test } from 'vitest';
import { configText, isSameConfig, linesOf, textsOf } from '../../../src-renderer/lens/proxy-texts';
import { reverseState } from '../../support/proxy-views';

test('lists are one entry a line', () => {
  expect(linesOf(' a\n\n b \r\n')).toEqual(['a', 'b']);
  const forward = {
    allow: ['10.0.0.0/8', '::1'],
    allowPrivate: true,
    intercept: ['*'],
    insecure: ['a.test', '*.b.test'],
  };
  expect(textsOf({ ...DEFAULT_PROXY_STATE, forward })).toMatchObject({
    allow: '10.0.0.0/8\n::1',
    allowPrivate: true,
    intercept: '*',
    insecure: 'a.test\n*.b.test',
  });
});

test('the text of a configuration reads as the same one', () => {
  const { config } = reverseState();
  const read = readProxyConfig(configText(config));
  expect(read.ok && isSameConfig(read.value, config)).toBe(true);
});

test('a configuration of nothing but servers is told by their URLs, any other is not', () => {
  const read = configOfUrls(['3000', 'https://a']);
  const config = read.ok ? read.value : null;
  expect(textsOf({ ...DEFAULT_PROXY_STATE, config }).urls).toBe('http://127.0.0.1:3000\nhttps://a');
  expect(textsOf(reverseState()).urls).toBe('');
  const forwarding = { ...config!.forwarding, style: 'none' as const };
  expect(textsOf({ ...DEFAULT_PROXY_STATE, config: { ...config!, forwarding } }).urls).toBe('');
});
