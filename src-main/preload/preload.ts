/** The one door between the page and the main process: two functions, and names checked against the contract. */
import { contextBridge, ipcRenderer, type IpcRendererEvent } from 'electron';
import { isCallName, isTopicName, type Reply } from '../contract/calls';
import type { Transport } from '../contract/client';
import { fail } from '../contract/errors';
import { CALL_CHANNEL, TOPIC_CHANNEL } from '../contract/ipc';

const transport: Transport = {
  request(name, params) {
    if (!isCallName(name)) return Promise.resolve(fail('CALL_UNKNOWN', { name: String(name).slice(0, 100) }));
    return ipcRenderer.invoke(CALL_CHANNEL, name, params) as Promise<Reply<unknown>>;
  },
  subscribe(topic, on) {
    if (!isTopicName(topic)) return () => undefined;
    // The event would hand the page its sender: the payload is all that passes.
    const listener = (_event: IpcRendererEvent, name: unknown, payload: unknown) => {
      if (name === topic) on(payload);
    };
    ipcRenderer.on(TOPIC_CHANNEL, listener);
    return () => ipcRenderer.off(TOPIC_CHANNEL, listener);
  },
};

contextBridge.exposeInMainWorld('bytescope', transport);
