import { execFileSync } from 'node:child_process';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import {
  CA_INSTALL_NAMES,
  caInstall,
  filledSteps,
  type CaDescription,
  type CaStep,
  type Shell,
} from '../../src-main/contract/ca-install';

const CA: CaDescription = {
  pem: '',
  path: '/home/me/My files/ca.pem',
  subject: 'CN=a',
  fingerprintSha256: 'AB:CD',
  fingerprintSha1: 'ABCD',
  spkiSha256: 'a+b/c=',
  notAfterMs: 0,
};

const ALL = CA_INSTALL_NAMES.map((name) => ({ name, ...caInstall(name) }));

const commandOf = (step: CaStep, shell: Shell, path: string): string | undefined =>
  filledSteps([step], shell, { ...CA, path })[0]?.command;

describe('the table of installs', () => {
  it('tells for each how to install and how to remove again', () => {
    expect(ALL.filter(({ install, remove }) => install.length === 0 || remove.length === 0)).toEqual([]);
  });

  it.each(ALL)('has no place left open for $name, and names the certificate', ({ install, remove, shell }) => {
    const filled = filledSteps([...install, ...remove], shell, CA).flatMap((step) => Object.values(step));
    expect(filled.filter((text) => /\{\w+\}/.test(text))).toEqual([]);
    expect(filled.some((text) => text.includes(CA.path))).toBe(true);
  });

  it('writes finished sentences', () => {
    const texts = ALL.flatMap(({ install, remove }) => [...install, ...remove]).flatMap(({ text }) => text ?? []);
    expect(texts.filter((text) => !/^[A-Z].*\.$/.test(text))).toEqual([]);
  });

  it('has commands of one line', () => {
    const commands = ALL.flatMap(({ install, remove }) => [...install, ...remove]).flatMap(
      ({ command }) => command ?? [],
    );
    expect(commands.filter((command) => command.includes('\n'))).toEqual([]);
  });
});

describe('a command', () => {
  const show: CaStep = { command: 'printf %s {path}' };

  it('has its path bare where no shell reads anything into it', () => {
    expect(commandOf(show, 'posix', '/home/me/ca.pem')).toBe('printf %s /home/me/ca.pem');
  });

  it.each([
    ['posix', "/it's/ca.pem", String.raw`printf %s '/it'\''s/ca.pem'`],
    ['powershell', "C:\\it's\\ca.pem", "printf %s 'C:\\it''s\\ca.pem'"],
    ['powershell', 'C:\\it\u2019s\\ca.pem', "printf %s 'C:\\it\u2019\u2019s\\ca.pem'"],
    ['posix', '/$&/{sha1}/$(id)', "printf %s '/$&/{sha1}/$(id)'"],
  ] as const)('is quoted for %s: %s', (shell, path, command) => {
    expect(commandOf(show, shell, path)).toBe(command);
  });

  const nasty = fc.string({
    unit: fc.constantFrom(...' \'"`$(){}[]*?!#&|;<>\\~\n\taé-=/'),
    minLength: 1,
    maxLength: 20,
  });

  test.prop([nasty], { numRuns: 40 })('gives a shell the path as one word, whatever is in it', (path) => {
    const command = commandOf(show, 'posix', path) ?? '';
    expect(execFileSync('sh', ['-c', command], { encoding: 'utf8' })).toBe(path);
  });
});
