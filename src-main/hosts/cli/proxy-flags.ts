/**
 * The flags of the proxy modes as one change of the proxy state. Each belongs to some modes; where --mode is not given,
 * those that make sense in one mode alone say which.
 */
import { fail, ok, type Failure, type Result } from '../../contract/errors';
import { entryProblem, RULE_LIST_NAMES, tunnelTarget, type RuleListName } from '../../contract/forward-rules';
import { isMode, MODE_NAMES, type Mode } from '../../contract/modes';
import { sentenceOf } from '../../contract/proxy-mistakes';
import { configOfUrls } from '../../contract/proxy-reading';
import { MAX_FORWARD_ENTRIES, type ForwardRules, type ListenerTls, type ProxyChange } from '../../contract/proxy-state';
import type { FlagName } from './flags';

/** The values a flag was given, in order. Null: it was given without one. */
export type GivenValues = (name: FlagName) => readonly (string | null)[];

interface Belonging {
  readonly flag: FlagName;
  readonly modes: readonly Mode[];
  /** The mode it means where none is given. */
  readonly means: Mode | null;
}

const BELONGINGS: readonly Belonging[] = [
  { flag: 'upstream', modes: ['reverse'], means: 'reverse' },
  { flag: 'config', modes: ['reverse'], means: 'reverse' },
  { flag: 'tunnel-to', modes: ['tunnel'], means: 'tunnel' },
  { flag: 'intercept', modes: ['forward'], means: 'forward' },
  { flag: 'insecure', modes: ['forward'], means: 'forward' },
  { flag: 'allow', modes: ['forward', 'socks'], means: null },
  { flag: 'allow-private', modes: ['forward', 'socks'], means: null },
  { flag: 'tls', modes: ['server', 'reverse'], means: null },
];

const wrong = (reason: string) => fail('CFG_FLAG', { reason });
/** What was typed, made fit for a terminal. */
const quote = (text: string): string => JSON.stringify(text.slice(0, 100));

function readMode(given: GivenValues): Result<Mode | null> {
  const asked = given('mode').at(-1) ?? null;
  if (asked !== null && !isMode(asked)) {
    return wrong(`The flag --mode takes ${MODE_NAMES.join(', ')}, not ${quote(asked)}.`);
  }
  const present = BELONGINGS.filter(({ flag }) => given(flag).length > 0);
  const meant = present.find(({ means }) => means !== null);
  const mode = asked ?? meant?.means ?? null;
  const stranger = mode === null ? undefined : present.find(({ modes }) => !modes.includes(mode));
  if (stranger === undefined) return ok(mode);
  const modes = `the ${stranger.modes.join(' and the ')} mode`;
  const because = asked === null ? `--${meant?.flag ?? ''} means the ${mode ?? ''} mode` : `--mode is ${asked}`;
  return wrong(`The flag --${stranger.flag} belongs to ${modes}, and ${because}.`);
}

function readTls(given: GivenValues): Result<ListenerTls | undefined> {
  const values = given('tls');
  if (values.length === 0) return ok(undefined);
  const value = values.at(-1) ?? null;
  if (value === null) return ok({ kind: 'local-ca' });
  const [certificatePath = '', keyPath = '', ...others] = value.split(',');
  const isPair = certificatePath !== '' && keyPath !== '' && others.length === 0;
  if (!isPair) return wrong(`The flag --tls takes two files with a comma between them, CERT,KEY, not ${quote(value)}.`);
  return ok({ kind: 'own', certificatePath, keyPath });
}

/** The values of a flag that may be given again: each list of rules has the flag of its name. */
function readEntries(flag: RuleListName, given: GivenValues): Result<readonly string[]> {
  const entries = given(flag).filter((value) => value !== null);
  for (const entry of entries) {
    const reason = entryProblem(flag, entry);
    if (reason !== null) return wrong(`The flag --${flag} cannot take ${quote(entry)}: ${reason}.`);
  }
  if (entries.length > MAX_FORWARD_ENTRIES) {
    return wrong(`The flag --${flag} can be given ${MAX_FORWARD_ENTRIES} times at most.`);
  }
  return ok(entries);
}

/** Those that were given; undefined where none was. */
function readForward(given: GivenValues): Result<ProxyChange['forward']> {
  const rules: { -readonly [Key in keyof ForwardRules]?: ForwardRules[Key] } = {};
  for (const name of RULE_LIST_NAMES) {
    const entries = readEntries(name, given);
    if (!entries.ok) return entries;
    if (entries.value.length > 0) rules[name] = entries.value;
  }
  if (given('allow-private').length > 0) rules.allowPrivate = true;
  return ok(Object.keys(rules).length === 0 ? undefined : rules);
}

/** What is wrong with the servers given, all of it; null where nothing is, or none were. */
function upstreamsFailure(upstreams: readonly string[]): Failure | null {
  if (upstreams.length === 0) return null;
  const read = configOfUrls(upstreams);
  return read.ok ? null : wrong(read.mistakes.map(sentenceOf).join(' ')).error;
}

/** Fails with `CFG_FLAG`. */
export function readProxyFlags(given: GivenValues): Result<ProxyChange> {
  const upstreams = given('upstream').filter((url) => url !== null);
  const configPath = given('config').at(-1) ?? undefined;
  if (upstreams.length > 0 && configPath !== undefined) {
    return wrong('The flags --upstream and --config both say where requests go: give one of them.');
  }
  const mode = readMode(given);
  if (!mode.ok) return mode;
  const failure = upstreamsFailure(upstreams);
  if (failure !== null) return { ok: false, error: failure };
  const tunnelTo = given('tunnel-to').at(-1) ?? undefined;
  if (tunnelTo !== undefined && tunnelTarget(tunnelTo) === null) {
    return wrong(`The flag --tunnel-to takes HOST:PORT, not ${quote(tunnelTo)}.`);
  }
  const tls = readTls(given);
  if (!tls.ok) return tls;
  const forward = readForward(given);
  if (!forward.ok) return forward;
  return ok({
    ...(mode.value !== null && { mode: mode.value }),
    ...(configPath !== undefined && { configPath }),
    ...(upstreams.length > 0 && { upstreams }),
    ...(tunnelTo !== undefined && { tunnelTo }),
    ...(forward.value !== undefined && { forward: forward.value }),
    ...(tls.value !== undefined && { tls: tls.value }),
  });
}
