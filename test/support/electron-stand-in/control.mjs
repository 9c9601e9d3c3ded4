/** The test's hand in this process: it asks by message, one answer each. */
import { app } from './app.mjs';
import { permissions, windows } from './registry.mjs';

const firstWindow = () => {
  const [window] = windows;
  if (window === undefined) throw new Error('there is no window');
  return window;
};

/** @type {Record<string, (argument: any) => unknown>} */
const COMMANDS = {
  evaluate: (expression) => firstWindow().webContents.evaluate(expression),
  reload: () => firstWindow().webContents.reload(),
  quit: () => app.quit(),
  state: () => ({
    isSandboxed: app.isSandboxed,
    isShown: firstWindow().isShown,
    webPreferences: firstWindow().options.webPreferences,
    refusedAddresses: firstWindow().webContents.refusedAddresses,
    deniedWindows: firstWindow().webContents.deniedWindows,
    deniedNavigations: firstWindow().webContents.deniedNavigations,
  }),
  isGranted: (permission) => permissions.check?.(null, permission, 'bytescope://app/', {}) ?? true,
};

async function answer(/** @type {{ id: number, command: string, argument: unknown }} */ { id, command, argument }) {
  try {
    process.send?.({ id, value: await COMMANDS[command]?.(argument) });
  } catch (thrown) {
    process.send?.({ id, error: thrown instanceof Error ? thrown.message : String(thrown) });
  }
}

export function obeyTheTest() {
  process.on(
    'message',
    (/** @type {{ id: number, command: string, argument: unknown }} */ message) => void answer(message),
  );
}
