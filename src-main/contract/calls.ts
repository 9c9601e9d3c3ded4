/**
 * The calls a page may make and the topics the engine pushes, each declared once. Parameters are checked at the
 * engine's edge for every host, since types do not survive the wire.
 */
import * as v from 'valibot';
import { MAX_RANGE_BYTES, type ByteRange, type ConnectionDetail } from './connections';
import { fail, ok, type Result } from './errors';
import type { FeedBatch, FeedSnapshot, ListenerState } from './feed';
import { MODES, type Mode } from './modes';
import type { SettingsState } from './presets';
import { MAX_CONFIG_BYTES, MAX_SERVERS } from './proxy-config';
import {
  MAX_FORWARD_ENTRIES,
  MAX_FORWARD_ENTRY_CHARS,
  type LocalCa,
  type ProxyChange,
  type ProxyState,
} from './proxy-state';
import { PLACEMENTS } from './upstreams';
import { MAX_URL_CHARS } from './upstream-url';

const nothing = v.strictObject({});
const offset = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const connection = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const path = v.pipe(v.string(), v.maxLength(4_096));
const entries = v.pipe(
  v.array(v.pipe(v.string(), v.maxLength(MAX_FORWARD_ENTRY_CHARS))),
  v.maxLength(MAX_FORWARD_ENTRIES),
);

const proxyChange = v.strictObject({
  mode: v.optional(v.picklist(Object.keys(MODES) as Mode[])),
  config: v.optional(v.pipe(v.string(), v.maxLength(MAX_CONFIG_BYTES))),
  configPath: v.optional(path),
  upstreams: v.optional(v.pipe(v.array(v.pipe(v.string(), v.maxLength(MAX_URL_CHARS))), v.maxLength(MAX_SERVERS))),
  tunnelTo: v.optional(v.pipe(v.string(), v.maxLength(MAX_FORWARD_ENTRY_CHARS))),
  forward: v.optional(
    v.strictObject({
      allow: v.optional(entries),
      allowPrivate: v.optional(v.boolean()),
      intercept: v.optional(entries),
      insecure: v.optional(entries),
    }),
  ),
  tls: v.optional(
    v.variant('kind', [
      v.strictObject({ kind: v.literal('off') }),
      v.strictObject({ kind: v.literal('local-ca') }),
      v.strictObject({ kind: v.literal('own'), certificatePath: path, keyPath: path }),
    ]),
  ),
}) satisfies v.GenericSchema<unknown, ProxyChange>;

/** Each call with the shape of its parameters and how long a caller waits for its answer. */
export const CALLS = {
  /** Where a viewer begins; batches with a higher sequence follow on the topic `feed`. */
  'feed.snapshot': { params: nothing, timeoutMs: 10_000 },
  /** The viewer has taken in the batch with this sequence; the next one may be sent. */
  'feed.acknowledge': { params: v.strictObject({ sequence: offset }), timeoutMs: 10_000 },
  /** Puts one setting in force, for open connections too. Fails with a `CFG_` code; then the old value stays. */
  'settings.set': {
    params: v.strictObject({
      name: v.pipe(v.string(), v.maxLength(100)),
      value: v.nullable(v.union([v.number(), v.boolean(), v.pipe(v.string(), v.maxLength(1_000))])),
    }),
    timeoutMs: 5_000,
  },
  /** Puts a whole preset in force and forgets what was turned by hand. Fails with `CFG_UNKNOWN_PRESET`. */
  'settings.preset': { params: v.strictObject({ name: v.pipe(v.string(), v.maxLength(100)) }), timeoutMs: 5_000 },
  /** Puts one setting back to what the preset has, or all of them (`name: null`). */
  'settings.reset': {
    params: v.strictObject({ name: v.nullable(v.pipe(v.string(), v.maxLength(100))) }),
    timeoutMs: 5_000,
  },
  /** Listens on an address (port 0: any free one), after leaving the current one. Fails with a `NET_` code. */
  'listener.start': {
    params: v.strictObject({
      host: v.pipe(v.string(), v.maxLength(255)),
      port: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535)),
    }),
    timeoutMs: 15_000,
  },
  /** Stops accepting and closes open connections. */
  'listener.stop': { params: nothing, timeoutMs: 15_000 },
  /**
   * Changes the mode and what it works by; all of it or nothing. What is under way is finished as it began; the next
   * request on an open connection goes the new way. Fails with `CFG_PROXY`, `CFG_MODE_NEEDS` or a `TLS_` code.
   */
  'proxy.change': { params: proxyChange, timeoutMs: 15_000 },
  /** A person's word on a server. Fails with `CALL_NO_SERVER`. */
  'proxy.place': {
    params: v.strictObject({
      upstream: v.pipe(v.string(), v.maxLength(64)),
      server: v.pipe(v.string(), v.maxLength(MAX_URL_CHARS)),
      placement: v.picklist(PLACEMENTS),
    }),
    timeoutMs: 5_000,
  },
  /** The local CA, made now where there is none yet. Fails with a `TLS_` code. */
  'proxy.ca': { params: nothing, timeoutMs: 15_000 },
  /** Drops closed connections from the list and empties the log; open ones stay. */
  'connections.clear': { params: nothing, timeoutMs: 5_000 },
  'connection.detail': { params: v.strictObject({ connection }), timeoutMs: 5_000 },
  /** Raw bytes of one direction as they crossed the socket. */
  'bytes.read': {
    params: v.strictObject({
      connection,
      direction: v.picklist(['in', 'out']),
      offset,
      length: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_RANGE_BYTES)),
    }),
    timeoutMs: 10_000,
  },
} as const satisfies Record<string, { params: v.GenericSchema; timeoutMs: number }>;

export type CallName = keyof typeof CALLS;
export type CallParams<Name extends CallName> = v.InferOutput<(typeof CALLS)[Name]['params']>;

export interface CallValues {
  'feed.snapshot': FeedSnapshot;
  'feed.acknowledge': null;
  'settings.set': SettingsState;
  'settings.preset': SettingsState;
  'settings.reset': SettingsState;
  'listener.start': ListenerState;
  'listener.stop': ListenerState;
  'proxy.change': ProxyState;
  'proxy.place': null;
  'proxy.ca': LocalCa;
  'connections.clear': null;
  'connection.detail': ConnectionDetail;
  'bytes.read': ByteRange;
}

export type Reply<Value> = Result<Value>;

/** What implements the calls: one function each; a missing one does not compile. */
export type CallHandlers = {
  readonly [Name in CallName]: (params: CallParams<Name>) => Reply<CallValues[Name]> | Promise<Reply<CallValues[Name]>>;
};

/** What the engine pushes. */
export interface TopicPayloads {
  feed: FeedBatch;
}
export type TopicName = keyof TopicPayloads;
const TOPIC_NAMES = ['feed'] as const satisfies readonly TopicName[];

export const isCallName = (name: unknown): name is CallName => typeof name === 'string' && Object.hasOwn(CALLS, name);
export const isTopicName = (name: unknown): name is TopicName => TOPIC_NAMES.some((topic) => topic === name);

function checkParams<Name extends CallName>(name: Name, raw: unknown): Result<CallParams<Name>> {
  const parsed = v.safeParse(CALLS[name].params, raw);
  if (parsed.success) return ok(parsed.output as CallParams<Name>);
  const [issue] = parsed.issues;
  const where = v.getDotPath(issue);
  return fail('CALL_BAD_PARAMS', {
    name,
    reason: `${where === null ? '' : `${where}: `}${issue.message}`.slice(0, 200),
  });
}

/** Dispatches one call as it came off a wire. Never rejects: an unexpected throw becomes `CALL_FAILED`. */
export async function dispatch(handlers: CallHandlers, name: unknown, raw: unknown): Promise<Reply<unknown>> {
  if (!isCallName(name)) return fail('CALL_UNKNOWN', { name: String(name).slice(0, 100) });
  const params = checkParams(name, raw);
  if (!params.ok) return params;
  const handle = handlers[name] as (params: unknown) => Reply<unknown> | Promise<Reply<unknown>>;
  try {
    return await handle(params.value);
  } catch (thrown) {
    return fail('CALL_FAILED', { name, reason: thrown instanceof Error ? thrown.message.slice(0, 200) : 'unknown' });
  }
}
