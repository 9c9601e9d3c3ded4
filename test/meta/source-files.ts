/** The sources as the meta tests read them: text, syntax tree and imports of every shipped file. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import ts from 'typescript';

export const ROOT = resolve(import.meta.dirname, '../..');

export interface SourceFile {
  /** From the project's folder, with `/`. */
  readonly path: string;
  readonly lineCount: number;
  /** The file as TypeScript; of a component, its scripts at their own lines. */
  readonly tree: ts.SourceFile;
  /** What it imports, as written. */
  readonly imports: readonly string[];
}

const SCRIPT = /(<script\b[^>]*>)([\s\S]*?)(<\/script>)/g;
const blank = (text: string) => text.replace(/[^\n]/g, ' ');

/** Everything but the scripts of a component turned to white space, so that lines keep their numbers. */
function scriptsOf(component: string): string {
  let at = 0;
  let out = '';
  for (const match of component.matchAll(SCRIPT)) {
    const [, open = '', script = ''] = match;
    const from = match.index + open.length;
    out += blank(component.slice(at, from)) + script;
    at = from + script.length;
  }
  return out + blank(component.slice(at));
}

function readSource(path: string): SourceFile {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const code = path.endsWith('.svelte') ? scriptsOf(text) : text;
  return {
    path,
    lineCount: text.trimEnd().split('\n').length,
    tree: ts.createSourceFile(path, code, ts.ScriptTarget.ES2023, true, ts.ScriptKind.TS),
    imports: ts.preProcessFile(code, true, true).importedFiles.map(({ fileName }) => fileName),
  };
}

const findAll = (folder: string, ending: RegExp): SourceFile[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((path) => `${folder}/${path.split(sep).join('/')}`)
    .filter((path) => ending.test(path))
    .sort()
    .map(readSource);

export const ENGINE_SOURCES = findAll('src-main', /\.(ts|mjs)$/);
export const PAGE_SOURCES = findAll('src-renderer', /\.(ts|svelte)$/);
export const SOURCES = [...ENGINE_SOURCES, ...PAGE_SOURCES];

const ALIASES: Readonly<Record<string, string>> = {
  '@contract/': 'src-main/contract/',
  '@http1/': 'src-main/http1/',
  '@tls/': 'src-main/tls/',
  '@websocket/': 'src-main/websocket/',
};

/** The path an import of ours leads to, without its ending; null for a package or a module of Node. */
export function importedPath(from: string, specifier: string): string | null {
  const alias = Object.keys(ALIASES).find((start) => specifier.startsWith(start));
  if (alias !== undefined) return `${ALIASES[alias]}${specifier.slice(alias.length)}`;
  if (!specifier.startsWith('.')) return null;
  return relative(ROOT, resolve(ROOT, dirname(from), specifier))
    .split(sep)
    .join('/');
}

/** Calls `visit` for every node of the tree. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  node.forEachChild((child) => walk(child, visit));
}

/** `src-main/net/driver.ts:12` */
export const place = (file: SourceFile, node: ts.Node): string =>
  `${file.path}:${file.tree.getLineAndCharacterOfPosition(node.getStart(file.tree)).line + 1}`;
