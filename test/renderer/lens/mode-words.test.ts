import { MODE_NAMES } from '@contract/modes';
import { DEFAULT_PROXY_STATE, type ProxyState } from '@contract/proxy-state';
import { expect, test } from 'vitest';
import { missingFor, tryCommand } from '../../../src-renderer/lens/mode-words';
import { reverseState } from '../../support/proxy-views';

const here = { host: '127.0.0.1', port: 8080 };
const state = (changes: Partial<ProxyState> = {}): ProxyState => ({ ...DEFAULT_PROXY_STATE, ...changes });

test('what the header copies is the example of the mode in force', () => {
  expect(tryCommand(state(), here)).toBe('curl -v http://127.0.0.1:8080/');
  expect(tryCommand(state({ mode: 'socks' }), here)).toContain('--socks5-hostname');
  expect(tryCommand(state({ tls: { kind: 'local-ca' } }), here)).toBe('curl https://127.0.0.1:8080/anything');
});

test('a mode says what it lacks', () => {
  expect(MODE_NAMES.map((mode) => missingFor(mode, state()))).toEqual([
    null,
    'needs upstreams',
    null,
    null,
    'needs an address',
  ]);
  expect(missingFor('reverse', reverseState())).toBeNull();
  expect(missingFor('tunnel', state({ tunnelTo: '127.0.0.1:5432' }))).toBeNull();
});
