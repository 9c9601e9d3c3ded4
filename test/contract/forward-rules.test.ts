import { describe, expect, it } from 'vitest';
import {
  allowProblem,
  forwardMistakes,
  hostPatternProblem,
  plainForwardRules,
  tunnelTarget,
} from '../../src-main/contract/forward-rules';
import { sentenceOf } from '../../src-main/contract/proxy-mistakes';
import { DEFAULT_PROXY_STATE, MAX_FORWARD_ENTRIES } from '../../src-main/contract/proxy-state';

const none = DEFAULT_PROXY_STATE.forward;

it('nobody is let in, nothing is intercepted, and every certificate is verified, until it is said otherwise', () => {
  expect(none).toEqual({ allow: [], allowPrivate: false, intercept: [], insecure: [] });
});

describe('hosts to intercept, or whose certificate is not verified', () => {
  it.each(['*', 'example.com', '*.example.com', '*.com', 'EXAMPLE.com.', 'localhost', '10.0.0.1', '[::1]', 'a_b.c'])(
    'may be %s',
    (text) => expect(hostPatternProblem(text)).toBeNull(),
  );

  it.each([
    '',
    '**',
    '*.',
    '*.*',
    'a.*',
    '*a',
    'http://a',
    'a/',
    'a?',
    'a#',
    'a b',
    'u@a',
    'a:80',
    '*.10.0.0.1',
    '*.[::1]',
    '::1',
    'ä',
  ])('cannot be %j', (text) =>
    expect(hostPatternProblem(text)).toBe(
      'it is a host such as example.com, all below one such as *.example.com, or *',
    ),
  );
});

it('clients let in are ranges or single addresses', () => {
  expect(['10.0.0.0/8', '192.0.2.1', '2001:db8::/32', '::1'].map(allowProblem)).toEqual([null, null, null, null]);
  expect(allowProblem('10.0.0.1/8')).toMatch(/^the address has bits set/);
  expect(allowProblem('localhost')).toMatch(/^this is no address/);
});

it('mistakes are told with the entry they are in, and a list that is too long by its length', () => {
  const rules = { allow: ['::1', 'x'], allowPrivate: false, intercept: ['y y'], insecure: ['a', 'b/'] };
  expect(forwardMistakes(rules).map(sentenceOf)).toEqual([
    'allow[1]: this is no address and no range such as 10.0.0.0/8 or 2001:db8::/32.',
    'intercept[0]: it is a host such as example.com, all below one such as *.example.com, or *.',
    'insecure[1]: it is a host such as example.com, all below one such as *.example.com, or *.',
  ]);
  const many = Array.from({ length: MAX_FORWARD_ENTRIES + 1 }, () => 'x');
  expect(forwardMistakes({ ...none, allow: many, insecure: many }).map(sentenceOf)).toEqual([
    'allow: it takes at most 100 entries.',
    'insecure: it takes at most 100 entries.',
  ]);
  const long = { ...none, intercept: ['a'.repeat(256)] };
  expect(forwardMistakes(long).map(sentenceOf)).toEqual(['intercept[0]: it is longer than 255 characters.']);
});

it('rules in one spelling are the same rules', () => {
  const rules = {
    allow: ['::1', '::1'],
    allowPrivate: true,
    intercept: ['A.b', '*.A.b', 'a.B.'],
    insecure: ['*', '*'],
  };
  const plain = { allow: ['::1'], allowPrivate: true, intercept: ['a.b', '*.a.b'], insecure: ['*'] };
  expect(plainForwardRules(rules)).toEqual(plain);
  expect(plainForwardRules(plain)).toEqual(plain);
});

describe('a tunnel', () => {
  it.each([
    ['db:5432', 'db:5432'],
    ['DB.example.:1', 'db.example.:1'],
    ['5432', '127.0.0.1:5432'],
    ['[::1]:65535', '[::1]:65535'],
    ['10.0.0.1:22', '10.0.0.1:22'],
  ])('may lead to %s', (text, target) => expect(tunnelTarget(text)).toBe(target));

  it.each(['', 'db', 'db:', 'db:0', 'db:65536', '::1:80', '127.1:80', 'a b:1', 'http://a:1', 'a:1/x', 'u@a:1'])(
    'cannot lead to %j',
    (text) => expect(tunnelTarget(text)).toBeNull(),
  );
});
