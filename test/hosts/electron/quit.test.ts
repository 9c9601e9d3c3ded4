import { beforeEach, describe, expect, it, vi } from 'vitest';
import { preventable } from '../../support/fake-electron';

const electron = await vi.hoisted(async () => (await import('../../support/fake-electron')).createFakeElectron());
vi.mock('electron', () => electron);

const { closeBeforeQuit } = await import('../../../src-main/hosts/electron/quit');
const { isFirstInstance } = await import('../../../src-main/hosts/electron/single-instance');

beforeEach(() => {
  electron.app.removeAllListeners();
  vi.clearAllMocks();
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

/** Sends one `before-quit`; was it prevented? */
const askToQuit = () => {
  const event = preventable({});
  electron.app.emit('before-quit', event);
  return event.preventDefault.mock.calls.length > 0;
};

describe('quitting', () => {
  it('waits for the engine, which gets its grace', async () => {
    const close = vi.fn(() => Promise.resolve());
    closeBeforeQuit(close);
    expect(askToQuit()).toBe(true);
    expect(close).toHaveBeenCalledWith(3_000);
    await vi.advanceTimersByTimeAsync(0);
    expect(electron.app.quit).toHaveBeenCalledTimes(1);
    expect(askToQuit()).toBe(false);
  });

  it('closes the engine once, however often one asks', () => {
    const close = vi.fn(() => new Promise<void>(() => undefined));
    closeBeforeQuit(close);
    askToQuit();
    expect(askToQuit()).toBe(true);
    expect(close).toHaveBeenCalledTimes(1);
  });

  it('goes on where the engine fails to close', async () => {
    closeBeforeQuit(() => Promise.reject(new Error('stuck')));
    askToQuit();
    await vi.advanceTimersByTimeAsync(0);
    expect(electron.app.quit).toHaveBeenCalledTimes(1);
  });

  it('ends by force where the engine never closes', async () => {
    closeBeforeQuit(() => new Promise<void>(() => undefined));
    askToQuit();
    await vi.advanceTimersByTimeAsync(4_499);
    expect(electron.app.exit).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(electron.app.exit).toHaveBeenCalledWith(1);
  });
});

describe('a second start', () => {
  it('is told to the first', () => {
    const onSecondStart = vi.fn();
    expect(isFirstInstance(onSecondStart)).toBe(true);
    electron.app.emit('second-instance');
    expect(onSecondStart).toHaveBeenCalledTimes(1);
  });

  it('learns that it is not the first', () => {
    electron.app.requestSingleInstanceLock.mockReturnValueOnce(false);
    expect(isFirstInstance(vi.fn())).toBe(false);
  });
});
