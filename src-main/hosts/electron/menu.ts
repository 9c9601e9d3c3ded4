/** The native menu, as each system expects it. */
import { clipboard, Menu, shell, type MenuItemConstructorOptions } from 'electron';

export interface MenuOptions {
  readonly platform: NodeJS.Platform;
  readonly isPackaged: boolean;
  readonly sessionPath: string;
}

const SEPARATOR: MenuItemConstructorOptions = { type: 'separator' };

const fileMenu = (sessionPath: string, isMac: boolean): MenuItemConstructorOptions => ({
  label: '&File',
  submenu: [
    { label: 'Copy Session Path', click: () => void clipboard.writeText(sessionPath) },
    {
      label: isMac ? 'Reveal Session in Finder' : 'Show Session in Folder',
      click: () => shell.showItemInFolder(sessionPath),
    },
    SEPARATOR,
    { role: isMac ? 'close' : 'quit' },
  ],
});

const viewMenu = (isPackaged: boolean): MenuItemConstructorOptions => ({
  label: '&View',
  submenu: [
    { role: 'reload' },
    ...(isPackaged ? [] : [{ role: 'toggleDevTools' } as const]),
    SEPARATOR,
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    SEPARATOR,
    { role: 'togglefullscreen' },
  ],
});

export function menuTemplate({ platform, isPackaged, sessionPath }: MenuOptions): MenuItemConstructorOptions[] {
  const isMac = platform === 'darwin';
  return [
    ...(isMac ? [{ role: 'appMenu' } as const] : []),
    fileMenu(sessionPath, isMac),
    { role: 'editMenu' },
    viewMenu(isPackaged),
    { role: 'windowMenu' },
    // On macOS "About" stands in the app's own menu.
    ...(isMac ? [] : [{ role: 'help', submenu: [{ role: 'about' }] } as const satisfies MenuItemConstructorOptions]),
  ];
}

export function setMenu(options: MenuOptions): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(options)));
}
