import { PassThrough } from 'node:stream';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { EngineOptions } from '../../../src-main/contract/engine';
import { fail, ok, type Failure, type Result } from '../../../src-main/contract/errors';
import { configOfUrls } from '../../../src-main/contract/proxy-reading';
import { DEFAULT_PROXY_STATE, type LocalCa, type ProxyState } from '../../../src-main/contract/proxy-state';
import { runCommandLine } from '../../../src-main/hosts/cli/command-line';
import type { UiHost } from '../../../src-main/hosts/cli/serve';
import { replyFact, tripFact } from '../../support/facts';
import { ScriptedEngine } from '../../support/scripted-engine';

let engine: ScriptedEngine;
let options: EngineOptions | null;
let refusal: Failure | null;
let uiAnswers: Result<UiHost>[];
let uiAddresses: string[];
let opened: string[];
let stop: () => void;
let reload: () => boolean;
let text: { out: string; err: string };

function ui(more: Partial<UiHost> = {}): Result<UiHost> {
  return ok({ url: 'http://127.0.0.1:4174/#token=t', isLocal: true, close: () => Promise.resolve(), ...more });
}

function collect(key: 'out' | 'err'): PassThrough {
  const stream = new PassThrough();
  stream.on('data', (piece: Buffer) => (text[key] += piece.toString()));
  return stream;
}

function run(...args: string[]): Promise<number> {
  return runCommandLine(args, {
    version: '1.2.3',
    createEngine: (given) => {
      options = given;
      return Promise.resolve(refusal === null ? ok(engine) : { ok: false, error: refusal });
    },
    startUi: async (_engine, { host, port }) => {
      uiAddresses.push(`${host}:${port}`);
      // It takes a turn of the event loop, as listening does.
      await new Promise((resolve) => setImmediate(resolve));
      return uiAnswers.shift() ?? ui();
    },
    openBrowser: (url) => opened.push(url),
    stdout: collect('out'),
    stderr: collect('err'),
    env: { XDG_CONFIG_HOME: '/config' },
    onStop: (given) => (stop = given),
    onReload: (given) => (reload = given),
  });
}

const events = () =>
  text.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const untilSaid = (part: string) => vi.waitUntil(() => text.out.includes(part));

beforeEach(() => {
  engine = new ScriptedEngine();
  options = null;
  refusal = null;
  uiAnswers = [];
  uiAddresses = [];
  opened = [];
  text = { out: '', err: '' };
});

describe('serve --json', () => {
  it('tells both addresses before a client that comes as soon as it can', async () => {
    const listen = engine.listen.bind(engine);
    vi.spyOn(engine, 'listen').mockImplementation(async (host, port) => {
      const listening = await listen(host, port);
      setImmediate(() => engine.state(replyFact()));
      return listening;
    });
    const exit = run('serve', '--json', '--ui');
    await untilSaid('"request"');
    stop();
    await exit;
    expect(events().map(({ event }) => event)).toEqual(['listening', 'ui', 'request']);
  });

  it('closes the window again where the server cannot listen', async () => {
    const close = vi.fn(() => Promise.resolve());
    uiAnswers = [ui({ close })];
    vi.spyOn(engine, 'listen').mockResolvedValue(fail('NET_PORT_IN_USE', { host: '127.0.0.1', port: 8080 }));
    expect(await run('serve', '--json', '--ui')).toBe(1);
    expect(close).toHaveBeenCalledOnce();
  });

  it('tells the address first, then the window, then what happens', async () => {
    const exit = run('serve', '--json', '--ui', '--listen', '127.0.0.1:0');
    await untilSaid('"ui"');
    engine.state(replyFact());
    engine.state(tripFact());
    engine.notice({ code: 'CAP_WRITE_FAILED', detail: { reason: 'ENOSPC' } });
    stop();
    expect(await exit).toBe(0);
    expect(events()[0]).toEqual({ event: 'listening', address: '127.0.0.1', port: 45678, mode: 'server' });
    expect(events()[1]).toEqual({ event: 'ui', url: 'http://127.0.0.1:4174/#token=t' });
    expect(
      events()
        .slice(2)
        .map(({ event }) => event),
    ).toEqual(['request', 'guard.trip', 'notice']);
  });

  it('tells the address first even where something went wrong before', async () => {
    engine.onNotice = (listener) => {
      listener({ code: 'CFG_SAVE_FAILED', detail: { path: 'x', reason: 'EACCES' } });
      return () => undefined;
    };
    const exit = run('serve', '--json', '--ui');
    await untilSaid('notice');
    stop();
    await exit;
    expect(events().map(({ event }) => event)).toEqual(['listening', 'ui', 'notice']);
  });

  it('leaves requests under way so much time that it ends within three seconds', async () => {
    const exit = run('serve', '--json');
    await untilSaid('listening');
    stop();
    await exit;
    expect(engine.closedWithMs).toBe(2500);
  });

  it('ends with 1, and at once, where closing fails', async () => {
    engine.close = () => Promise.reject(new Error('EIO'));
    const exit = run('serve', '--json');
    await untilSaid('listening');
    stop();
    expect(await exit).toBe(1);
  });

  it('says in one sentence why it cannot listen, and closes what it opened', async () => {
    engine.listenFailure = { code: 'NET_PORT_IN_USE', detail: { host: '127.0.0.1', port: 8080 } };
    expect(await run('serve', '--json', '--ui')).toBe(1);
    expect(text.err).toBe(
      'bytescope: Port 8080 on 127.0.0.1 is already in use. Stop the program that listens there, or choose another port.\n',
    );
    expect(engine.closedWithMs).not.toBeNull();
  });
});

describe('serve for people', () => {
  it('says where it listens and what to try', async () => {
    const exit = run('serve', '--listen', '0.0.0.0:81');
    await untilSaid('Try');
    stop();
    await exit;
    expect(text.out).toBe('Listening on http://0.0.0.0:81\nTry: curl http://127.0.0.1:81/anything\n');
  });

  it('tells addresses only with --quiet', async () => {
    const exit = run('serve', '--quiet');
    await untilSaid('Try');
    engine.state(replyFact());
    stop();
    await exit;
    expect(text.out).not.toContain('/health');
  });

  it('keeps the window where the server cannot listen, so that another address can be chosen', async () => {
    engine.listenFailure = { code: 'NET_PORT_IN_USE', detail: { host: '127.0.0.1', port: 8080 } };
    const exit = run('serve', '--ui');
    await untilSaid('Window: http://127.0.0.1:4174/#token=t');
    stop();
    expect(await exit).toBe(0);
    expect(text.err).toContain('Port 8080 on 127.0.0.1 is already in use.');
  });

  it('puts notices on standard error', async () => {
    const exit = run('serve');
    await untilSaid('Try');
    engine.notice({ code: 'CAP_WRITE_FAILED', detail: { reason: 'ENOSPC' } });
    stop();
    await exit;
    expect(text.err).toContain('ENOSPC');
  });
});

describe('the proxy modes', () => {
  const servers = (...urls: string[]): ProxyState => {
    const read = configOfUrls(urls);
    return { ...DEFAULT_PROXY_STATE, mode: 'reverse', config: read.ok ? read.value : null };
  };
  const listeningLines = async (proxy: ProxyState): Promise<string[]> => {
    engine.proxy = proxy;
    const exit = run('serve', '--quiet', '--listen', '127.0.0.1:81');
    await untilSaid('Try');
    stop();
    await exit;
    return text.out.trim().split('\n');
  };

  it.each<[string, ProxyState, string, string]>([
    [
      'where requests go',
      servers('http://a', 'https://b'),
      'Listening on http://127.0.0.1:81, passes requests on to http://a, https://b',
      'Try: curl http://127.0.0.1:81/',
    ],
    [
      'some of many servers',
      servers('1', '2', '3', '4', '5'),
      'Listening on http://127.0.0.1:81, passes requests on to http://127.0.0.1:1, http://127.0.0.1:2, http://127.0.0.1:3 and 2 more',
      'Try: curl http://127.0.0.1:81/',
    ],
    [
      'that it is a forward proxy, and for whom it takes TLS off',
      {
        ...DEFAULT_PROXY_STATE,
        mode: 'forward',
        forward: { allow: [], allowPrivate: false, intercept: ['*.example.com'], insecure: ['dev.example.com'] },
      },
      'Listening on http://127.0.0.1:81 as a forward proxy, intercepts *.example.com, verifies no certificate of dev.example.com',
      'Try: curl -x http://127.0.0.1:81 http://example.com/',
    ],
    [
      'that it speaks SOCKS5',
      { ...DEFAULT_PROXY_STATE, mode: 'socks', tls: { kind: 'local-ca' } },
      'Listening on 127.0.0.1:81 as a SOCKS5 proxy',
      'Try: curl --socks5-hostname 127.0.0.1:81 http://example.com/',
    ],
    [
      'where a tunnel leads',
      { ...DEFAULT_PROXY_STATE, mode: 'tunnel', tunnelTo: 'db:5432' },
      'Listening on 127.0.0.1:81, leads every connection to db:5432',
      'Try: nc 127.0.0.1 81',
    ],
    [
      'that it speaks TLS, and what to trust',
      { ...DEFAULT_PROXY_STATE, tls: { kind: 'local-ca' }, ca: { path: '/home/u/ca.pem' } as LocalCa },
      'Listening on https://127.0.0.1:81',
      'Try: curl --cacert /home/u/ca.pem https://127.0.0.1:81/anything',
    ],
  ])('the first line says %s', async (_name, proxy, first, second) => {
    expect(await listeningLines(proxy)).toEqual([first, second]);
  });

  it('the first event names the mode and what is behind it', async () => {
    engine.proxy = servers('http://a');
    const exit = run('serve', '--json');
    await untilSaid('listening');
    stop();
    await exit;
    expect(events()[0]).toMatchObject({ event: 'listening', mode: 'reverse', to: ['http://a'] });
  });

  it('are asked of the engine as the flags have them', async () => {
    const exit = run('serve', '--quiet', '--upstream', '3000', '--tls', 'c,k', '--ca', '/keys');
    await untilSaid('Try');
    stop();
    await exit;
    const tls = { kind: 'own', certificatePath: 'c', keyPath: 'k' };
    expect(options?.proxy).toEqual({ mode: 'reverse', upstreams: ['3000'], tls });
    expect(options?.caPath).toBe('/keys');
  });

  it('keep their CA next to the settings of the desktop window', async () => {
    const exit = run('serve', '--quiet');
    await untilSaid('Try');
    stop();
    await exit;
    expect(options?.caPath).toMatch(/ytescope[/\\]local-ca$/);
  });

  it('that cannot be started end with 1 and every mistake as a sentence', async () => {
    const mistakes = 'a: it is wrong.\nb: it is wrong too.';
    refusal = { code: 'CFG_PROXY', detail: { mistake: 'a: it is wrong (and 1 more)', mistakes } };
    expect(await run('serve', '--config', 'c.json')).toBe(1);
    expect(text.err).toMatch(
      /^bytescope: The proxy configuration cannot be used: a: it is wrong \(and 1 more\)\. .*\n {2}b: it is wrong too\.\n$/,
    );
  });

  it('asked for by flags that are wrong end with 2, and nothing is started', async () => {
    expect(await run('serve', '--upstream', 'ftp://a')).toBe(2);
    expect(text.err).toMatch(/^bytescope: --upstream ftp:\/\/a: it begins with http:\/\/ or https:\/\/\. /);
    expect(options).toBeNull();
  });
});

describe('a hangup', () => {
  const fromFile: ProxyState = { ...DEFAULT_PROXY_STATE, configPath: '/etc/proxy.json' };

  it('stops where the configuration came from no file', async () => {
    const exit = run('serve', '--quiet');
    await untilSaid('Try');
    expect(reload()).toBe(false);
    stop();
    await exit;
    expect(engine.calls).toEqual([]);
  });

  it('has the file read again, says so, and leaves no viewer behind', async () => {
    engine.proxy = fromFile;
    const exit = run('serve', '--quiet');
    await untilSaid('Try');
    expect(reload()).toBe(true);
    await untilSaid('/etc/proxy.json was read again: 0 upstreams, 0 servers');
    stop();
    await exit;
    expect(engine.calls).toEqual([{ name: 'proxy.change', params: { configPath: '' } }]);
    expect(engine.viewerCount).toBe(0);
  });

  it('is an event of its own', async () => {
    engine.proxy = fromFile;
    const exit = run('serve', '--json');
    await untilSaid('listening');
    reload();
    await untilSaid('reloaded');
    stop();
    await exit;
    expect(events()[1]).toEqual({ event: 'reloaded', path: '/etc/proxy.json', to: [] });
  });

  it('says everything that is wrong with the file, and goes on', async () => {
    const mistakes = 'a: it is wrong.\nb: it is wrong too.';
    const error: Failure = { code: 'CFG_PROXY', detail: { mistake: 'a: it is wrong (and 1 more)', mistakes } };
    engine = new ScriptedEngine({ 'proxy.change': () => ({ ok: false, error }) });
    engine.proxy = fromFile;
    const exit = run('serve', '--json');
    await untilSaid('listening');
    reload();
    await untilSaid('notice');
    stop();
    expect(await exit).toBe(0);
    expect(events()[1]).toMatchObject({ event: 'notice', code: 'CFG_PROXY', mistakes: mistakes.split('\n') });
  });
});

describe('the window', () => {
  const taken = fail('NET_PORT_IN_USE', { host: '127.0.0.1', port: 4174 });

  it('takes any port where its own is taken and none was asked for', async () => {
    uiAnswers = [taken];
    const exit = run('serve', '--ui', '--quiet');
    await untilSaid('Window');
    stop();
    expect(await exit).toBe(0);
    expect(uiAddresses).toEqual(['127.0.0.1:4174', '127.0.0.1:0']);
  });

  it('is refused a port that was asked for and is taken', async () => {
    uiAnswers = [taken];
    expect(await run('serve', '--ui', '4174')).toBe(1);
    expect(text.err).toContain('Port 4174 on 127.0.0.1 is already in use.');
    expect(engine.closedWithMs).not.toBeNull();
  });

  it('is opened on request', async () => {
    const exit = run('serve', '--open');
    await untilSaid('Window');
    stop();
    await exit;
    expect(opened).toEqual(['http://127.0.0.1:4174/#token=t']);
  });

  it('comes with a warning where other machines reach it', async () => {
    uiAnswers = [ui({ isLocal: false })];
    const exit = run('serve', '--ui', '0.0.0.0:4174');
    await untilSaid('Window');
    stop();
    await exit;
    expect(text.err).toMatch(/can be reached from other machines/);
  });

  it('closes with the program', async () => {
    const close = vi.fn(() => Promise.resolve());
    uiAnswers = [ui({ close })];
    const exit = run('serve', '--ui');
    await untilSaid('Window');
    stop();
    await exit;
    expect(close).toHaveBeenCalledOnce();
  });
});

describe('the settings file', () => {
  const settingsPathFor = async (...flags: string[]) => {
    const exit = run('serve', '--quiet', ...flags);
    await untilSaid('Listening');
    stop();
    await exit;
    return options?.settingsPath;
  };

  it('is neither read nor written unless asked for', async () => {
    expect(await settingsPathFor()).toBeNull();
  });

  it('is the one of the window where none is named', async () => {
    expect(await settingsPathFor('--settings')).toMatch(/ytescope[/\\]settings\.json$/);
  });

  it('is the one named', async () => {
    expect(await settingsPathFor('--settings', '/tmp/mine.json')).toBe('/tmp/mine.json');
  });
});

describe('other commands', () => {
  it('a wrong flag is one sentence, a hint and exit code 2', async () => {
    expect(await run('serve', '--colour')).toBe(2);
    expect(text.err).toBe('bytescope: There is no flag "--colour". bytescope --help lists the commands and flags.\n');
    expect(options).toBeNull();
  });

  it('--version tells the version', async () => {
    expect(await run('--version')).toBe(0);
    expect(text.out).toBe('bytescope 1.2.3\n');
  });

  it('--help goes to standard output', async () => {
    expect(await run('--help')).toBe(0);
    expect(text.out).toContain('bytescope serve [flags]');
  });
});
