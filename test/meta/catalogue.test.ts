import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { errorEntry, ERRORS, type ErrorCode } from '../../src-main/contract/errors';
import { REASONS } from '../../src-main/http1/reasons';
import { GUARD_NAMES, SETTINGS } from '../../src-main/contract/settings';
import { ENGINE_SOURCES, place, ROOT, SOURCES, walk, type SourceFile } from './source-files';

const CODES = Object.keys(ERRORS) as ErrorCode[];
const isCatalogue = (path: string): boolean => /^src-main\/contract\/(errors\.ts|error-tables\/)/.test(path);

const PREFIXES = ['H1_', 'WS_', 'LIM_', 'UP_', 'FWD_', 'SOCKS_', 'NET_', 'TLS_', 'CAP_', 'CFG_', 'CALL_', 'BUG_'];

const placesOf = (code: ErrorCode): string[] => {
  const { title, hint } = errorEntry(code);
  return [...`${title} ${hint}`.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
};

const isCode = (node: ts.Node | undefined): node is ts.StringLiteral =>
  node !== undefined && ts.isStringLiteral(node) && Object.hasOwn(ERRORS, node.text);

function codesNamedIn(file: SourceFile): string[] {
  const found: string[] = [];
  walk(file.tree, (node) => {
    if (isCode(node)) found.push(node.text);
  });
  return found;
}

/** The names an object literal gives; null where some of them cannot be read off it. */
function namesIn(node: ts.Node | undefined): string[] | null {
  if (node === undefined) return [];
  if (!ts.isObjectLiteralExpression(node)) return null;
  if (node.properties.some(ts.isSpreadAssignment)) return null;
  return node.properties.map((property) => property.name?.getText() ?? '');
}

/** `fail('CODE', detail)` and `{ code: 'CODE', detail }`; null for anything else. */
function failureIn(node: ts.Node): { code: ts.StringLiteral; detail: ts.Node | undefined } | null {
  if (ts.isCallExpression(node) && node.expression.getText() === 'fail') {
    const [code, detail] = node.arguments;
    return isCode(code) ? { code, detail } : null;
  }
  if (!ts.isObjectLiteralExpression(node)) return null;
  const valueOf = (name: string): ts.Node | undefined => {
    const property = node.properties.find((each) => each.name?.getText() === name);
    return property !== undefined && ts.isPropertyAssignment(property) ? property.initializer : property;
  };
  const code = valueOf('code');
  return isCode(code) ? { code, detail: valueOf('detail') } : null;
}

/** Places of a code's texts that the detail of a failure leaves empty. */
function emptyPlaces(file: SourceFile): string[] {
  const found: string[] = [];
  walk(file.tree, (node) => {
    const failure = failureIn(node);
    if (failure === null) return;
    const { code, detail } = failure;
    const given = namesIn(detail);
    if (given === null) return;
    const missing = placesOf(code.text as ErrorCode).filter((name) => !given.includes(name));
    if (missing.length > 0) found.push(`${place(file, node)}: ${code.text} lacks ${missing.join(', ')}`);
  });
  return found;
}

/** What the tests and the wire corpus say; not this file, which would find itself. */
const testTexts = (): string[] =>
  readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((path) => /(\.test\.ts|\.spec\.ts|wire\W.*\.md)$/.test(path) && !path.startsWith('meta'))
    .map((path) => readFileSync(join(ROOT, 'test', path), 'utf8'));

describe('the error catalogue', () => {
  it('holds no code that nothing raises', () => {
    const raised = new Set(ENGINE_SOURCES.filter(({ path }) => !isCatalogue(path)).flatMap(codesNamedIn));
    expect(CODES.filter((code) => !raised.has(code) && code !== 'BUG_INVARIANT')).toEqual([]);
  });

  it('holds no code that no test expects', () => {
    const expected = testTexts().join('\n');
    expect(CODES.filter((code) => !new RegExp(`\\b${code}\\b`).test(expected))).toEqual([]);
  });

  it('names its broken invariant by the error that is thrown', () => {
    expect(ENGINE_SOURCES.some(({ tree }) => tree.text.includes('new BugError('))).toBe(true);
  });

  it('gives every code one of the known prefixes', () => {
    expect(CODES.filter((code) => !PREFIXES.some((prefix) => code.startsWith(prefix)))).toEqual([]);
  });

  it('calls every limit that trips, and only those, LIM_', () => {
    const trips = GUARD_NAMES.map((name) => SETTINGS[name].trips);
    expect(trips.filter((code) => !code.startsWith('LIM_'))).toEqual([]);
    expect(new Set(trips).size).toBe(trips.length);
  });

  it('writes finished sentences', () => {
    const isFinished = (text: string) => /[.]$/.test(text) && !/\s{2}|^\s|\n/.test(text);
    const unfinished = CODES.filter((code) => code !== 'CFG_FLAG' && !isFinished(errorEntry(code).title));
    expect([...unfinished, ...CODES.filter((code) => !isFinished(errorEntry(code).hint))]).toEqual([]);
  });

  it('answers only with statuses the writer has a reason for', () => {
    const statuses = CODES.flatMap((code) => errorEntry(code).status ?? []);
    expect(statuses.filter((status) => REASONS[status] === undefined)).toEqual([]);
  });

  it('cites rules by document and section', () => {
    const cited = CODES.map((code) => errorEntry(code).rfc).filter((rule) => rule !== undefined);
    expect(cited.filter((rule) => !/^RFC \d{4} §\d+(\.\d+)*$/.test(rule))).toEqual([]);
  });

  it('has every place in its texts filled where a failure is made', () => {
    expect(SOURCES.flatMap(emptyPlaces)).toEqual([]);
  });
});
