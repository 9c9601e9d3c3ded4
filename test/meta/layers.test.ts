import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { ENGINE_SOURCES, importedPath, PAGE_SOURCES, place, SOURCES, walk, type SourceFile } from './source-files';

const ENGINE = [
  'contract',
  'http1',
  'tls',
  'websocket',
  'guard',
  'session',
  'responder',
  'capture',
  'certificates',
  'net',
];

/** Who may import whom. Rooms are folders; the last rows are single files: the entries, which join the rooms. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'src-main/contract': [],
  'src-main/http1': engine('contract'),
  'src-main/tls': engine('contract'),
  'src-main/websocket': engine('contract', 'http1'),
  'src-main/guard': engine('contract'),
  // The session asks for a route and a reply; where they come from is handed in.
  'src-main/session': engine('contract', 'http1', 'guard', 'responder'),
  'src-main/responder': engine('contract', 'http1'),
  'src-main/capture': engine('contract'),
  'src-main/certificates': engine('contract'),
  // A check of a server's health reads one reply by itself.
  'src-main/net': engine('contract', 'http1', 'guard', 'session', 'certificates'),
  'src-main/inspector': engine(...ENGINE),
  'src-main/hosts/electron': engine('contract', 'inspector'),
  'src-main/hosts/web': engine('contract', 'inspector'),
  'src-main/hosts/cli': engine('contract', 'inspector'),
  'src-main/preload': engine('contract'),
  // Plain scripts that run before anything is built.
  'src-main/launch': [],
  'src-renderer/lens': page(),
  'src-renderer/link': page(),
  'src-renderer/model': page('link', 'lens'),
  'src-renderer/kit': page('lens'),
  'src-renderer/panels': page('kit', 'model', 'lens'),
  'src-renderer/views': page('panels', 'kit', 'model', 'lens'),
  'src-main/electron.ts': engine('contract', 'inspector', 'hosts/electron', 'hosts/cli'),
  'src-main/cli.ts': engine('contract', 'inspector', 'hosts/cli', 'hosts/web'),
  'src-renderer/App.svelte': page('views', 'panels', 'kit', 'model', 'link', 'lens'),
  'src-renderer/main.ts': page('views', 'panels', 'kit', 'model', 'link', 'lens', 'App.svelte'),
};

/** What may be imported besides our own files. A room that is not named here takes nothing. */
const PACKAGES: Readonly<Record<string, RegExp>> = {
  'src-main/contract': /^valibot$/,
  'src-main/capture': /^node:(fs\/promises|path)$/,
  'src-main/certificates': /^(node:(crypto|fs\/promises|path|tls)|@peculiar\/asn1-(schema|x509))$/,
  'src-main/net': /^node:(net|tls|dns|stream|perf_hooks)$/,
  'src-main/inspector': /^(node:(fs\/promises|path|os|perf_hooks|v8)|write-file-atomic|valibot)$/,
  'src-main/hosts/electron': /^(electron|node:(fs|path|util)|write-file-atomic)$/,
  'src-main/hosts/web': /^(node:(http|net|fs\/promises|path|crypto|stream)|ws)$/,
  'src-main/hosts/cli': /^node:(util|path|os|child_process)$/,
  'src-main/preload': /^electron$/,
  'src-main/launch': /^node:/,
  'src-main/electron.ts': /^(electron|node:path)$/,
  'src-main/cli.ts': /^node:path$/,
  'src-renderer/model': /^(svelte|pako$)/,
  'src-renderer/kit': /^(svelte|@lucide\/svelte\/icons\/|bits-ui$)/,
  'src-renderer/panels': /^(svelte|@lucide\/svelte\/icons\/|bits-ui$)/,
  'src-renderer/views': /^(svelte|@lucide\/svelte\/icons\/|bits-ui$|paneforge$)/,
  'src-renderer/App.svelte': /^(svelte|bits-ui$)/,
  'src-renderer/main.ts': /^(svelte|@fontsource-variable\/)/,
};

/** Rooms whose outcome depends on their arguments alone; the compiler keeps Node and the DOM out of most of them. */
const PURE = /^src-main\/(contract|http1|tls|websocket|guard|session|responder)\/|^src-renderer\/lens\//;

function engine(...rooms: string[]): string[] {
  return rooms.map((room) => `src-main/${room}`);
}

/** The page may use the contract and the parsers everywhere. */
function page(...rooms: string[]): string[] {
  return [...rooms.map((room) => `src-renderer/${room}`), ...engine('contract', 'http1', 'tls', 'websocket')];
}

const roomOf = (path: string): string | undefined =>
  Object.keys(MAY_IMPORT).find((room) => path === room || path.startsWith(`${room}/`) || `${path}.ts` === room);

/** No code: a style, a picture, our own name and version. */
const isAsset = (path: string) => /\.(css|svg|woff2)(\?\w+)?$|^package\.json$/.test(path);

/** Panels are rooms of their own towards one another. */
const panelOf = (path: string) => /^src-renderer\/panels\/([^/]+)\//.exec(path)?.[1];

function mayImport(from: string, to: string): boolean {
  const room = roomOf(from);
  const target = roomOf(to);
  if (room === undefined || target === undefined) return false;
  return target === room ? panelOf(from) === panelOf(to) : MAY_IMPORT[room]?.includes(target) === true;
}

const mayUsePackage = (from: string, name: string) => PACKAGES[roomOf(from) ?? '']?.test(name) === true;

function forbiddenImports(file: SourceFile): string[] {
  return file.imports
    .filter((specifier) => {
      const path = importedPath(file.path, specifier);
      if (path === null) return !mayUsePackage(file.path, specifier);
      return !isAsset(path) && !mayImport(file.path, path);
    })
    .map((specifier) => `${file.path} imports ${specifier}`);
}

/** The files one file imports, by the paths the sources are listed under. */
function dependencies(): Map<string, string[]> {
  const paths = new Set(SOURCES.map(({ path }) => path));
  const listed = (path: string) => [path, `${path}.ts`].find((candidate) => paths.has(candidate)) ?? [];
  return new Map(
    SOURCES.map((file) => [
      file.path,
      file.imports.flatMap((specifier) => {
        const path = importedPath(file.path, specifier);
        return path === null ? [] : listed(path);
      }),
    ]),
  );
}

/** The first circle found, as the path that leads round it. */
function findCycle(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const finished = new Set<string>();
  const trail: string[] = [];
  const visit = (path: string): string[] | null => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (finished.has(path)) return null;
    trail.push(path);
    for (const next of graph.get(path) ?? []) {
      const cycle = visit(next);
      if (cycle !== null) return cycle;
    }
    trail.pop();
    finished.add(path);
    return null;
  };
  for (const path of graph.keys()) {
    const cycle = visit(path);
    if (cycle !== null) return cycle;
  }
  return [];
}

/** `Date.now`, `Math.random`, `performance` and `new Date()`: what makes an outcome depend on more than arguments. */
function impurities(file: SourceFile): string[] {
  const found: string[] = [];
  walk(file.tree, (node) => {
    const isAmbientCall =
      ts.isPropertyAccessExpression(node) && /^(Date\.now|Math\.random|performance\.\w+)$/.test(node.getText());
    const isNow =
      ts.isNewExpression(node) && node.expression.getText() === 'Date' && (node.arguments?.length ?? 0) === 0;
    if (isAmbientCall || isNow) found.push(`${place(file, node)} ${node.getText()}`);
  });
  return found;
}

describe('the rooms', () => {
  it('hold every source file', () => {
    const homeless = SOURCES.filter(({ path }) => roomOf(path) === undefined).map(({ path }) => path);
    expect(homeless).toEqual([]);
  });

  it('are none of them empty', () => {
    const empty = Object.keys(MAY_IMPORT).filter((room) => !SOURCES.some(({ path }) => roomOf(path) === room));
    expect(empty).toEqual([]);
  });

  it('import only what the table allows, in the engine', () => {
    expect(ENGINE_SOURCES.flatMap(forbiddenImports)).toEqual([]);
  });

  it('import only what the table allows, in the page', () => {
    expect(PAGE_SOURCES.flatMap(forbiddenImports)).toEqual([]);
  });

  it('form no circle', () => {
    expect(findCycle(dependencies())).toEqual([]);
  });

  it('that are pure ask neither the clock nor chance', () => {
    expect(SOURCES.filter(({ path }) => PURE.test(path)).flatMap(impurities)).toEqual([]);
  });
});

describe('the table itself', () => {
  it('keeps one panel from another', () => {
    expect(mayImport('src-renderer/panels/limits/Row.svelte', 'src-renderer/panels/buckets/Row.svelte')).toBe(false);
    expect(mayImport('src-renderer/panels/limits/Row.svelte', 'src-renderer/panels/limits/Box.svelte')).toBe(true);
  });

  it('keeps one host from another', () => {
    expect(mayImport('src-main/hosts/web/server.ts', 'src-main/hosts/cli/args')).toBe(false);
  });

  it('keeps the page out of the engine', () => {
    expect(mayImport('src-renderer/model/live.svelte.ts', 'src-main/inspector/inspector')).toBe(false);
    expect(mayUsePackage('src-renderer/model/live.svelte.ts', 'node:fs')).toBe(false);
  });

  it('finds a circle', () => {
    const graph = new Map([
      ['a', ['b']],
      ['b', ['c']],
      ['c', ['b']],
    ]);
    expect(findCycle(graph)).toEqual(['b', 'c', 'b']);
  });
});
