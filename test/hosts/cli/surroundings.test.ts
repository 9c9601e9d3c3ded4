import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openerOf } from '../../../src-main/hosts/cli/open-browser';
import { settingsFilePath } from '../../../src-main/hosts/cli/settings-path';
import { onStopSignals } from '../../../src-main/hosts/cli/stop-signals';

describe('settingsFilePath', () => {
  it.each([
    ['linux', {}, '/home/u/.config/bytescope/settings.json'],
    ['linux', { XDG_CONFIG_HOME: '/x' }, '/x/bytescope/settings.json'],
    ['linux', { XDG_CONFIG_HOME: 'relative' }, '/home/u/.config/bytescope/settings.json'],
    ['darwin', {}, '/home/u/Library/Application Support/Bytescope/settings.json'],
    ['win32', { APPDATA: 'C:\\Data' }, 'C:\\Data\\Bytescope\\settings.json'],
  ] as const)('on %s with %j', (platform, env, path) => {
    expect(settingsFilePath({ platform, env, home: '/home/u' })).toBe(path);
  });
});

describe('openerOf', () => {
  it('opens nothing on Linux without a desktop', () => {
    expect(openerOf('linux', {})).toBeNull();
    expect(openerOf('linux', { DISPLAY: '' })).toBeNull();
    expect(openerOf('linux', { WAYLAND_DISPLAY: 'wayland-0' })).toEqual(['xdg-open']);
  });
});

describe('onStopSignals', () => {
  const source = new EventEmitter();
  const handlers = { first: vi.fn(), second: vi.fn(), hungUp: vi.fn(() => false) };
  let end: () => void;
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
    end = onStopSignals(source, handlers);
  });
  afterEach(() => {
    end();
    vi.useRealTimers();
    vi.resetAllMocks();
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'])('stops at %s', (signal) => {
    source.emit(signal);
    expect(handlers.first).toHaveBeenCalledOnce();
  });

  // npm passes Ctrl+C on to a program that the terminal has told already.
  it('takes a signal that comes twice at once for one', () => {
    source.emit('SIGINT');
    vi.advanceTimersByTime(150);
    source.emit('SIGINT');
    expect(handlers.second).not.toHaveBeenCalled();
  });

  it('gives way at a second signal', () => {
    source.emit('SIGINT');
    vi.advanceTimersByTime(300);
    source.emit('SIGTERM');
    expect([handlers.first.mock.calls.length, handlers.second.mock.calls.length]).toEqual([1, 1]);
  });

  it('reads the configuration again at a hangup, where there is one, and does not stop', () => {
    handlers.hungUp.mockReturnValueOnce(true);
    source.emit('SIGHUP');
    expect(handlers.first).not.toHaveBeenCalled();
    source.emit('SIGHUP');
    expect(handlers.first).toHaveBeenCalledOnce();
  });

  it('does not read a configuration while it stops', () => {
    source.emit('SIGTERM');
    vi.advanceTimersByTime(300);
    source.emit('SIGHUP');
    expect([handlers.hungUp.mock.calls.length, handlers.second.mock.calls.length]).toEqual([0, 1]);
  });

  it('leaves nothing behind', () => {
    end();
    expect(source.eventNames()).toEqual([]);
  });
});
