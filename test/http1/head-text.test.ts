import { afterEach, describe, expect, it } from 'vitest';
import { BugError } from '../../src-main/contract/errors';
import { STRICT_RULES, type Fields, type ParserRules } from '../../src-main/http1/events';
import { FieldLines } from '../../src-main/http1/fields';
import { HeadText, encodeLatin1ByHand, encodeLatin1With, ownLines } from '../../src-main/http1/head-text';
import { seeded } from '../support/random';
import { fieldsOf } from '../support/request-head';
import { textOf, wire } from '../support/wire-text';
import { readRequests } from './forwarding-check';

const TOLERANT: ParserRules = {
  ...STRICT_RULES,
  bareLf: true,
  obsFold: true,
  oddFieldNames: true,
  emptyFieldName: true,
};

function parsed(lines: readonly string[], end = '\r\n'): Fields {
  const text = `${['GET / HTTP/1.1', 'Host: a', ...lines].join(end)}${end}${end}`;
  const [message] = readRequests(wire(text), TOLERANT).messages;
  if (message === undefined) throw new Error('the head was not taken');
  return message.head.fields;
}

function keptOf(fields: Fields): string {
  const text = new HeadText(fields);
  text.begin('start');
  for (let line = 0; line < fields.count; line += 1) text.kept(line);
  return textOf(text.finish().bytes);
}

/** Line by line, and without any of the cunning. */
function plainly(fields: Fields): string {
  let text = 'start\r\n';
  for (let line = 0; line < fields.count; line += 1) text += `${fields.name(line)}: ${fields.value(line)}\r\n`;
  return `${text}\r\n`;
}

/** A section that no parser would make. */
function forged(text: string, ...offsets: number[]): FieldLines {
  return new FieldLines(text, Int32Array.from(offsets), 0, offsets.length / 4);
}

describe('lines that are kept', () => {
  it.each<[string, readonly string[]]>([
    ['as they stand', ['A: 1', 'B: 2', 'C: 3']],
    ['without a value', ['A: 1', 'B:', 'C: ', 'D: 2']],
    ['without a space', ['A: 1', 'B:2', 'C: 3']],
    ['with more white space', ['A: 1', 'B:  2', 'C:\t3', 'D: 4 ', 'E: 5\t ', 'F: 6']],
    ['that are folded', ['A: 1', 'B: 2\r\n\t 3', 'C: 4 \r\n  \r\n 5', 'D: 6', 'E:\r\n 7', 'F: 8']],
    ['beside others that were skipped', ['A: 1', 'B(: 2', ': 3', 'C: 4']],
    ['with bytes from 0x80 on', ['A: \x80\xff\xe9', `B: ${'\xff'.repeat(100)}`, 'C: \t\x80\t'.trimEnd()]],
    ['of many lengths', Array.from({ length: 90 }, (_, at) => `N${at}: ${'x'.repeat(at)}`)],
  ])('leave with one space and CRLF, %s', (_, lines) => {
    for (const end of ['\r\n', '\n']) {
      const fields = parsed(lines, end);
      expect(keptOf(fields)).toBe(plainly(fields));
    }
  });

  it('leave the folds behind', () => {
    expect(keptOf(parsed(['B: 2\r\n\t 3', 'C: 4']))).toBe('start\r\nHost: a\r\nB: 2 3\r\nC: 4\r\n\r\n');
  });

  it.each([4_080, 65_500, 70_000, 200_000])('may be longer than the room there is: about %i bytes', (bytes) => {
    for (let more = 0; more < 24; more += 1) {
      const fields = parsed([`A: ${'a'.repeat(bytes + more)}`, 'B: 1']);
      expect(keptOf(fields) === plainly(fields), `${more}`).toBe(true);
    }
  });

  it('may be thousands', () => {
    const fields = parsed(Array.from({ length: 20_000 }, (_, at) => (at % 2 === 0 ? `A${at}: ${at}` : `B${at}:${at}`)));
    expect(keptOf(fields) === plainly(fields)).toBe(true);
  });

  it('may come by name and value alone', () => {
    const fields = fieldsOf([
      ['A', '1'],
      ['B', ''],
    ]);
    expect(keptOf(fields)).toBe('start\r\nA: 1\r\nB: \r\n\r\n');
  });
});

describe('a head', () => {
  it('is the same whatever is kept, changed, removed and added', () => {
    const random = seeded(7);
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
    for (let trial = 0; trial < 2_000; trial += 1) {
      const odd = [': 1', ':1', ':', ': \xff ', ': a\r\n b', `: ${'long '.repeat(20)}end`];
      const lines = Array.from({ length: Math.floor(random() * 9) }, (_, at) => `X${at}${pick(odd)}`);
      const fields = parsed(lines);
      const text = new HeadText(fields);
      text.begin('GET', '/', 'HTTP/1.1');
      let expected = 'GET / HTTP/1.1\r\n';
      let count = 0;
      const write = (name: string, value: string): void => {
        expected += `${name}: ${value}\r\n`;
        count += 1;
      };
      for (let line = 0; line < fields.count; line += 1) {
        const fate = random();
        if (fate < 0.7) {
          text.kept(line);
          write(fields.name(line), fields.value(line));
        } else if (fate < 0.85) {
          text.changed(line, 'other');
          write(fields.name(line), 'other');
        } else text.removed();
        if (random() < 0.2) {
          text.added('Ours', 'y'.repeat(trial % 90));
          write('Ours', 'y'.repeat(trial % 90));
        }
      }
      const { bytes, fieldsStart, fieldCount } = text.finish();
      expect(textOf(bytes)).toBe(`${expected}\r\n`);
      expect({ fieldsStart, fieldCount }).toEqual({ fieldsStart: 'GET / HTTP/1.1\r\n'.length, fieldCount: count });
    }
  });

  it('is not written over by those after it', () => {
    const valueOf = (head: number): string => `${head}`.repeat((head * 7) % 900);
    const heads = Array.from({ length: 2_000 }, (_, head) => {
      const text = new HeadText(fieldsOf([]));
      text.begin('start');
      text.added('X', valueOf(head));
      return text.finish();
    });
    for (const [head, { bytes, fieldsStart }] of heads.entries()) {
      expect(textOf(bytes) === `start\r\nX: ${valueOf(head)}\r\n\r\n`, `${head}`).toBe(true);
      expect(fieldsStart).toBe('start\r\n'.length);
    }
  });

  it('has no room in common with another that is begun meanwhile', () => {
    const outer = new HeadText(fieldsOf([]));
    outer.begin('outer');
    outer.added('A', 'a'.repeat(100));
    const broken = new HeadText(fieldsOf([]));
    expect(() => broken.begin('\n')).toThrow(BugError);
    const inner = new HeadText(fieldsOf([]));
    inner.begin('inner');
    outer.added('B', 'b'.repeat(50));
    inner.added('C', 'c');
    expect(textOf(inner.finish().bytes)).toBe('inner\r\nC: c\r\n\r\n');
    const after = new HeadText(fieldsOf([]));
    after.begin('after');
    outer.added('D', 'd');
    const head = `outer\r\nA: ${'a'.repeat(100)}\r\nB: ${'b'.repeat(50)}\r\nD: d\r\n\r\n`;
    expect(textOf(outer.finish().bytes)).toBe(head);
    expect(textOf(after.finish().bytes)).toBe('after\r\n\r\n');
  });

  it('takes lines that were made before, and counts them', () => {
    const own = ownLines([
      ['One', '1'],
      ['Two', '2'.repeat(5_000)],
    ]);
    const text = new HeadText(parsed(['X: 1']));
    text.begin('start');
    text.kept(0);
    text.addedAll(own);
    text.kept(1);
    text.addedAll(own);
    const { bytes, fieldCount } = text.finish();
    const two = `One: 1\r\nTwo: ${'2'.repeat(5_000)}\r\n`;
    expect(textOf(bytes)).toBe(`start\r\nHost: a\r\n${two}X: 1\r\n${two}\r\n`);
    expect(fieldCount).toBe(6);
  });

  it('has room for parts and lines of any length', () => {
    for (let length = 0; length < 5_000; length += 7) {
      const text = new HeadText(fieldsOf([]));
      text.begin('a', 'b'.repeat(length), '');
      text.added('N'.repeat(length + 1), 'c');
      text.added('M', 'd'.repeat(length));
      const expected = `a ${'b'.repeat(length)} \r\n${'N'.repeat(length + 1)}: c\r\nM: ${'d'.repeat(length)}\r\n\r\n`;
      expect(textOf(text.finish().bytes) === expected, `${length}`).toBe(true);
    }
  });
});

describe.each([
  ['by hand', encodeLatin1ByHand],
  ['of the platform', (text: string, into: Uint8Array, at: number) => into.set(Buffer.from(text, 'latin1'), at)],
])('what cannot be written, with the encoder %s', (_, encoder) => {
  afterEach(() => encodeLatin1With(encodeLatin1ByHand));

  const isBug = (fill: (text: HeadText) => void, fields: Fields = fieldsOf([])): void => {
    encodeLatin1With(encoder);
    expect(() => {
      const text = new HeadText(fields);
      fill(text);
      text.finish();
    }).toThrow(BugError);
  };

  const bad = ['\r', '\n', '\0', '\x7f', '\x1f', '\u0100', '\u010a', '\u0141', '\u{1f600}'];

  it.each(bad)('is a bug wherever it stands, in short texts and long: %j', (byte) => {
    for (const length of [0, 1, 2, 3, 4, 5, 30, 39, 40, 41, 42, 43, 44, 45, 300]) {
      for (let at = 0; at <= length; at += length > 45 ? 37 : 1) {
        const value = `${'a'.repeat(at)}${byte}${'\xff'.repeat(length - at)}`;
        isBug((text) => text.begin(value));
        isBug((text) => text.begin('GET', value, 'HTTP/1.1'));
        isBug((text) => text.added('X', value));
        isBug((text) => text.added(`X${value}`, ''));
        expect(() => ownLines([['X', value]])).toThrow(BugError);
        isBug((text) => text.changed(0, value), fieldsOf([['X', '']]));
        isBug((text) => text.kept(0), fieldsOf([['X', value]]));
        isBug((text) => text.kept(0), fieldsOf([[`X${value}`, '']]));
        const line = `X: ${value}\r\n\r\n`;
        isBug((text) => text.kept(0), forged(line, 0, 1, 3, 3 + value.length));
        isBug(
          (text) => text.kept(0),
          forged(`${value}: 1\r\n\r\n`, 0, value.length, value.length + 2, value.length + 3),
        );
      }
    }
  });

  it.each(['', 'a b', 'a:', 'Transfer-Encoding: chunked, x', 'a\t', '\xe4', '"'])('is a bug as a name: %j', (name) => {
    isBug((text) => text.added(name, 'v'));
    isBug((text) => text.kept(0), fieldsOf([[name, 'v']]));
    const { length } = name;
    isBug((text) => text.kept(0), forged(`${name}: v\r\n\r\n`, 0, length, length + 2, length + 3));
    isBug(
      (text) => {
        text.kept(0);
        text.kept(1);
      },
      forged(`A: 1\r\n${name}: v\r\n\r\n`, 0, 1, 3, 4, 6, 6 + length, 8 + length, 9 + length),
    );
  });
});

it('takes of each byte, wherever it stands among others, what may be content and nothing else', () => {
  const written = (value: string): string | null => {
    try {
      return keptOf(forged(`X: ${value}\r\n\r\n`, 0, 1, 3, 3 + value.length));
    } catch (error) {
      expect(error).toBeInstanceOf(BugError);
      return null;
    }
  };
  for (let byte = 0; byte <= 0xff; byte += 1) {
    const isContent = byte === 0x09 || (byte >= 0x20 && byte !== 0x7f);
    for (const beside of [' ', '~', 'a', '\x80', '\xff']) {
      for (let at = 0; at < 4; at += 1) {
        const value = `${beside.repeat(at)}${String.fromCharCode(byte)}${beside.repeat(7 - at)}`;
        expect(written(value), `${byte} at ${at}`).toBe(isContent ? `start\r\nX: ${value}\r\n\r\n` : null);
      }
    }
  }
});

describe('a section whose places are wrong', () => {
  /** Two lines; the value of the first one is said to go on into the second. */
  it('cannot smuggle a line end in', () => {
    const fields = forged('A: 1\r\nB: 2\r\n\r\n', 0, 1, 3, 10);
    const text = new HeadText(fields);
    text.begin('start');
    text.kept(0);
    expect(() => text.finish()).toThrow(BugError);
  });

  it('has its separators written, never copied', () => {
    expect(keptOf(forged('A\n\n1\0\0B: 2', 0, 1, 3, 4, 6, 7, 9, 10))).toBe('start\r\nA: 1\r\nB: 2\r\n\r\n');
  });

  it('cannot have a line end before its value', () => {
    expect(keptOf(forged('Name: value\r\n\r\n', 0, 4, 6, 2))).toBe('start\r\nName: \r\n\r\n');
  });

  it('leaves nothing of an earlier head where its text is too short', () => {
    keptOf(parsed([`Secret: ${'s'.repeat(500)}`]));
    expect(keptOf(forged('A: 1', 0, 1, 3, 90))).toBe('start\r\nA: 1\r\n\r\n');
  });
});
