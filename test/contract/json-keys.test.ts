import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { repeatedKey } from '../../src-main/contract/json-keys';

describe('a key given twice', () => {
  it.each([
    ['{"a":1,"a":2}', 'a'],
    ['{"u":{"api":{},"web":{},"api":[]}}', 'u.api'],
    ['{"u":[{"x":1},{"x":1,"y":"x","x":2}]}', 'u[1].x'],
    ['[[1,{"x":[],"x":[]}]]', '[0][1].x'],
    ['{"a":{"b":1},"b":{"a":1},"a":3}', 'a'],
    [String.raw`{"a":1,"\u0061":2}`, 'a'],
    [String.raw`{"a\"":1,"a\"":2}`, 'a"'],
  ])('is found in %s', (json, path) => {
    expect(repeatedKey(json)).toBe(path);
  });

  it.each([
    '{}',
    '[]',
    'null',
    '"a"',
    '{"a":"a","b":"a"}',
    '{"a":{"a":{"a":1}}}',
    '[{"a":1},{"a":2}]',
    '{"a":["a","a","{\\"a\\":1,\\"a\\":2}"]}',
    String.raw`{"a":"\\","b":"\\"}`,
  ])('is not seen in %s', (json) => {
    expect(repeatedKey(json)).toBeNull();
  });

  test.prop([fc.jsonValue()])('is in nothing that JSON.stringify wrote', (value) => {
    expect(repeatedKey(JSON.stringify(value))).toBeNull();
    expect(repeatedKey(JSON.stringify(value, null, 2))).toBeNull();
  });

  it('is looked for in a megabyte of text too', () => {
    expect(repeatedKey(`{"a":"${'\\n'.repeat(500_000)}","b":1,"b":2}`)).toBe('b');
  });
});
