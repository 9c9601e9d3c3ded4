/** Which server a reply came from: it is told with the reply and was stated before it. One entry a connection. */
import type { ConnectionId, Relay } from '../../contract/connections';
import type { Fact } from '../../contract/facts';

export class Relays {
  /** Requests of one connection are answered one after another: the latest is enough. */
  readonly #latest = new Map<ConnectionId, { readonly number: number; readonly relay: Relay }>();

  /** Every fact, in order. Of a reply: how its request was passed on; null: it was not, or the fact is no reply. */
  take(fact: Fact): Relay | null {
    if (fact.kind === 'relay') this.#latest.set(fact.connection, fact);
    if (fact.kind === 'connection.closed') this.#latest.delete(fact.connection);
    if (fact.kind !== 'reply') return null;
    const latest = this.#latest.get(fact.connection);
    return latest?.number === fact.number ? latest.relay : null;
  }
}
