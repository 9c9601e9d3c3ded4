/**
 * What a change of the proxy state leads to: reads and checks all of it, and says which state would be in force, or the
 * first thing that is in the way. Nothing is in force yet, so nothing has to be undone.
 */
import { resolve } from 'node:path';
import { parseAddress, type Address } from '../contract/address';
import { ok, type Failure, type Result } from '../contract/errors';
import { forwardMistakes, plainForwardRules, tunnelTarget } from '../contract/forward-rules';
import { asFailure, mistake, type Mistake } from '../contract/proxy-mistakes';
import { configOfUrls, findLoop, isOwn, readProxyConfig, type ConfigResult } from '../contract/proxy-reading';
import type { ForwardRules, ListenerTls, LocalCa, ProxyChange, ProxyState } from '../contract/proxy-state';
import { readConfigFile } from './proxy-file';

/** What the proxy modes need of certificates. */
export interface Certificates {
  /** The local CA, made now where there is none yet. Fails with a `TLS_` code. */
  ca(): Promise<Result<LocalCa>>;
  /** Whether a certificate and a key can be read and belong together. Fails with a `TLS_` code. */
  checkOwn(files: { readonly certificatePath: string; readonly keyPath: string }): Promise<Result<null>>;
}

type ConfigPart = Pick<ProxyState, 'config' | 'configPath'>;

const refused = (first: Mistake, ...others: readonly Mistake[]): Result<never> => ({
  ok: false,
  error: asFailure([first, ...others]),
});

const taken = (read: ConfigResult): Result<ConfigPart> =>
  read.ok ? ok({ config: read.value, configPath: null }) : { ok: false, error: asFailure(read.mistakes) };

async function fromFile(path: string): Promise<Result<ConfigPart>> {
  const read = await readConfigFile(path);
  return read.ok ? ok({ config: read.value, configPath: path }) : read;
}

function configPart(state: ProxyState, change: ProxyChange): Promise<Result<ConfigPart>> | Result<ConfigPart> {
  const { config, configPath, upstreams } = change;
  if ([config, configPath, upstreams].filter((each) => each !== undefined).length > 1) {
    return refused(mistake([], 'it comes as text, as a file or as a list of servers, and only one of them at once'));
  }
  if (config !== undefined) return taken(readProxyConfig(config));
  if (upstreams !== undefined) return taken(configOfUrls(upstreams));
  if (configPath === undefined) return ok(state);
  const path = configPath === '' ? state.configPath : resolve(configPath);
  return path === null ? refused(mistake([], 'it came from no file that could be read again')) : fromFile(path);
}

function forwardPart({ forward }: ProxyState, change: ProxyChange['forward']): Result<ForwardRules> {
  const rules: ForwardRules = {
    allow: change?.allow ?? forward.allow,
    allowPrivate: change?.allowPrivate ?? forward.allowPrivate,
    intercept: change?.intercept ?? forward.intercept,
    insecure: change?.insecure ?? forward.insecure,
  };
  const [first, ...others] = forwardMistakes(rules);
  return first === undefined ? ok(plainForwardRules(rules)) : refused(first, ...others);
}

/** Empty: nowhere. */
function tunnelPart({ tunnelTo }: ProxyState, asked: string | undefined): Result<string | null> {
  if (asked === undefined) return ok(tunnelTo);
  const target = asked === '' ? null : tunnelTarget(asked);
  if (target !== null || asked === '') return ok(target);
  return refused(mistake(['tunnelTo'], 'it is a host and a port such as 127.0.0.1:5432'));
}

async function tlsPart(
  { tls }: ProxyState,
  asked: ListenerTls | undefined,
  certificates: Certificates,
): Promise<Result<ListenerTls>> {
  if (asked === undefined || asked.kind !== 'own') return ok(asked ?? tls);
  const { certificatePath, keyPath } = asked;
  const own = { kind: asked.kind, certificatePath: resolve(certificatePath), keyPath: resolve(keyPath) };
  const checked = await certificates.checkOwn(own);
  return checked.ok ? ok(own) : checked;
}

function missing({ mode, config, tunnelTo }: ProxyState): Failure | null {
  if (mode === 'reverse' && config === null) {
    return { code: 'CFG_MODE_NEEDS', detail: { mode, what: 'servers to pass requests on to' } };
  }
  if (mode === 'tunnel' && tunnelTo === null) {
    return { code: 'CFG_MODE_NEEDS', detail: { mode, what: 'an address to lead to' } };
  }
  return null;
}

const needsCa = ({ mode, tls, forward }: ProxyState): boolean =>
  mode === 'forward' ? forward.intercept.length > 0 : tls.kind === 'local-ca' && /^(server|reverse)$/.test(mode);

/** The state a change leads to. Fails with `CFG_PROXY`, `CFG_PROXY_FILE`, `CFG_MODE_NEEDS` or a `TLS_` code. */
export async function planChange(
  state: ProxyState,
  change: ProxyChange,
  certificates: Certificates,
): Promise<Result<ProxyState>> {
  const forward = forwardPart(state, change.forward);
  if (!forward.ok) return forward;
  const tunnelTo = tunnelPart(state, change.tunnelTo);
  if (!tunnelTo.ok) return tunnelTo;
  const config = await configPart(state, change);
  if (!config.ok) return config;
  const tls = await tlsPart(state, change.tls, certificates);
  if (!tls.ok) return tls;
  const planned: ProxyState = {
    mode: change.mode ?? state.mode,
    config: config.value.config,
    configPath: config.value.configPath,
    tunnelTo: tunnelTo.value,
    forward: forward.value,
    tls: tls.value,
    ca: state.ca,
  };
  const failure = missing(planned);
  if (failure !== null) return { ok: false, error: failure };
  if (!needsCa(planned)) return ok(planned);
  const ca = await certificates.ca();
  return ca.ok ? ok({ ...planned, ca: ca.value }) : ca;
}

const leadsTo = (tunnelTo: string, listener: Address): boolean => {
  const target = parseAddress(tunnelTo);
  return target.ok && isOwn(target.value.host, target.value.port, listener);
};

/** Fails with `CFG_PROXY` where what it would pass on comes back to the address it listens on. */
export function checkLoop({ mode, config, tunnelTo }: ProxyState, listener: Address): Result<null> {
  if (mode === 'reverse' && config !== null) {
    const loop = findLoop(config, listener);
    return loop === null ? ok(null) : { ok: false, error: asFailure(loop) };
  }
  if (mode !== 'tunnel' || tunnelTo === null || !leadsTo(tunnelTo, listener)) return ok(null);
  return refused(mistake(['tunnelTo'], 'this is where the proxy itself listens'));
}
