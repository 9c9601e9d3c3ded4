import { describe, expect, it } from 'vitest';
import { describe as textOf } from '../../../src-main/contract/errors';
import { MODE_NAMES } from '../../../src-main/contract/modes';
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
      proxy: {},
      caPath: null,
      output: 'lines',
    });
  });

  it('reads every flag', () => {
    const args =
      '--listen [::1]:0 --ui 127.0.0.1:9 --open --set headTimeoutMs=500 --set bucketCapacity=off --journal j.pcapng --reply echo --settings s.json --json --preset nginx --mode reverse --config c.json --tls --ca keys';
    expect(serveOptions(...args.split(' '))).toEqual({
      listen: { host: '::1', port: 0 },
      ui: { asked: true, value: { host: '127.0.0.1', port: 9 } },
      open: true,
      settings: { headTimeoutMs: 500, bucketCapacity: null },
      preset: 'nginx',
      settingsFile: { asked: true, value: 's.json' },
      journalPath: 'j.pcapng',
      replyMode: 'echo',
      proxy: { mode: 'reverse', configPath: 'c.json', tls: { kind: 'local-ca' } },
      caPath: 'keys',
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

describe('the proxy modes', () => {
  const proxyOf = (line: string) => serveOptions(...line.split(' ')).proxy;

  it.each<[string, object]>([
    ['--mode forward', { mode: 'forward' }],
    ['--mode socks', { mode: 'socks' }],
    ['--upstream 3000 --upstream https://b', { mode: 'reverse', upstreams: ['3000', 'https://b'] }],
    ['--config c.json', { mode: 'reverse', configPath: 'c.json' }],
    ['--tunnel-to db:5432', { mode: 'tunnel', tunnelTo: 'db:5432' }],
    ['--intercept a.b --intercept *', { mode: 'forward', forward: { intercept: ['a.b', '*'] } }],
    ['--insecure a.b --insecure *', { mode: 'forward', forward: { insecure: ['a.b', '*'] } }],
    ['--intercept * --insecure *.b', { mode: 'forward', forward: { intercept: ['*'], insecure: ['*.b'] } }],
    ['--mode socks --allow ::1 --allow-private', { mode: 'socks', forward: { allow: ['::1'], allowPrivate: true } }],
    ['--allow 10.0.0.0/8', { forward: { allow: ['10.0.0.0/8'] } }],
    ['--tls', { tls: { kind: 'local-ca' } }],
    ['--tls a.crt,a.key', { tls: { kind: 'own', certificatePath: 'a.crt', keyPath: 'a.key' } }],
    ['--tls --upstream 3000', { mode: 'reverse', upstreams: ['3000'], tls: { kind: 'local-ca' } }],
  ])('%s', (line, proxy) => {
    expect(proxyOf(line)).toEqual(proxy);
  });

  it.each([
    ['--mode backwards', 'The flag --mode takes server, reverse, forward, socks, tunnel, not "backwards".'],
    ['--upstream 1 --config c', 'The flags --upstream and --config both say where requests go: give one of them.'],
    ['--mode forward --upstream 1', 'The flag --upstream belongs to the reverse mode, and --mode is forward.'],
    [
      '--upstream 1 --tunnel-to a:1',
      'The flag --tunnel-to belongs to the tunnel mode, and --upstream means the reverse mode.',
    ],
    [
      '--upstream 1 --allow ::1',
      'The flag --allow belongs to the forward and the socks mode, and --upstream means the reverse mode.',
    ],
    ['--mode socks --tls', 'The flag --tls belongs to the server and the reverse mode, and --mode is socks.'],
    ['--tls a.pem', 'The flag --tls takes two files with a comma between them, CERT,KEY, not "a.pem".'],
    ['--tls a,b,c', 'The flag --tls takes two files with a comma between them, CERT,KEY, not "a,b,c".'],
    ['--tunnel-to db', 'The flag --tunnel-to takes HOST:PORT, not "db".'],
    [
      '--allow 10.0.0.1/8',
      'The flag --allow cannot take "10.0.0.1/8": the address has bits set that its prefix leaves open; set them to 0, or leave "/" out to mean one address.',
    ],
    [
      '--intercept a/b',
      'The flag --intercept cannot take "a/b": it is a host such as example.com, all below one such as *.example.com, or *.',
    ],
    [
      '--insecure https://a',
      'The flag --insecure cannot take "https://a": it is a host such as example.com, all below one such as *.example.com, or *.',
    ],
    ['--mode socks --insecure a', 'The flag --insecure belongs to the forward mode, and --mode is socks.'],
    ['--upstream', 'The flag --upstream needs a value: --upstream URL.'],
    ['--allow-private=1', 'The flag --allow-private takes no value.'],
  ])('%s is told as one sentence', (line, sentence) => {
    expect(mistake('serve', ...line.split(' '))).toBe(sentence);
  });

  it('every server that is wrong is told', () => {
    expect(mistake('serve', '--upstream', 'ftp://a', '--upstream', '3000', '--upstream', 'http://b/c')).toBe(
      '--upstream ftp://a: it begins with http:// or https://. --upstream http://b/c: leave out what follows the host and port; routes say which paths go where.',
    );
  });

  it('lists are no longer than they may be', () => {
    const many = Array.from({ length: 101 }, () => ['--allow', '::1']).flat();
    expect(mistake('serve', ...many)).toBe('The flag --allow can be given 100 times at most.');
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

  it('tells every mode', () => {
    for (const mode of MODE_NAMES) expect(helpText()).toContain(`\n  ${mode} `);
  });

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
