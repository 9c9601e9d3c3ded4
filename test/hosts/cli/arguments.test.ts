import { describe, expect, it } from 'vitest';
import { describe as textOf } from '../../../src-main/contract/errors';
import { SETTING_NAMES } from '../../../src-main/contract/settings';
import { parseCommand, type ServeOptions } from '../../../src-main/hosts/cli/arguments';
import { FLAG_NAMES } from '../../../src-main/hosts/cli/flags';
import { helpText } from '../../../src-main/hosts/cli/help';

function serveOptions(...args: string[]): ServeOptions {
  const command = parseCommand(['serve', ...args]);
  if (!command.ok || command.value.kind !== 'serve') throw new Error('not a serve command');
  return command.value.options;
}

function mistake(...args: string[]): string {
  const command = parseCommand(args);
  if (command.ok) throw new Error('no mistake');
  return textOf(command.error).title;
}

describe('serve', () => {
  it('takes defaults for everything', () => {
    expect(serveOptions()).toEqual({
      listen: null,
      ui: { asked: false },
      open: false,
      settings: {},
      preset: null,
      settingsFile: { asked: false },
      journalPath: null,
      replyMode: 'default',
      output: 'lines',
    });
  });

  it('reads every flag', () => {
    const args =
      '--listen [::1]:0 --ui 127.0.0.1:9 --open --set headTimeoutMs=500 --set bucketCapacity=off --journal j.pcapng --reply echo --settings s.json --json --preset nginx';
    expect(serveOptions(...args.split(' '))).toEqual({
      listen: { host: '::1', port: 0 },
      ui: { asked: true, value: { host: '127.0.0.1', port: 9 } },
      open: true,
      settings: { headTimeoutMs: 500, bucketCapacity: null },
      preset: 'nginx',
      settingsFile: { asked: true, value: 's.json' },
      journalPath: 'j.pcapng',
      replyMode: 'echo',
      output: 'json',
    });
  });

  it('takes a port alone for the loopback address', () => {
    expect(serveOptions('--listen', '0').listen).toEqual({ host: '127.0.0.1', port: 0 });
    expect(serveOptions('--listen=9000').listen).toEqual({ host: '127.0.0.1', port: 9000 });
  });

  it.each([[['--ui']], [['--ui', '--json']], [['--json', '--ui']], [['--ui=']]])('takes --ui alone: %j', (args) => {
    expect(serveOptions(...args).ui).toEqual({ asked: true, value: null });
  });

  it('opens a window where there is one to open', () => {
    expect(serveOptions('--open').ui).toEqual({ asked: true, value: null });
  });

  it('lets the last of two flags count, and the last of two values of a setting', () => {
    expect(serveOptions('--listen', '1', '--listen', '2').listen?.port).toBe(2);
    expect(serveOptions('--set', 'maxBodyBytes=1', '--set', 'maxBodyBytes=2').settings).toEqual({ maxBodyBytes: 2 });
  });

  it('reads units, switches, choices and texts', () => {
    const args = [
      'headTimeoutMs=2s',
      'maxBodyBytes=64MiB',
      'acceptBareLf=on',
      'onHeadTimeout=close',
      'requestCosts=1 POST=5',
    ];
    expect(serveOptions(...args.flatMap((text) => ['--set', text])).settings).toEqual({
      headTimeoutMs: 2_000,
      maxBodyBytes: 64 * 1024 ** 2,
      acceptBareLf: true,
      onHeadTimeout: 'close',
      requestCosts: '1 POST=5',
    });
  });

  it('switches a setting off by "off" and "null"', () => {
    expect(serveOptions('--set', 'maxConnections=null', '--set', 'idleTimeoutMs=off').settings).toEqual({
      maxConnections: null,
      idleTimeoutMs: null,
    });
  });
});

describe('mistakes', () => {
  it.each([
    [[], 'There is no command; the one there is: serve.'],
    [['sevre'], 'There is no command "sevre"; the one there is: serve.'],
    [['serve', 'now'], 'The command serve takes flags only, not "now".'],
    [['serve', '--lisen', '1'], 'There is no flag "--lisen".'],
    [['serve', '-x'], 'There is no flag "-x".'],
    [['serve', '--listen'], 'The flag --listen needs a value: --listen HOST:PORT.'],
    [['serve', '--set', '--json'], 'The flag --set needs a value: --set NAME=VALUE.'],
    [['serve', '--json=yes'], 'The flag --json takes no value.'],
    [['serve', '--listen', 'localhost'], '"localhost" is not an address to listen on.'],
    [['serve', '--ui', 'a:99999'], '"a:99999" is not an address to listen on.'],
    [['serve', '--reply', 'shout'], 'The flag --reply takes "default" or "echo", not "shout".'],
    [['serve', '--set', 'headTimeoutMs'], 'The flag --set takes NAME=VALUE, not "headTimeoutMs".'],
    [['serve', '--set', 'headTimeout=1'], 'There is no setting named "headTimeout".'],
    [['serve', '--set', 'headTimeoutMs=soon'], 'headTimeoutMs takes a number, not "soon".'],
    [['serve', '--set', 'headTimeoutMs=1'], 'headTimeoutMs cannot be 1: it starts at 10.'],
    [['serve', '--preset', 'iis'], 'There is no preset named "iis".'],
    [['serve', '--preset'], 'The flag --preset needs a value: --preset NAME.'],
    [['serve', '--set', 'acceptBareLf=perhaps'], 'acceptBareLf is on or off, not "perhaps".'],
    [['serve', '--set', 'onHeadTimeout=409'], 'onHeadTimeout cannot be "409".'],
    [
      ['serve', '--set', 'rateKeyField=a b'],
      'rateKeyField cannot take this text: it is not a field name (RFC 9110 §5.1).',
    ],
    [['serve', '--set', 'maxHeadBytes=off'], 'maxHeadBytes cannot be switched off.'],
  ])('%j is told as one sentence', (args, sentence) => {
    expect(mistake(...args)).toBe(sentence);
  });

  it('in the shape of the command line have one code, and those in a value the code of the value', () => {
    expect(parseCommand(['serve', '--lisen'])).toMatchObject({ ok: false, error: { code: 'CFG_FLAG' } });
    expect(parseCommand(['serve', '--set', 'x=1'])).toMatchObject({
      ok: false,
      error: { code: 'CFG_UNKNOWN_SETTING' },
    });
  });

  it('repeats what was typed without its terminal escapes', () => {
    expect(mistake('serve', '--\x1b[2J')).not.toContain('\x1b');
  });
});

describe('help', () => {
  it.each([[['--help']], [['-h']], [['help']], [['serve', '--help']], [['serve', '--json', '--help']]])(
    'is asked for by %j',
    (args) => expect(parseCommand(args)).toEqual({ ok: true, value: { kind: 'help' } }),
  );

  it('lists every flag and every setting', () => {
    const text = helpText();
    for (const name of FLAG_NAMES) expect(text).toContain(`--${name}`);
    for (const name of SETTING_NAMES) expect(text).toContain(`${name}=`);
  });

  it('fits in 100 columns', () => {
    const longest = Math.max(
      ...helpText()
        .split('\n')
        .map((line) => line.length),
    );
    expect(longest).toBeLessThanOrEqual(100);
  });
});

it('the version is asked for by --version and -v', () => {
  expect(parseCommand(['--version'])).toEqual({ ok: true, value: { kind: 'version' } });
  expect(parseCommand(['-v'])).toEqual({ ok: true, value: { kind: 'version' } });
});
