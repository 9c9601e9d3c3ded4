/** Electron's modules for unit tests: what was handed to them can be read, and their events can be sent. */
import { EventEmitter } from 'node:events';
import { vi } from 'vitest';

type Handler = (...args: never[]) => unknown;

export const createFakeElectron = () => {
  const calls = new Map<string, Handler>();
  const session: Record<'check' | 'request' | 'device', Handler | null> = { check: null, request: null, device: null };
  const app = Object.assign(new EventEmitter(), {
    isPackaged: false,
    quit: vi.fn(),
    exit: vi.fn(),
    requestSingleInstanceLock: vi.fn(() => true),
  });
  return {
    calls,
    permissions: session,
    app,
    ipcMain: { handle: (channel: string, handler: Handler) => calls.set(channel, handler) },
    protocol: { registerSchemesAsPrivileged: vi.fn() },
    session: {
      setPermissionCheckHandler: (handler: Handler) => (session.check = handler),
      setPermissionRequestHandler: (handler: Handler) => (session.request = handler),
      setDevicePermissionHandler: (handler: Handler) => (session.device = handler),
    },
    clipboard: { writeText: vi.fn() },
    shell: { showItemInFolder: vi.fn() },
    Menu: { buildFromTemplate: vi.fn((template: unknown) => template), setApplicationMenu: vi.fn() },
  };
};

/** An event whose default can be prevented. */
export const preventable = <Details extends object>(details: Details) => ({ ...details, preventDefault: vi.fn() });
