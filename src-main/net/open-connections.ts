/** Every connection that is open, accepted or opened by ourselves: what concerns all of them is done here. */
import type { ConnectionId, Side } from '../contract/connections';
import type { Session, SessionPort } from '../session/port';
import { ConnectionDriver, type DriverHooks } from './driver';
import type { Tap } from './tap';

export type ConnectionHooks = Omit<DriverHooks, 'tapFellBehind'>;

export class OpenConnections {
  #latestId = 0;
  readonly #drivers = new Set<ConnectionDriver>();
  readonly #hooks: DriverHooks;
  /** Of those held: whose turn was the last one. */
  #readLast: ConnectionDriver | null = null;

  constructor(private readonly hooks: ConnectionHooks) {
    this.#hooks = {
      ...hooks,
      tapFellBehind: (by) => {
        this.#readLast = by;
        for (const driver of this.#drivers) driver.hold();
      },
      gone: (gone) => {
        this.#drivers.delete(gone);
        hooks.gone(gone);
      },
    };
  }

  get tap(): Tap {
    return this.hooks.tap;
  }

  broke(...failure: Parameters<DriverHooks['broke']>): void {
    this.hooks.broke(...failure);
  }

  nextId(): ConnectionId {
    this.#latestId += 1;
    return this.#latestId;
  }

  /** `gone` is told at its end, after everybody else: one function for all of an owner's connections. */
  drive(
    id: ConnectionId,
    side: Side,
    sessionOf: (port: SessionPort) => Session,
    gone: (driver: ConnectionDriver) => void,
  ): ConnectionDriver {
    const driver = new ConnectionDriver(id, side, this.#hooks, gone, sessionOf);
    this.#drivers.add(driver);
    return driver;
  }

  /**
   * The tap can follow again: reading goes on with those who were not reached before. Always in the same order, the last
   * ones would be reached only when the first ones have nothing left to send.
   */
  tapCaughtUp(): void {
    const drivers = [...this.#drivers];
    const next = this.#readLast === null ? 0 : drivers.indexOf(this.#readLast) + 1;
    this.#readLast = null;
    for (let at = 0; at < drivers.length; at += 1) drivers[(next + at) % drivers.length]!.release();
  }

  settingsChanged(): void {
    for (const driver of this.#drivers) driver.settingsChanged();
  }
}
