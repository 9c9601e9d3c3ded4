/**
 * The client side of the calls, over any transport. A transport is two functions; Electron, the web host, the
 * command line and the tests each supply theirs.
 */
import {
  CALLS,
  type CallName,
  type CallParams,
  type CallValues,
  type Reply,
  type TopicName,
  type TopicPayloads,
} from './calls';
import { fail } from './errors';

export interface Transport {
  /** Carries one call. Resolves with the reply as the engine gave it; rejects when the engine is out of reach. */
  request(name: CallName, params: unknown): Promise<Reply<unknown>>;
  /** Returns a function that ends the subscription. */
  subscribe(topic: TopicName, on: (payload: unknown) => void): () => void;
}

/** Runs `expire` after `ms`; returns a function that prevents it. Handed in: the contract has no timer. */
export type Alarm = (ms: number, expire: () => void) => () => void;

export interface Client {
  /** Never rejects: what goes wrong on the way comes back as `CALL_TIMED_OUT` or `CALL_DISCONNECTED`. */
  call<Name extends CallName>(name: Name, params: CallParams<Name>): Promise<Reply<CallValues[Name]>>;
  on<Name extends TopicName>(topic: Name, on: (payload: TopicPayloads[Name]) => void): () => void;
}

export function createClient(transport: Transport, alarm: Alarm): Client {
  return {
    call(name, params) {
      const { timeoutMs } = CALLS[name];
      return new Promise((resolve) => {
        const disarm = alarm(timeoutMs, () => resolve(fail('CALL_TIMED_OUT', { name, limit: timeoutMs })));
        const settle = (reply: Reply<unknown>) => {
          disarm();
          resolve(reply as Reply<CallValues[typeof name]>);
        };
        transport.request(name, params).then(settle, () => settle(fail('CALL_DISCONNECTED')));
      });
    },
    on: (topic, on) => transport.subscribe(topic, on as (payload: unknown) => void),
  };
}
