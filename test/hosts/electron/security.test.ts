import { EventEmitter } from 'node:events';
import type { Session } from 'electron';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { preventable } from '../../support/fake-electron';

const electron = await vi.hoisted(async () => (await import('../../support/fake-electron')).createFakeElectron());
vi.mock('electron', () => electron);

const { confinePages, denyPermissions } = await import('../../../src-main/hosts/electron/security');

const PAGE = 'bytescope://app/';

class FakeContents extends EventEmitter {
  openHandler: ((details: { url: string }) => { action: string }) | null = null;
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }) {
    this.openHandler = handler;
  }
  getURL() {
    return PAGE;
  }
}

describe('a page', () => {
  let contents: FakeContents;
  beforeAll(() => confinePages());
  beforeEach(() => {
    contents = new FakeContents();
    electron.app.emit('web-contents-created', {}, contents);
  });
  const isPrevented = (name: string, details: object) => {
    const event = preventable(details);
    contents.emit(name, event);
    return event.preventDefault.mock.calls.length > 0;
  };

  it.each(['https://evil.example/', 'file:///etc/passwd', 'bytescope://app/other.html', 'bytescope://evil/'])(
    'does not navigate to %s',
    (url) => {
      expect(isPrevented('will-navigate', { url })).toBe(true);
    },
  );

  it('may be reloaded', () => {
    expect(isPrevented('will-navigate', { url: PAGE })).toBe(false);
  });

  it('is not redirected', () => {
    expect(isPrevented('will-redirect', { url: PAGE })).toBe(true);
  });

  it('has no frames that go anywhere', () => {
    expect(isPrevented('will-frame-navigate', { url: PAGE, isMainFrame: false })).toBe(true);
  });

  it('opens no windows', () => {
    expect(contents.openHandler?.({ url: 'https://evil.example/' })).toEqual({ action: 'deny' });
  });

  it('holds no webviews', () => {
    expect(isPrevented('will-attach-webview', {})).toBe(true);
  });
});

describe('permissions', () => {
  beforeAll(() => denyPermissions(electron.session as unknown as Session));
  const check = (permission: string, origin: string) =>
    (electron.permissions.check as (...args: unknown[]) => boolean)(null, permission, origin, {});
  const request = (permission: string, requestingUrl: string) => {
    const decide = vi.fn();
    (electron.permissions.request as (...args: unknown[]) => void)(null, permission, decide, { requestingUrl });
    return decide.mock.calls;
  };

  it.each(['geolocation', 'media', 'notifications', 'clipboard-read', 'openExternal', 'fileSystem', 'usb'])(
    'refuse %s to the page',
    (permission) => {
      expect(check(permission, PAGE)).toBe(false);
      expect(request(permission, PAGE)).toEqual([[false]]);
    },
  );

  it('let the page put text on the clipboard', () => {
    expect(check('clipboard-sanitized-write', PAGE)).toBe(true);
    expect(request('clipboard-sanitized-write', PAGE)).toEqual([[true]]);
  });

  it('let nobody else', () => {
    expect(check('clipboard-sanitized-write', 'https://evil.example/')).toBe(false);
    expect(request('clipboard-sanitized-write', 'https://evil.example/')).toEqual([[false]]);
  });

  it('refuse every device', () => {
    expect((electron.permissions.device as () => boolean)()).toBe(false);
  });
});
