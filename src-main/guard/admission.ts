/**
 * Who may enter: the number of open connections, in all and per client address. Counts only; closing and replying
 * are the session's.
 */
import type { GuardName, Settings } from '../contract/settings';

export type AdmissionVerdict =
  | { readonly admitted: true }
  | { readonly admitted: false; readonly guard: GuardName; readonly limit: number; readonly measured: number };

const ADMITTED: AdmissionVerdict = { admitted: true };

export class Admission {
  #open = 0;
  /** One entry per client with an open connection, so it is bounded by `maxConnections`. */
  readonly #openByClient = new Map<string, number>();

  get open(): number {
    return this.#open;
  }

  openFrom(client: string): number {
    return this.#openByClient.get(client) ?? 0;
  }

  /** What `enter` would say, without counting. */
  verdictOn(client: string, settings: Settings): AdmissionVerdict {
    const { maxConnections, maxConnectionsPerClient } = settings;
    if (maxConnections !== null && this.#open >= maxConnections) {
      return { admitted: false, guard: 'maxConnections', limit: maxConnections, measured: this.#open + 1 };
    }
    const fromClient = this.openFrom(client);
    if (maxConnectionsPerClient !== null && fromClient >= maxConnectionsPerClient) {
      return {
        admitted: false,
        guard: 'maxConnectionsPerClient',
        limit: maxConnectionsPerClient,
        measured: fromClient + 1,
      };
    }
    return ADMITTED;
  }

  /** Counts the connection in if both limits allow it. Every admitted connection must `leave` once. */
  enter(client: string, settings: Settings): AdmissionVerdict {
    const verdict = this.verdictOn(client, settings);
    if (!verdict.admitted) return verdict;
    this.#open += 1;
    this.#openByClient.set(client, this.openFrom(client) + 1);
    return verdict;
  }

  leave(client: string): void {
    this.#open -= 1;
    const fromClient = this.openFrom(client) - 1;
    if (fromClient > 0) this.#openByClient.set(client, fromClient);
    else this.#openByClient.delete(client);
  }
}
