/** Picks the transport: Electron's preload where there is one, the web host's WebSocket otherwise. */
import { createClient, type Alarm, type Transport } from '@contract/client';
import type { Link, LinkState } from './link';
import { SocketTransport } from './socket-transport';
import { takeToken } from './token';

declare global {
  interface Window {
    /** What the Electron preload exposes. */
    readonly bytescope?: Transport;
  }
}

const alarm: Alarm = (ms, expire) => {
  const timer = setTimeout(expire, ms);
  return () => clearTimeout(timer);
};

export function connect(page: Window = window): Link {
  return page.bytescope === undefined ? connectSocket(page) : linkOver(page.bytescope);
}

/** A transport that is always there: Electron's, or a test's. */
export function linkOver(transport: Transport): Link {
  return {
    client: createClient(transport, alarm),
    state: 'open',
    onState: () => () => undefined,
    close: () => undefined,
  };
}

function connectSocket(page: Window): Link {
  const listeners = new Set<(state: LinkState) => void>();
  let state: LinkState = 'connecting';
  const path = `/ws?token=${encodeURIComponent(takeToken(page))}`;
  const scheme = page.location.protocol === 'https:' ? 'wss' : 'ws';
  const transport = new SocketTransport({
    url: `${scheme}://${page.location.host}${path}`,
    open: (url) => new WebSocket(url),
    isForbidden: () =>
      page
        .fetch(path)
        .then((answer) => answer.status === 403)
        .catch(() => false),
    onState: (next) => {
      state = next;
      for (const listener of listeners) listener(next);
    },
  });
  return {
    client: createClient(transport, alarm),
    get state() {
      return state;
    },
    onState(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => transport.close(),
  };
}
