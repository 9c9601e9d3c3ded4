/**
 * Calls and topics over Electron's channels. A viewer lives as long as one document: a reload, a crash or the end of
 * the window detaches it, and the next call of a new document attaches another.
 */
import { ipcMain, type IpcMainInvokeEvent, type WebContents } from 'electron';
import type { Reply, TopicName } from '../../contract/calls';
import type { Engine, Viewer } from '../../contract/engine';
import { fail } from '../../contract/errors';
import { CALL_CHANNEL, TOPIC_CHANNEL } from '../../contract/ipc';
import { PAGE_ORIGIN } from './page-address';

/** Only the page itself, not a frame in it, and only as long as it is where we opened it. */
function isOurPage({ senderFrame }: IpcMainInvokeEvent): boolean {
  return senderFrame !== null && senderFrame.parent === null && senderFrame.origin === PAGE_ORIGIN;
}

function attach(engine: Engine, contents: WebContents, onEnd: () => void): Viewer {
  const deliver = (topic: TopicName, payload: unknown) => {
    if (!contents.isDestroyed() && !contents.isCrashed()) contents.send(TOPIC_CHANNEL, topic, payload);
  };
  const viewer = engine.attach(deliver);
  const end = () => {
    contents.off('did-navigate', end);
    contents.off('render-process-gone', end);
    contents.off('destroyed', end);
    viewer.detach();
    onEnd();
  };
  contents.on('did-navigate', end);
  contents.on('render-process-gone', end);
  contents.on('destroyed', end);
  return viewer;
}

export function serveCalls(engine: Engine): void {
  const viewers = new Map<WebContents, Viewer>();
  const viewerOf = (contents: WebContents): Viewer => {
    const known = viewers.get(contents);
    if (known !== undefined) return known;
    const viewer = attach(engine, contents, () => viewers.delete(contents));
    viewers.set(contents, viewer);
    return viewer;
  };
  ipcMain.handle(CALL_CHANNEL, (event, name: unknown, params: unknown): Promise<Reply<unknown>> | Reply<unknown> =>
    isOurPage(event) ? viewerOf(event.sender).request(name, params) : fail('CALL_FORBIDDEN'),
  );
}
