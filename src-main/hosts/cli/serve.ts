/** `bytescope serve`: starts the engine, tells what happens, stops in good order. */
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { DEFAULT_PAGE_ADDRESS, type Address } from '../../contract/address';
import type { Engine, EngineOptions } from '../../contract/engine';
import { ok, type Failure, type Result } from '../../contract/errors';
import type { ServeOptions } from './arguments';
import { sentences } from './lines';
import { createReporter, type Reporter } from './reporter';
import { settingsFilePath } from './settings-path';

/** Requests under way get this long. What is left of three seconds is for cutting them and for the journal. */
export const CLOSE_GRACE_MS = 2_500;
/** Then the program ends, whatever still hangs. */
const CLOSE_LIMIT_MS = CLOSE_GRACE_MS + 2_000;

/** Of the local CA, next to the settings of the desktop window: it is the one whose certificate clients know. */
const CA_FOLDER = 'local-ca';

/** The window in a browser, as the entry point supplies it. */
export interface UiHost {
  readonly url: string;
  readonly isLocal: boolean;
  close(): Promise<void>;
}

export interface ServeParts {
  readonly createEngine: (options: EngineOptions) => Promise<Result<Engine>>;
  readonly startUi: (engine: Engine, address: Address) => Promise<Result<UiHost>>;
  readonly openBrowser: (url: string) => void;
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Calls back when the program is asked to stop. */
  readonly onStop: (stop: () => void) => void;
  /** Calls back when the program is asked to read its configuration again; false: there is none, so it is to stop. */
  readonly onReload: (reload: () => boolean) => void;
}

function engineOptions(options: ServeOptions, env: ServeParts['env']): EngineOptions {
  const { settingsFile } = options;
  const ownPath = () => settingsFilePath({ platform: process.platform, env, home: homedir() });
  return {
    settingsPath: settingsFile.asked ? (settingsFile.value === null ? ownPath() : resolve(settingsFile.value)) : null,
    journalPath: options.journalPath === null ? null : resolve(options.journalPath),
    flags: options.settings,
    preset: options.preset,
    replyMode: options.replyMode,
    proxy: options.proxy,
    caPath: options.caPath === null ? join(dirname(ownPath()), CA_FOLDER) : resolve(options.caPath),
  };
}

/** Where no port was asked for and ours is taken (a second window), any other will do. */
async function startUi(engine: Engine, asked: Address | null, start: ServeParts['startUi']): Promise<Result<UiHost>> {
  const started = await start(engine, asked ?? DEFAULT_PAGE_ADDRESS);
  const isTaken = !started.ok && started.error.code === 'NET_PORT_IN_USE';
  return isTaken && asked === null ? start(engine, { ...DEFAULT_PAGE_ADDRESS, port: 0 }) : started;
}

/**
 * The window and the server. A server that cannot listen is for the window to mend, where a person looks at one. The
 * window comes first, so that nothing a client does is told before both addresses are.
 */
async function start(
  engine: Engine,
  options: ServeOptions,
  parts: ServeParts & { reporter: Reporter },
): Promise<Result<UiHost | null>> {
  const { reporter } = parts;
  const ui = options.ui.asked ? await startUi(engine, options.ui.value, parts.startUi) : ok(null);
  if (!ui.ok) return ui;
  const { host, port } = options.listen ?? engine.listener;
  const listening = await engine.listen(host, port);
  if (!listening.ok && (ui.value === null || options.output === 'json')) {
    await ui.value?.close();
    return listening;
  }
  if (listening.ok) reporter.listening(listening.value, engine.proxy);
  else reporter.notice(listening.error);
  if (ui.value !== null) tellUi(ui.value, options, parts);
  return ui;
}

function tellUi(
  ui: UiHost,
  { open }: ServeOptions,
  { reporter, openBrowser }: ServeParts & { reporter: Reporter },
): void {
  reporter.ui(ui.url);
  if (!ui.isLocal) {
    reporter.warn(
      'The window can be reached from other machines: whoever has its address with the token controls Bytescope.',
    );
  }
  if (open) openBrowser(ui.url);
}

/** False: it took too long, or failed. */
function inTime(work: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), CLOSE_LIMIT_MS);
    const done = (isDone: boolean) => {
      clearTimeout(timer);
      resolve(isDone);
    };
    work.then(
      () => done(true),
      () => done(false),
    );
  });
}

/** False: the configuration in force came from no file. */
function reload(engine: Engine, reporter: Reporter): boolean {
  if (engine.proxy.configPath === null) return false;
  const viewer = engine.attach(() => undefined);
  void viewer.request('proxy.change', { configPath: '' }).then((changed) => {
    viewer.detach();
    if (changed.ok) reporter.reloaded(engine.proxy);
    else reporter.notice(changed.error);
  });
  return true;
}

/** Resolves with the exit code when everything is closed. */
export async function serve(options: ServeOptions, parts: ServeParts): Promise<number> {
  const { stdout, stderr, env } = parts;
  const refuse = (failure: Failure): number => {
    stderr.write(`bytescope: ${sentences(failure).join('\n')}\n`);
    return 1;
  };
  let stop: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => (stop = resolve));
  const colour = stdout.isTTY === true && !env['NO_COLOR'];
  const reporter = createReporter({ output: options.output, stdout, stderr, colour, onGone: stop });
  const created = await parts.createEngine(engineOptions(options, env));
  if (!created.ok) return refuse(created.error);
  const engine = created.value;
  engine.onFact((fact) => reporter.fact(fact));
  parts.onStop(stop);
  parts.onReload(() => reload(engine, reporter));
  const started = await start(engine, options, { ...parts, reporter });
  // What went wrong before is told now: programs that read along count on the addresses to come first.
  engine.onNotice((failure) => reporter.notice(failure));
  if (started.ok) await stopped;
  const isClosed = await inTime(
    Promise.all([engine.close(CLOSE_GRACE_MS), started.ok ? started.value?.close() : null]),
  );
  await reporter.finish();
  if (!started.ok) return refuse(started.error);
  return isClosed ? 0 : 1;
}
