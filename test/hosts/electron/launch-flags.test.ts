import { expect, it } from 'vitest';
import { launchFlags } from '../../../src-main/hosts/electron/launch-flags';

it.each([
  [[], []],
  [
    ['/project', '--listen', '127.0.0.1:0', '--set', 'a=1', '--set=b=2'],
    ['--listen=127.0.0.1:0', '--set=a=1', '--set=b=2'],
  ],
  [['--no-sandbox', '--inspect=0', '--remote-debugging-port=0', '/project'], []],
  [
    ['--user-data-dir=/tmp/x', '--reply', 'echo', '--ozone-platform=headless', '--journal=/tmp/a b.pcapng'],
    ['--reply=echo', '--journal=/tmp/a b.pcapng'],
  ],
  [['--listen'], ['--listen']],
  [
    [
      '--mode',
      'forward',
      '--no-sandbox',
      '--intercept=*',
      '--insecure',
      'a',
      '--allow',
      '::1',
      '--allow-private',
      '--ca',
      '/tmp/ca',
    ],
    ['--mode=forward', '--intercept=*', '--insecure=a', '--allow=::1', '--allow-private', '--ca=/tmp/ca'],
  ],
  [
    ['--tls', '--no-sandbox', '--upstream', '1', '--upstream', '2', '--config', 'c', '--tunnel-to', 'a:1', '--tls'],
    ['--tls=', '--upstream=1', '--upstream=2', '--config=c', '--tunnel-to=a:1', '--tls='],
  ],
])('takes our flags out of %j', (args, flags) => {
  expect(launchFlags(args)).toEqual(flags);
});
