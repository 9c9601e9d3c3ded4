import { MODE_NAMES } from '@contract/modes';
import { DEFAULT_PROXY_STATE, type ProxyState } from '@contract/proxy-state';
import { describe, expect, test } from 'vitest';
import { exampleOf, missingFor, tryCommand } from '../../../src-renderer/lens/mode-words';
import { LOCAL_CA, reverseState } from '../../support/proxy-views';

const here = { host: '127.0.0.1', port: 8080 };
const state = (changes: Partial<ProxyState> = {}): ProxyState => ({ ...DEFAULT_PROXY_STATE, ...changes });

describe('an example', () => {
  test('has the address that is listened on', () => {
    expect(MODE_NAMES.map((mode) => exampleOf(mode, state(), here))).toEqual([
      'curl http://127.0.0.1:8080/anything',
      'curl http://127.0.0.1:8080/',
      'curl -x http://127.0.0.1:8080 http://example.com/',
      'curl --socks5-hostname 127.0.0.1:8080 http://example.com/',
      'nc 127.0.0.1 8080',
    ]);
  });

  test('leads to where a wildcard can be reached, in quotes where a shell would read brackets', () => {
    expect(exampleOf('reverse', state(), { host: '::', port: 1 })).toBe("curl 'http://[::1]:1/'");
    expect(exampleOf('tunnel', state(), { host: '::', port: 1 })).toBe('nc ::1 1');
    expect(exampleOf('reverse', state(), { host: '0.0.0.0', port: 1 })).toBe('curl http://127.0.0.1:1/');
  });

  test('speaks TLS where the listener does, and trusts the local CA', () => {
    const own = state({ tls: { kind: 'own', certificatePath: '/c', keyPath: '/k' } });
    expect(exampleOf('server', own, here)).toBe('curl https://127.0.0.1:8080/anything');
    const local = state({ tls: { kind: 'local-ca' }, ca: { ...LOCAL_CA, path: '/my ca.pem' } });
    expect(exampleOf('reverse', local, here)).toBe("curl --cacert '/my ca.pem' https://127.0.0.1:8080/");
    expect(exampleOf('forward', local, here)).toBe('curl -x http://127.0.0.1:8080 http://example.com/');
  });
});

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
