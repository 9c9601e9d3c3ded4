/** The program with a window of its own: Electron's main process, in the order it starts. */
import { join, resolve } from 'node:path';
import { app, dialog, session } from 'electron';
import type { Engine, EngineOptions } from './contract/engine';
import { describe, type Failure } from './contract/errors';
import { parseCommand, type ServeOptions } from './hosts/cli/arguments';
import { serveCalls } from './hosts/electron/ipc-host';
import { launchFlags } from './hosts/electron/launch-flags';
import { setMenu } from './hosts/electron/menu';
import { registerPageScheme, servePage } from './hosts/electron/protocol';
import { closeBeforeQuit } from './hosts/electron/quit';
import { confinePages, denyPermissions } from './hosts/electron/security';
import { isFirstInstance } from './hosts/electron/single-instance';
import { focusWindow, openWindow } from './hosts/electron/window';
import { createInspector } from './inspector/inspector';

const OUT = join(import.meta.dirname, '..');
/** Whoever started us waits for this line. */
const READY = 'bytescope:ready';
const FAILED_TO_START = 1;

const userFile = (name: string) => join(app.getPath('userData'), name);

function refuse({ title, hint }: { title: string; hint: string }): void {
  console.error(`Bytescope cannot start: ${title} ${hint}`);
  dialog.showErrorBox('Bytescope cannot start', `${title}\n\n${hint}`);
  app.exit(FAILED_TO_START);
}

const engineOptions = ({ settings, preset, journalPath, replyMode, proxy, caPath }: ServeOptions): EngineOptions => ({
  settingsPath: userFile('settings.json'),
  journalPath: journalPath === null ? null : resolve(journalPath),
  flags: settings,
  preset,
  replyMode,
  proxy,
  caPath: caPath === null ? userFile('local-ca') : resolve(caPath),
});

/** An address that cannot be listened on is no reason to stop: the window says so and takes another one. */
async function run(engine: Engine, options: ServeOptions): Promise<void> {
  closeBeforeQuit((graceMs) => engine.close(graceMs));
  denyPermissions(session.defaultSession);
  servePage(session.defaultSession, join(OUT, 'renderer'));
  serveCalls(engine);
  setMenu({ platform: process.platform, isPackaged: app.isPackaged, sessionPath: engine.journalPath });
  const { host, port } = options.listen ?? engine.listener;
  await engine.listen(host, port);
  const open = () =>
    openWindow({
      preloadPath: join(OUT, 'preload', 'preload.cjs'),
      statePath: userFile('window.json'),
      onShown: () => console.log(READY),
    });
  app.on('activate', () => focusWindow() || open());
  open();
}

async function start(): Promise<void> {
  const command = parseCommand(['serve', ...launchFlags(process.argv.slice(1))]);
  if (!command.ok) return refuse(describe(command.error));
  if (command.value.kind !== 'serve') return;
  const { options } = command.value;
  const made = await createInspector(engineOptions(options));
  if (!made.ok) return refuse(describe(made.error));
  await run(made.value, options);
}

const bug = (thrown: unknown): Failure => ({
  code: 'BUG_INVARIANT',
  detail: { reason: thrown instanceof Error ? thrown.message : String(thrown) },
});

app.enableSandbox();
registerPageScheme();
confinePages();
app.on('window-all-closed', () => {
  if (process.platform !== 'darwin') app.quit();
});
if (isFirstInstance(() => focusWindow())) {
  app
    .whenReady()
    .then(start)
    .catch((thrown: unknown) => refuse(describe(bug(thrown))));
} else {
  console.log('Bytescope runs already; its window was brought to the front.');
  app.quit();
}
