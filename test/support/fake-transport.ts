/** A transport with no engine behind it: a test answers the calls and pushes the topics. */
import type { CallName, CallParams, CallValues, Reply, TopicName, TopicPayloads } from '@contract/calls';
import type { Transport } from '@contract/client';
import { fail } from '@contract/errors';

type Answers = {
  [Name in CallName]?: (params: CallParams<Name>) => Reply<CallValues[Name]> | Promise<Reply<CallValues[Name]>>;
};

export interface RecordedCall {
  readonly name: CallName;
  readonly params: unknown;
}

export class FakeTransport implements Transport {
  /** Every call in order. */
  readonly calls: RecordedCall[] = [];
  /** Replace members to change what is answered; a call without an answer fails as an unknown one. */
  readonly answers: Answers;
  readonly #subscribers = new Set<(payload: unknown) => void>();

  constructor(answers: Answers = {}) {
    this.answers = answers;
  }

  async request(name: CallName, params: unknown): Promise<Reply<unknown>> {
    this.calls.push({ name, params });
    const answer = this.answers[name] as ((params: unknown) => Reply<unknown> | Promise<Reply<unknown>>) | undefined;
    return answer === undefined ? fail('CALL_UNKNOWN', { name }) : answer(params);
  }

  subscribe(_topic: TopicName, on: (payload: unknown) => void): () => void {
    this.#subscribers.add(on);
    return () => this.#subscribers.delete(on);
  }

  push<Name extends TopicName>(_topic: Name, payload: TopicPayloads[Name]): void {
    for (const on of this.#subscribers) on(payload);
  }

  /** The parameters of every call with this name. */
  paramsOf<Name extends CallName>(name: Name): CallParams<Name>[] {
    return this.calls.filter((call) => call.name === name).map((call) => call.params as CallParams<Name>);
  }
}
