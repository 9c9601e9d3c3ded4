import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, it, vi } from 'vitest';

const electron = await vi.hoisted(async () => (await import('../../support/fake-electron')).createFakeElectron());
vi.mock('electron', () => electron);

const { menuTemplate } = await import('../../../src-main/hosts/electron/menu');

const SESSION = '/sessions/one.pcapng';
const template = (platform: NodeJS.Platform, isPackaged = false) =>
  menuTemplate({ platform, isPackaged, sessionPath: SESSION });
const items = (menu: MenuItemConstructorOptions[]): MenuItemConstructorOptions[] =>
  menu.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? items(item.submenu) : [])]);
const roles = (platform: NodeJS.Platform, isPackaged = false) =>
  items(template(platform, isPackaged)).map(({ role }) => role);
const click = (label: string) => {
  const item = items(template('linux')).find((candidate) => candidate.label === label);
  (item?.click as () => void)();
};

describe('the menu', () => {
  it('begins with the app on macOS, and only there', () => {
    expect(template('darwin')[0]?.role).toBe('appMenu');
    expect(roles('linux')).not.toContain('appMenu');
  });

  it('quits from the File menu where there is no app menu', () => {
    expect(roles('linux')).toContain('quit');
    expect(roles('darwin')).not.toContain('quit');
  });

  it('has the edit commands, without which macOS has no copy and paste', () => {
    expect(roles('darwin')).toContain('editMenu');
  });

  it('opens the developer tools only while one works on it', () => {
    expect(roles('linux')).toContain('toggleDevTools');
    expect(roles('linux', true)).not.toContain('toggleDevTools');
  });

  it('copies the path of the session', () => {
    click('Copy Session Path');
    expect(electron.clipboard.writeText).toHaveBeenCalledWith(SESSION);
  });

  it('shows the session in its folder', () => {
    click('Show Session in Folder');
    expect(electron.shell.showItemInFolder).toHaveBeenCalledWith(SESSION);
  });
});
