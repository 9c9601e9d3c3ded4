/** What is found under the TLS of a tunnel: every request goes on to the server that the tunnel was asked for. */
import type { RequestHead } from '../http1/events';
import type { Passage, Router } from './router';
import type { Destination } from './upstream-port';

export class InterceptedRouter implements Router {
  constructor(private readonly destination: Destination) {}

  route(head: RequestHead): Passage | null {
    // A tunnel within the tunnel has no server to go to.
    if (head.method === 'CONNECT') return null;
    return { head, host: 'keep', forwarded: null, next: () => this.destination };
  }
}
