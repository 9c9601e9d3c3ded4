/** Authorities in folders of their own, certificates by openssl, and a server that shows them and says what came of it. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { openAuthority, type OpenedAuthority } from '../../src-main/certificates/authority-files.ts';
import { clientHandshakeFailure, clientQuitAfterHandshake } from '../../src-main/certificates/handshake-failures.ts';
import { serverTlsOptions, type ServerIdentity } from '../../src-main/certificates/server-identity.ts';
import type { Failure } from '../../src-main/contract/errors.ts';

const folders: string[] = [];

export function certificateFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bytescope-certificates-'));
  folders.push(folder);
  return folder;
}

export function removeCertificateFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

export async function openedIn(folder: string, nowMs = Date.now()): Promise<OpenedAuthority> {
  const opened = await openAuthority({ folder, machine: 'test', nowMs });
  if (!opened.ok) throw new Error(`${opened.error.code} ${JSON.stringify(opened.error.detail)}`);
  return opened.value;
}

/** What openssl prints; throws where it fails. */
export const openssl = (...args: readonly string[]): string =>
  execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

export interface SelfSigned {
  readonly certificatePath: string;
  readonly keyPath: string;
}

/** A certificate signed by its own key, with more arguments of `openssl req`. */
export function selfSigned(folder: string, name: string, ...args: readonly string[]): SelfSigned {
  const files = { certificatePath: join(folder, `${name}.pem`), keyPath: join(folder, `${name}-key.pem`) };
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', files.keyPath];
  openssl('req', '-x509', ...key, '-subj', `/CN=${name}`, '-out', files.certificatePath, ...args);
  return files;
}

export interface TlsServer {
  readonly port: number;
  /** The next handshake that fails, or connection that ends before a request. */
  failure(): Promise<Failure>;
  close(): void;
}

const REPLY = 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello\n';

/** Serves one small reply over TLS, the way a listener of ours would. */
export async function serveTls(identity: ServerIdentity, host = 'localhost'): Promise<TlsServer> {
  const options = serverTlsOptions(identity, host);
  if (!options.ok) throw new Error(options.error.code);
  const failures: Failure[] = [];
  const waiting: ((failure: Failure) => void)[] = [];
  const note = (failure: Failure) => {
    const next = waiting.shift();
    if (next === undefined) failures.push(failure);
    else next(failure);
  };
  const accept = (raw: Socket) => {
    const socket = new TLSSocket(raw, options.value);
    let state: 'shaking' | 'secure' | 'done' = 'shaking';
    const end = (error: Error | null) => {
      if (state === 'shaking') note(clientHandshakeFailure(error));
      if (state === 'secure') note(clientQuitAfterHandshake());
      state = 'done';
    };
    socket.on('secure', () => (state = 'secure'));
    socket.on('error', end);
    socket.on('close', () => end(null));
    socket.once('data', () => {
      state = 'done';
      socket.end(REPLY);
    });
  };
  const server = createServer(accept);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    failure: () => {
      const known = failures.shift();
      return known === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(known);
    },
    close: () => server.close(),
  };
}

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A program to its end, with nothing to read. */
export function ended(program: string, args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.on('data', (bytes) => (out += String(bytes)));
    child.stderr.on('data', (bytes) => (err += String(bytes)));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
  });
}
