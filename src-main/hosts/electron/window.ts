/** The one window: a sandboxed page without Node, shown when it has something to show. */
import { app, BrowserWindow, dialog, nativeTheme, screen } from 'electron';
import { PAGE_ADDRESS } from './page-address';
import { keepWindowState, MIN_HEIGHT, MIN_WIDTH, readWindowState } from './window-state';

const DEFAULT_SIZE = { width: 1440, height: 900 };
/** A page that stops again this soon after a reload will go on stopping. */
const CRASH_PAUSE_MS = 10_000;

export interface WindowOptions {
  readonly preloadPath: string;
  /** Where its place is kept. */
  readonly statePath: string;
  readonly onShown: () => void;
}

/** The colour of the page before it is painted. */
const background = () => (nativeTheme.shouldUseDarkColors ? '#101317' : '#f5f6f8');

const screens = () => screen.getAllDisplays().map(({ workArea }) => workArea);

function createWindow(preloadPath: string, bounds: Electron.Rectangle | null): BrowserWindow {
  return new BrowserWindow({
    ...(bounds ?? DEFAULT_SIZE),
    minWidth: MIN_WIDTH,
    minHeight: MIN_HEIGHT,
    show: false,
    title: 'Bytescope',
    backgroundColor: background(),
    webPreferences: {
      preload: preloadPath,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
      navigateOnDragDrop: false,
      devTools: !app.isPackaged,
    },
  });
}

/** The engine goes on without its window: a page that stopped is opened again, once. */
function reopenAfterCrash(window: BrowserWindow): void {
  let lastCrashMs = -Infinity;
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit') return;
    const nowMs = performance.now();
    const isRepeated = nowMs - lastCrashMs < CRASH_PAUSE_MS;
    lastCrashMs = nowMs;
    if (isRepeated) dialog.showErrorBox('The window stopped twice.', `Close it and start again (${reason}).`);
    else window.webContents.reload();
  });
}

export function openWindow({ preloadPath, statePath, onShown }: WindowOptions): BrowserWindow {
  const { bounds, maximized } = readWindowState(statePath, screens());
  const window = createWindow(preloadPath, bounds);
  if (maximized) window.maximize();
  window.once('ready-to-show', () => {
    window.show();
    onShown();
  });
  window.on('close', () => {
    keepWindowState(statePath, { bounds: window.getNormalBounds(), maximized: window.isMaximized() });
  });
  const followTheme = () => window.setBackgroundColor(background());
  nativeTheme.on('updated', followTheme);
  window.on('closed', () => nativeTheme.off('updated', followTheme));
  reopenAfterCrash(window);
  // It fails only where the window is closed before it has loaded.
  window.loadURL(PAGE_ADDRESS).catch(() => undefined);
  return window;
}

/** Brings the window to the front. False: there is none. */
export function focusWindow(): boolean {
  const [window] = BrowserWindow.getAllWindows();
  if (window === undefined) return false;
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
  return true;
}
