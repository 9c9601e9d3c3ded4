/** Drives an origin session without a socket or a clock: bytes and times in, what it asked for out. */
import type { Fact } from '../../src-main/contract/facts';
import { DEFAULT_SETTINGS, type Settings } from '../../src-main/contract/settings';
import { PolicyInForce } from '../../src-main/inspector/policy';
import { OriginSession } from '../../src-main/session/origin-session';
import type { SessionPort } from '../../src-main/session/port';

type FactOf<Kind extends Fact['kind']> = Extract<Fact, { kind: Kind }>;

export class Playbook implements SessionPort {
  readonly policy: PolicyInForce;
  readonly session: OriginSession;
  readonly facts: Fact[] = [];
  /** What was asked of the socket besides writing, in order. */
  readonly effects: string[] = [];
  nowMs = 1_000_000;
  #written = '';

  constructor(settings: Partial<Settings> = {}, replyMode: 'default' | 'echo' = 'default', policy?: PolicyInForce) {
    this.policy = policy ?? new PolicyInForce({ ...DEFAULT_SETTINGS, ...settings }, replyMode);
    this.session = new OriginSession(this, this.policy, {
      id: 1,
      client: '127.0.0.1:50000',
      clientAddress: '127.0.0.1',
      server: '127.0.0.1:8080',
      isSecure: false,
      carrier: null,
    });
    this.session.opened(this.nowMs);
  }

  /** Latin-1 text, as one read, after which the session is asked for its deadline, as the driver does. */
  send(text: string): this {
    this.session.received(
      Uint8Array.from(text, (character) => character.charCodeAt(0)),
      this.nowMs,
    );
    return this.wait(0);
  }

  sendByteByByte(text: string): this {
    for (const character of text) this.send(character);
    return this;
  }

  /** Time passes; a deadline that has come is told to the session, as the driver does. */
  wait(ms: number): this {
    this.nowMs += ms;
    const { wakeAtMs } = this.session;
    if (wakeAtMs !== null && wakeAtMs <= this.nowMs) this.session.deadlinePassed(this.nowMs);
    return this;
  }

  change(settings: Partial<Settings>): this {
    this.policy.change({ ...this.policy.settings, ...settings });
    this.session.settingsChanged(this.nowMs);
    return this.wait(0);
  }

  /** Everything written since the last call. */
  written(): string {
    const text = this.#written;
    this.#written = '';
    return text;
  }

  /** The status codes written since the last call, interim ones included. */
  statuses(): readonly number[] {
    return Array.from(this.written().matchAll(/HTTP\/1\.1 (\d{3}) /g), (match) => Number(match[1]));
  }

  factsOf<Kind extends Fact['kind']>(kind: Kind): readonly FactOf<Kind>[] {
    return this.facts.filter((fact): fact is FactOf<Kind> => fact.kind === kind);
  }

  wakeDue(): void {}

  write(bytes: Uint8Array): void {
    for (const byte of bytes) this.#written += String.fromCharCode(byte);
  }

  /** A client that takes everything at once, unless the test says otherwise. */
  pendingBytes = 0;

  end = (): void => {
    this.effects.push('end');
    this.session.finished(this.nowMs);
  };
  destroy = (): void => void this.effects.push('destroy');
  reset = (): void => void this.effects.push('reset');
  pauseReading = (): void => void this.effects.push('pause');
  resumeReading = (): void => void this.effects.push('resume');
  record = (fact: Fact): void => void this.facts.push(fact);
}
