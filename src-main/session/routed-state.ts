/** The state of the server with a router of its own: for connections that go on as they began, whatever the mode is. */
import type { ServerState } from './port';
import type { Router } from './router';

export class RoutedState implements ServerState {
  constructor(
    private readonly server: ServerState,
    readonly router: Router,
  ) {}

  get settings() {
    return this.server.settings;
  }

  get limits() {
    return this.server.limits;
  }

  get upstreams() {
    return this.server.upstreams;
  }

  get tlsEnds() {
    return this.server.tlsEnds;
  }

  get pseudonym() {
    return this.server.pseudonym;
  }

  get startedAtMs() {
    return this.server.startedAtMs;
  }

  get admission() {
    return this.server.admission;
  }

  get buckets() {
    return this.server.buckets;
  }

  get gauges() {
    return this.server.gauges;
  }

  get held() {
    return this.server.held;
  }

  get responder() {
    return this.server.responder;
  }
}
