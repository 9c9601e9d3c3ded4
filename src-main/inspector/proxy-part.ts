/**
 * The proxy modes in the settings file. What is kept is what a person asked for in the window, change by change, not
 * what came of it: a configuration file is kept as its path and read again at the next start.
 *
 * Members are looked at one by one, so that one that is broken costs no other; what they say is judged when they are
 * put in force (inspector/proxy-control.ts).
 */
import * as v from 'valibot';
import { MODE_NAMES } from '../contract/modes';
import type { ProxyChange } from '../contract/proxy-state';

const text = v.string();
const texts = v.array(text);

const SHAPES = {
  mode: v.picklist(MODE_NAMES),
  /** As an object; in a change it is text. */
  config: v.record(text, v.unknown()),
  configPath: v.pipe(text, v.minLength(1)),
  upstreams: texts,
  tunnelTo: text,
  forward: v.object({
    allow: v.optional(texts),
    allowPrivate: v.optional(v.boolean()),
    intercept: v.optional(texts),
    insecure: v.optional(texts),
  }),
  tls: v.variant('kind', [
    v.object({ kind: v.literal('off') }),
    v.object({ kind: v.literal('local-ca') }),
    v.object({ kind: v.literal('own'), certificatePath: text, keyPath: text }),
  ]),
} as const;

type Member = keyof typeof SHAPES;
const MEMBERS = Object.keys(SHAPES) as readonly Member[];

/** A configuration comes from one of them; a new one replaces all. */
const CONFIG_MEMBERS: readonly Member[] = ['config', 'configPath', 'upstreams'];

export interface ProxyPart {
  readonly kept: ProxyChange;
  /** The first member that is not what it takes, as a sentence; null where all are. */
  readonly problem: string | null;
}

export function readProxyPart(raw: unknown): ProxyPart {
  if (raw === undefined) return { kept: {}, problem: null };
  if (typeof raw !== 'object' || raw === null) return { kept: {}, problem: 'proxy is not an object' };
  let problem: string | null = null;
  const kept: Partial<Record<Member, unknown>> = {};
  for (const member of MEMBERS) {
    const value = (raw as Record<string, unknown>)[member];
    if (value === undefined) continue;
    const parsed = v.safeParse(SHAPES[member], value);
    if (!parsed.success) problem ??= `proxy.${member} has a value that it does not take`;
    else kept[member] = member === 'config' ? JSON.stringify(value) : parsed.output;
  }
  // Each has passed its own shape.
  return { kept: kept as ProxyChange, problem };
}

/** As it stands in the file; null where there is nothing to say. */
export function writeProxyPart(kept: ProxyChange): object | null {
  if (Object.keys(kept).length === 0) return null;
  return kept.config === undefined ? kept : { ...kept, config: JSON.parse(kept.config) as unknown };
}

const given = <Value extends object>(value: Value): Partial<Value> =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Partial<Value>;

export const hasConfig = (change: ProxyChange): boolean =>
  CONFIG_MEMBERS.some((member) => change[member] !== undefined);

/** What a change leaves to be kept. Reading the same file again says nothing new. */
export function mergeChange(kept: ProxyChange, change: ProxyChange): ProxyChange {
  const news = given(change.configPath === '' ? { ...change, configPath: undefined } : change);
  const old = hasConfig(news)
    ? Object.fromEntries(Object.entries(kept).filter(([member]) => !CONFIG_MEMBERS.includes(member as Member)))
    : kept;
  const merged: ProxyChange = { ...old, ...news };
  return change.forward === undefined ? merged : { ...merged, forward: { ...kept.forward, ...given(change.forward) } };
}

/** What is kept in parts that stand or fall by themselves, without what a flag says anew. The mode is not among them. */
export function partsOf(kept: ProxyChange, flags: ProxyChange): ProxyChange[] {
  const { config, configPath, upstreams, tunnelTo, forward, tls } = kept;
  const rules = Object.entries(given(forward ?? {})).filter(([name]) => !(name in given(flags.forward ?? {})));
  return [
    ...(hasConfig(flags) ? [] : [{ config, configPath, upstreams }]),
    ...(flags.tunnelTo === undefined ? [{ tunnelTo }] : []),
    ...rules.map(([name, value]) => ({ forward: { [name]: value } })),
    ...(flags.tls === undefined ? [{ tls }] : []),
  ];
}
