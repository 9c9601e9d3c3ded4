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

/** A factory whose body is its inner functions counts only the lines that are its own. */
function ownLines(file: SourceFile, node: WithBody): number {
  const lineAt = (position: number) => file.tree.getLineAndCharacterOfPosition(position).line;
  const span = (inner: ts.Node) => lineAt(inner.getEnd()) - lineAt(inner.getStart(file.tree)) + 1;
  let lines = span(node);
  const subtract = (inner: ts.Node) => {
    if (hasBody(inner)) lines -= span(inner) - 1;
    else inner.forEachChild(subtract);
  };
  node.body.forEachChild(subtract);
  return lines;
}

/** `{ … } as const satisfies X`: the literal inside. */
function literalOf(node: ts.Expression | undefined): ts.Expression | undefined {
  const isWrapped = node !== undefined && (ts.isAsExpression(node) || ts.isSatisfiesExpression(node));
  return isWrapped ? literalOf(node.expression) : node;
}

/** Lines of the file without its literal tables: those are looked up, not read. */
function readLines(file: SourceFile): number {
  let lines = file.lineCount;
  const lineAt = (position: number) => file.tree.getLineAndCharacterOfPosition(position).line;
  for (const statement of file.tree.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    const literals = statement.declarationList.declarations.map(({ initializer }) => literalOf(initializer));
    const isTable = literals.every((literal) => literal !== undefined && ts.isObjectLiteralExpression(literal));
    if (isTable) lines -= lineAt(statement.getEnd()) - lineAt(statement.getStart(file.tree));
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
        .map((node) => ({ lines: ownLines(file, node), at: place(file, node) }))
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
