/**
 * Reads the wire corpus: documents under test/wire in which every `##` heading is a case. See test/wire/README.md
 * for the notation.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { NO_LIMITS, STRICT_RULES, type ParserLimits, type ParserRules } from '../../src-main/http1/events.ts';
import type { ParserRole } from '../../src-main/http1/parser.ts';

export interface WireCase {
  /** `request/host.md`, and the heading: a fact. */
  readonly file: string;
  readonly fact: string;
  readonly role: ParserRole;
  readonly input: Uint8Array;
  readonly limits: ParserLimits;
  readonly answers: readonly string[];
  readonly closes: boolean;
  readonly log: readonly string[];
}

const WIRE = resolve(import.meta.dirname, '../wire');
const REPEAT = /\\repeat\((\d+),((?:[^)\\]|\\.)*)\)/g;
const ESCAPE = /\\(r|n|t|s|\\|x[0-9a-f]{2})/g;
const PLAIN_ESCAPES: Readonly<Record<string, string>> = { r: '\r', n: '\n', t: '\t', s: ' ', '\\': '\\' };

const unescape = (text: string): string =>
  text.replace(ESCAPE, (_, name: string) => PLAIN_ESCAPES[name] ?? String.fromCharCode(parseInt(name.slice(1), 16)));

/** A line break of the document is none of the input: what is sent is written out. */
export function inputBytes(block: string): Uint8Array {
  const text = block.replaceAll('\n', '').replace(REPEAT, (_, times: string, piece: string) => piece.repeat(+times));
  return Uint8Array.from(unescape(text), (character) => character.charCodeAt(0));
}

type Word = readonly [name: string, value: string];

const wordsOf = (text: string): Word[] =>
  text.split(',').map((part) => {
    const [name = '', value = ''] = part.trim().split(' ');
    return [name, value];
  });

function readLimits(text: string): Partial<ParserLimits> {
  const limits: Record<string, number> = {};
  for (const [name, value] of wordsOf(text)) {
    if (name === 'rules' || !(name in NO_LIMITS)) throw new Error(`there is no limit named "${name}"`);
    limits[name] = Number(value);
  }
  return limits;
}

/** `bareLf` alone stands for `bareLf true`. */
function readRules(text: string): ParserRules {
  const rules: Record<string, boolean | string> = { ...STRICT_RULES };
  for (const [name, value] of wordsOf(text)) {
    if (!(name in rules)) throw new Error(`there is no rule named "${name}"`);
    rules[name] = value === '' || value === 'true' ? true : value === 'false' ? false : value;
  }
  return rules as unknown as ParserRules;
}

function readCase(file: string, section: string): WireCase {
  const fact = section.slice(0, section.indexOf('\n')).trim();
  const block = (language: string): string => {
    const found = new RegExp('```' + language + '\\n([^]*?)```').exec(section);
    if (found === null) throw new Error(`${file}: "${fact}" has no ${language} block`);
    return found[1] as string;
  };
  const option = (pattern: RegExp): string | null => pattern.exec(section)?.[1] ?? null;
  const unknown = option(/^- (?!limits: |rules: |answers: |then the peer closes$)(.*)$/m);
  if (unknown !== null) throw new Error(`${file}: "${fact}" has an option nobody reads: ${unknown}`);
  const limits = option(/^- limits: (.*)$/m);
  const rules = option(/^- rules: (.*)$/m);
  return {
    file,
    fact,
    role: file.startsWith('response') ? 'response' : 'request',
    input: inputBytes(block('http')),
    limits: {
      ...NO_LIMITS,
      ...(limits === null ? {} : readLimits(limits)),
      rules: rules === null ? STRICT_RULES : readRules(rules),
    },
    answers: option(/^- answers: (.*)$/m)?.split(', ') ?? [],
    closes: /^- then the peer closes$/m.test(section),
    log: block('log')
      .split('\n')
      .filter((line) => line !== ''),
  };
}

/** The cases of each document, by its name. */
export function wireDocuments(): ReadonlyMap<string, readonly WireCase[]> {
  const files = ['request', 'response'].flatMap((folder) =>
    readdirSync(join(WIRE, folder))
      .filter((name) => name.endsWith('.md'))
      .sort()
      .map((name) => `${folder}/${name}`),
  );
  return new Map(
    files.map((file) => {
      const sections = readFileSync(join(WIRE, file), 'utf8').split(/^## /m).slice(1);
      return [file, sections.map((section) => readCase(file, section))];
    }),
  );
}
