/**
 * Who may use the forward and SOCKS modes, and which addresses they may reach: a proxy that anybody may send anywhere is
 * found within hours and used against others. Clients on loopback may go anywhere but in a circle. Others have to be on
 * the allow list, and reach no address that only this machine or its network can see, unless that is allowed too.
 *
 * Addresses are judged after names were looked up: anybody can let a name of his own stand for 127.0.0.1.
 */
import type { Failure } from '../contract/errors';
import { createIpMatcher } from '../contract/ip-range';
import type { ForwardRules } from '../contract/proxy-state';

const isLoopback = createIpMatcher(['127.0.0.0/8', '::1']);

/** IANA's special-purpose registries (RFC 6890), but for what is on loopback. */
const isPrivate = createIpMatcher([
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/3',
  '::/127',
  '64:ff9b:1::/48',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
]);

/** Null: it may. */
export type MayReach = (address: string, port: number) => Failure | null;

export class Reach {
  readonly #isListed: (address: string) => boolean;
  readonly #anywhere: MayReach;
  readonly #public: MayReach;

  constructor(
    private readonly rules: ForwardRules,
    /** Is this where we listen ourselves? */
    isOwn: (address: string, port: number) => boolean,
  ) {
    this.#isListed = createIpMatcher(rules.allow);
    this.#anywhere = (address, port) => (isOwn(address, port) ? { code: 'FWD_LOOP' } : null);
    this.#public = (address, port) => (isPrivate(address) ? { code: 'FWD_PRIVATE' } : this.#anywhere(address, port));
  }

  /** What keeps this client from using the proxy at all; null: nothing. */
  refusalOf(client: string): Failure | null {
    if (isLoopback(client) || this.#isListed(client)) return null;
    return { code: 'FWD_CLIENT', detail: { client } };
  }

  /** May this client reach whatever it likes? */
  isTrusted(client: string): boolean {
    return this.rules.allowPrivate || isLoopback(client);
  }

  mayReachFor(client: string): MayReach {
    return this.isTrusted(client) ? this.#anywhere : this.#public;
  }
}
