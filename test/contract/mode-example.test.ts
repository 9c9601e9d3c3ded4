import { describe, expect, test } from 'vitest';
import { modeExample } from '../../src-main/contract/mode-example';
import { MODE_NAMES } from '../../src-main/contract/modes';
import { DEFAULT_PROXY_STATE, type ProxyState } from '../../src-main/contract/proxy-state';
import { LOCAL_CA } from '../support/proxy-views';

const here = { host: '127.0.0.1', port: 8080 };
const state = (changes: Partial<ProxyState> = {}): ProxyState => ({ ...DEFAULT_PROXY_STATE, ...changes });

describe('an example', () => {
  test('has the address that is listened on', () => {
    expect(MODE_NAMES.map((mode) => modeExample(mode, state(), here))).toEqual([
      'curl http://127.0.0.1:8080/anything',
      'curl http://127.0.0.1:8080/',
      'curl -x http://127.0.0.1:8080 http://example.com/',
      'curl --socks5-hostname 127.0.0.1:8080 http://example.com/',
      'nc 127.0.0.1 8080',
    ]);
  });

  test('leads to where a wildcard can be reached, in quotes where a shell would read brackets', () => {
    expect(modeExample('reverse', state(), { host: '::', port: 1 })).toBe("curl 'http://[::1]:1/'");
    expect(modeExample('tunnel', state(), { host: '::', port: 1 })).toBe('nc ::1 1');
    expect(modeExample('reverse', state(), { host: '0.0.0.0', port: 1 })).toBe('curl http://127.0.0.1:1/');
  });

  test('speaks TLS where the listener does, and trusts the local CA', () => {
    const own = state({ tls: { kind: 'own', certificatePath: '/c', keyPath: '/k' } });
    expect(modeExample('server', own, here)).toBe('curl https://127.0.0.1:8080/anything');
    const local = state({ tls: { kind: 'local-ca' }, ca: { ...LOCAL_CA, path: '/my ca.pem' } });
    expect(modeExample('reverse', local, here)).toBe("curl --cacert '/my ca.pem' https://127.0.0.1:8080/");
    expect(modeExample('forward', local, here)).toBe('curl -x http://127.0.0.1:8080 http://example.com/');
  });

  test('of interception asks for a host that is intercepted, and trusts the local CA', () => {
    const ca = { ...LOCAL_CA, path: '/my ca.pem' };
    const intercepting = (...intercept: string[]) =>
      modeExample('forward', state({ ca, forward: { allow: [], allowPrivate: false, intercept, insecure: [] } }), here);
    const command = (host: string) => `curl -x http://127.0.0.1:8080 --cacert '/my ca.pem' ${host}`;
    expect(intercepting('api.test', 'b.test')).toBe(command('https://api.test/'));
    expect(intercepting('*.test')).toBe(command('https://www.test/'));
    expect(intercepting('*')).toBe(command('https://example.com/'));
    expect(intercepting('::1')).toBe(command("'https://[::1]/'"));
    expect(intercepting()).toBe('curl -x http://127.0.0.1:8080 http://example.com/');
  });
});
