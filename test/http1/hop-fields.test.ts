import { expect, it } from 'vitest';
import { FieldLines } from '../../src-main/http1/fields';
import { roleOf, roleOfLine, type FieldRole } from '../../src-main/http1/hop-fields';

const lineOf = (name: string): FieldLines =>
  new FieldLines(`${name}: 1\r\n\r\n`, Int32Array.of(0, name.length, name.length + 2, name.length + 3), 0, 1);

const ROLES: readonly (readonly [name: string, role: FieldRole])[] = [
  ['keep-alive', 'hop'],
  ['proxy-connection', 'hop'],
  ['proxy-authenticate', 'hop'],
  ['proxy-authorization', 'hop'],
  ['proxy-authentication-info', 'hop'],
  ['http2-settings', 'hop'],
  ['connection', 'connection'],
  ['te', 'te'],
  ['upgrade', 'upgrade'],
  ['transfer-encoding', 'coding'],
  ['content-length', 'length'],
  ['host', 'host'],
  ['expect', 'expect'],
  ['max-forwards', 'max-forwards'],
  ['x-forwarded-for', 'x-forwarded-for'],
  ['x-forwarded-host', 'x-forwarded-host'],
  ['x-forwarded-port', 'x-forwarded-port'],
  ['x-forwarded-proto', 'x-forwarded-proto'],
  ['forwarded', 'forwarded'],
  ['x-real-ip', 'claim'],
  ['x_real_ip', 'claim'],
  ['x-forwarded-by-anyone', 'claim'],
  ['x_forwarded_for', 'claim'],
  ['x-forwarded_proto', 'claim'],
  [`x-forwarded-${'long-'.repeat(20)}`, 'claim'],
  ['date', 'date'],
  ['dat', 'end-to-end'],
  ['dato', 'end-to-end'],
  ['hose', 'end-to-end'],
  ['content-lengths', 'end-to-end'],
  ['content_length', 'end-to-end'],
  ['x-forwarder-for', 'end-to-end'],
  ['x', 'end-to-end'],
];

it.each(ROLES)('%s has its role in any spelling, by name and as a line: %s', (name, role) => {
  const capital = name.replace(/(?<![a-z])[a-z]/g, (letter) => letter.toUpperCase());
  for (const spelled of [name, name.toUpperCase(), capital]) {
    expect(roleOf(spelled)).toBe(role);
    expect(roleOfLine(lineOf(spelled), 0)).toBe(role);
  }
});

it('no letter is taken for another whose low bits are the same', () => {
  for (const [name, role] of ROLES) {
    if (role === 'end-to-end') continue;
    for (let at = 0; at < name.length; at += 1) {
      const other = `${name.slice(0, at)}${String.fromCharCode(name.charCodeAt(at) ^ 0x40)}${name.slice(at + 1)}`;
      expect(roleOfLine(lineOf(other), 0), other).toBe(roleOf(other));
    }
  }
});
