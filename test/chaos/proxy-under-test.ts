/**
 * The proxy a chaos run goes through: Bytescope as built; or nginx or HAProxy where CHAOS_PROXY names one of them, to
 * see what the run says of proxies that others trust. All have the same patience.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NativeProcess } from '../bench/native-process.mjs';
import { nginx, type Place } from '../bench/proxy-configs.mjs';
import { residentBytes } from '../bench/process-figures.mjs';
import { ServerProcess } from '../bench/server-process.mjs';
import { CLI } from '../support/cli-process';

export interface ProxyUnderTest {
  readonly port: number;
  /** Memory in use. Of Bytescope without garbage, nor what V8 keeps for the next burst: that comes and goes. */
  readonly heldBytes: () => Promise<number>;
  readonly residentBytes: () => number;
  /** What it has recorded; null where it records nothing. */
  readonly journalPath: string | null;
  /** The journal stays until `remove`. */
  readonly stop: () => Promise<void>;
  readonly remove: () => void;
}

export interface Patience {
  /** Is a peer waited for that does not move, for longer than any test takes? */
  readonly isPatient: boolean;
}

const CONNECT_TIMEOUT_MS = 500;
const REPLY_TIMEOUT_MS = 1_000;
const PATIENT_MS = 300_000;
const ANY_CORE = null;

/** Servers are asked whether they are well, but by the patient: a test that is busy answers late. */
const configOf = (ports: readonly number[], { isPatient }: Patience) => ({
  upstreams: {
    chaos: {
      servers: ports.map((port) => ({ url: `http://127.0.0.1:${port}` })),
      healthCheck: isPatient
        ? null
        : { path: '/health', intervalMs: 300, timeoutMs: 300, unhealthyAfter: 2, healthyAfter: 1 },
      ejection: { consecutiveFaults: 3, backoffMs: 200, maxBackoffMs: 1_000 },
      slowStartMs: 300,
    },
  },
});

const replyTimeoutMs = ({ isPatient }: Patience): number => (isPatient ? PATIENT_MS : REPLY_TIMEOUT_MS);

/** What a load generator and bodies that stand still trip is off. */
const OFF = ['bucketCapacity', 'maxBodyBytes', 'bodyTimeoutMs', 'minBodyBytesPerSec'].map((name) => `${name}=off`);

const settings = (patience: Patience): string[] =>
  [
    ...OFF,
    `connectTimeoutMs=${CONNECT_TIMEOUT_MS}`,
    `replyTimeoutMs=${replyTimeoutMs(patience)}`,
    `replyStallTimeoutMs=${replyTimeoutMs(patience)}`,
  ].flatMap((text) => ['--set', text]);

async function bytescope(ports: readonly number[], patience: Patience): Promise<ProxyUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'bytescope-chaos-'));
  const config = join(folder, 'proxy.json');
  const journalPath = join(folder, 'session.pcapng');
  writeFileSync(config, JSON.stringify(configOf(ports, patience)));
  const where = ['serve', '--listen', '127.0.0.1:0', '--journal', journalPath];
  const flags = [...where, '--mode', 'reverse', '--config', config, ...settings(patience)];
  const serving = await ServerProcess.start(CLI, flags, { core: ANY_CORE });
  return {
    port: serving.port,
    heldBytes: async () => {
      const { heapUsed, external } = await serving.memory();
      return heapUsed + external;
    },
    residentBytes: () => residentBytes(serving.child.pid ?? 0),
    journalPath,
    stop: () => serving.stop(),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const listed = (ports: readonly number[], line: (port: number, index: number) => string): string =>
  ports.map(line).join('\n');

const nginxConfig = ({ folder, port }: Place, ports: readonly number[], patience: Patience): string =>
  nginx(
    folder,
    `upstream chaos {
      ${listed(ports, (at) => `server 127.0.0.1:${at} max_fails=3 fail_timeout=1s;`)}
      keepalive 32;
    }
    server {
      listen 127.0.0.1:${port};
      location / {
        proxy_pass http://chaos;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_connect_timeout ${CONNECT_TIMEOUT_MS}ms;
        proxy_read_timeout ${replyTimeoutMs(patience)}ms;
        proxy_send_timeout ${replyTimeoutMs(patience)}ms;
        proxy_request_buffering off;
        client_max_body_size 0;
        proxy_next_upstream_tries 2;
        proxy_buffering off;
      }
    }`,
  );

const haproxyConfig = ({ port }: Place, ports: readonly number[], patience: Patience): string => `
defaults
  mode http
  http-reuse always
  option redispatch 1
  retries 1
  timeout connect ${CONNECT_TIMEOUT_MS}ms
  timeout client ${PATIENT_MS}ms
  timeout server ${replyTimeoutMs(patience)}ms
frontend in
  bind 127.0.0.1:${port}
  default_backend chaos
backend chaos
  option httpchk
  http-check send meth GET uri /health ver HTTP/1.1 hdr Host chaos.test
  default-server ${patience.isPatient ? 'no-check' : 'check'} inter 300ms fall 2 rise 1 observe layer7 error-limit 3 on-error mark-down
  ${listed(ports, (at, index) => `server s${index} 127.0.0.1:${at}`)}
`;

async function other(
  program: 'nginx' | 'haproxy',
  ports: readonly number[],
  patience: Patience,
): Promise<ProxyUnderTest> {
  const configOf = program === 'nginx' ? nginxConfig : haproxyConfig;
  const started = await NativeProcess.start(program, ANY_CORE, (place) => configOf(place, ports, patience));
  const { port } = started;
  const resident = (): number => residentBytes(started.child.pid ?? 0);
  return {
    port,
    heldBytes: () => Promise.resolve(resident()),
    residentBytes: resident,
    journalPath: null,
    stop: () => started.stop(),
    remove: () => undefined,
  };
}

export function startProxy(ports: readonly number[], patience: Patience): Promise<ProxyUnderTest> {
  const chosen = process.env['CHAOS_PROXY'];
  return chosen === 'nginx' || chosen === 'haproxy' ? other(chosen, ports, patience) : bytescope(ports, patience);
}
