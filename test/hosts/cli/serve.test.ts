import { PassThrough } from 'node:stream';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { EngineOptions } from '../../../src-main/contract/engine';
import { fail, ok, type Result } from '../../../src-main/contract/errors';
import { runCommandLine } from '../../../src-main/hosts/cli/command-line';
import type { UiHost } from '../../../src-main/hosts/cli/serve';
import { replyFact, tripFact } from '../../support/facts';
import { ScriptedEngine } from '../../support/scripted-engine';

let engine: ScriptedEngine;
let options: EngineOptions | null;
let uiAnswers: Result<UiHost>[];
let uiAddresses: string[];
let opened: string[];
let stop: () => void;
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
      return Promise.resolve(ok(engine));
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
    expect(events()[0]).toEqual({ event: 'listening', address: '127.0.0.1', port: 45678 });
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
