import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Engine } from '../../../src-main/contract/engine';
import { CALL_CHANNEL, TOPIC_CHANNEL } from '../../../src-main/contract/ipc';

const electron = await vi.hoisted(async () => (await import('../../support/fake-electron')).createFakeElectron());
vi.mock('electron', () => electron);

const { serveCalls } = await import('../../../src-main/hosts/electron/ipc-host');

class FakeContents extends EventEmitter {
  readonly sent: unknown[][] = [];
  isGone = false;
  send(...args: unknown[]) {
    this.sent.push(args);
  }
  isDestroyed() {
    return this.isGone;
  }
  isCrashed() {
    return false;
  }
}

/** An engine that answers every call by its name and remembers its viewers. */
function createFakeEngine() {
  const viewers: { deliver: (topic: 'feed', payload: unknown) => void; detach: ReturnType<typeof vi.fn> }[] = [];
  const engine = {
    attach(deliver: (topic: 'feed', payload: unknown) => void) {
      const detach = vi.fn();
      viewers.push({ deliver, detach });
      return { request: (name: unknown) => Promise.resolve({ ok: true, value: name }), detach };
    },
  };
  return { engine: engine as unknown as Engine, viewers };
}

const PAGE = { parent: null, origin: 'bytescope://app' };

let contents: FakeContents;
let viewers: ReturnType<typeof createFakeEngine>['viewers'];
const call = (name: string, senderFrame: object | null = PAGE) => {
  const handler = electron.calls.get(CALL_CHANNEL) as (event: unknown, name: string, params: unknown) => unknown;
  return handler({ sender: contents, senderFrame }, name, {});
};

beforeEach(() => {
  const fake = createFakeEngine();
  viewers = fake.viewers;
  contents = new FakeContents();
  serveCalls(fake.engine);
});

describe('a call', () => {
  it('of the page is answered by the engine', async () => {
    expect(await call('feed.snapshot')).toEqual({ ok: true, value: 'feed.snapshot' });
  });

  it.each([
    ['another origin', { parent: null, origin: 'https://evil.example' }],
    ['an opaque origin', { parent: null, origin: 'null' }],
    ['a frame in the page', { parent: {}, origin: 'bytescope://app' }],
    ['a frame that is gone', null],
  ])('of %s is forbidden, and attaches nothing', (_who, senderFrame) => {
    expect(call('feed.snapshot', senderFrame)).toEqual({ ok: false, error: { code: 'CALL_FORBIDDEN' } });
    expect(viewers).toHaveLength(0);
  });
});

describe('a viewer', () => {
  it('serves every call of one document', async () => {
    await call('feed.snapshot');
    await call('settings.set');
    expect(viewers).toHaveLength(1);
  });

  it('gets what the engine pushes', async () => {
    await call('feed.snapshot');
    viewers[0]?.deliver('feed', { sequence: 1 });
    expect(contents.sent).toEqual([[TOPIC_CHANNEL, 'feed', { sequence: 1 }]]);
  });

  it.each(['did-navigate', 'render-process-gone', 'destroyed'])('is detached, once, at %s', async (event) => {
    await call('feed.snapshot');
    contents.emit(event);
    contents.emit('destroyed');
    expect(viewers[0]?.detach).toHaveBeenCalledTimes(1);
  });

  it('is a new one after a reload', async () => {
    await call('feed.snapshot');
    contents.emit('did-navigate');
    await call('feed.snapshot');
    expect(viewers).toHaveLength(2);
    expect(viewers[1]?.detach).not.toHaveBeenCalled();
  });

  it('sends nothing to a window that is gone', async () => {
    await call('feed.snapshot');
    contents.isGone = true;
    viewers[0]?.deliver('feed', {});
    expect(contents.sent).toEqual([]);
  });
});
