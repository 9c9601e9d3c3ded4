import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { place, SOURCES, walk, type SourceFile } from './source-files';

const MAX_FUNCTION_LINES = 60;
const MAX_PARAMETERS = 5;

function maxLines(path: string): number {
  if (path.endsWith('.svelte')) return 250;
  return path.endsWith('.svelte.ts') ? 300 : 450;
}

type WithBody = ts.FunctionLikeDeclaration & { readonly body: ts.Node };

const hasBody = (node: ts.Node): node is WithBody =>
  ts.isFunctionLike(node) && 'body' in node && node.body !== undefined;

function functionsOf(file: SourceFile): WithBody[] {
  const found: WithBody[] = [];
  walk(file.tree, (node) => {
    if (hasBody(node)) found.push(node);
  });
  return found;
}

const lineAt = (file: SourceFile, position: number) => file.tree.getLineAndCharacterOfPosition(position).line;

/** Lines from the first to the last of a node, one less than it stands on. */
const extraLines = (file: SourceFile, node: ts.Node) =>
  lineAt(file, node.getEnd()) - lineAt(file, node.getStart(file.tree));

/** `{ … } as const satisfies X`: the literal inside. */
function literalOf(node: ts.Expression | undefined): ts.Expression | undefined {
  const isWrapped = node !== undefined && (ts.isAsExpression(node) || ts.isSatisfiesExpression(node));
  return isWrapped ? literalOf(node.expression) : node;
}

/** Lines of the file without its literal tables: those are looked up, not read. */
function readLines(file: SourceFile): number {
  let lines = file.lineCount;
  for (const statement of file.tree.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    const literals = statement.declarationList.declarations.map(({ initializer }) => literalOf(initializer));
    const isTable = literals.every((literal) => literal !== undefined && ts.isObjectLiteralExpression(literal));
    if (isTable) lines -= extraLines(file, statement);
  }
  return lines;
}

describe('sizes', () => {
  it('keep every file readable in one sitting', () => {
    const tooLong = SOURCES.filter((file) => readLines(file) > maxLines(file.path));
    expect(tooLong.map((file) => `${file.path}: ${readLines(file)} lines, at most ${maxLines(file.path)}`)).toEqual([]);
  });

  it('keep every function on one screen', () => {
    const tooLong = SOURCES.flatMap((file) =>
      functionsOf(file)
        .map((node) => ({ lines: extraLines(file, node) + 1, at: place(file, node) }))
        .filter(({ lines }) => lines > MAX_FUNCTION_LINES)
        .map(({ lines, at }) => `${at}: ${lines} lines, at most ${MAX_FUNCTION_LINES}`),
    );
    expect(tooLong).toEqual([]);
  });

  it('keep parameter lists short', () => {
    const tooMany = SOURCES.flatMap((file) =>
      functionsOf(file)
        .filter(({ parameters }) => parameters.length > MAX_PARAMETERS)
        .map((node) => `${place(file, node)}: ${node.parameters.length} parameters, at most ${MAX_PARAMETERS}`),
    );
    expect(tooMany).toEqual([]);
  });
});
