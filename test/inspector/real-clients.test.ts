/** curl and nc as the judges: what they make of our replies is what counts. */
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Engine } from '../../src-main/contract/engine';
import type { Fact } from '../../src-main/contract/facts';
import type { SomeSettings } from '../../src-main/contract/settings';
import { createInspector } from '../../src-main/inspector/inspector';

const run = promisify(execFile);

let folder: string;
let engine: Engine;
let facts: Fact[];
let url: string;
let port: number;

async function start(flags: SomeSettings = {}): Promise<void> {
  const created = await createInspector({
    settingsPath: null,
    journalPath: null,
    flags,
    preset: null,
    replyMode: 'default',
    proxy: {},
    caPath: null,
  });
  if (!created.ok) throw new Error(created.error.code);
  engine = created.value;
  facts = [];
  engine.onFact((fact) => facts.push(fact));
  const listening = await engine.listen('127.0.0.1', 0);
  if (!listening.ok) throw new Error(listening.error.code);
  port = listening.value.port;
  url = `http://127.0.0.1:${port}`;
}

const curl = async (...args: string[]): Promise<string> =>
  (await run('curl', ['-sS', '--max-time', '10', ...args], { maxBuffer: 64 * 1024 * 1024 })).stdout;

/** Bytes typed into nc, which closes its side after them; what came back. */
function nc(text: string): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn('nc', ['-N', '127.0.0.1', String(port)]);
    let output = '';
    child.stdout.on('data', (bytes: Buffer) => (output += bytes.toString('latin1')));
    child.on('close', () => resolve(output));
    child.stdin.end(Buffer.from(text, 'latin1'));
  });
}

const connections = (): number => facts.filter(({ kind }) => kind === 'connection.opened').length;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bytescope-curl-'));
});
afterEach(async () => {
  await engine.close(0);
  rmSync(folder, { recursive: true });
});

describe('curl', () => {
  it('gets a large file back unchanged, with its length and chunked', async () => {
    await start();
    const sent = randomBytes(3_000_000);
    const [path, back] = [join(folder, 'sent'), join(folder, 'back')];
    writeFileSync(path, sent);
    for (const more of [[], ['-H', 'Transfer-Encoding: chunked']]) {
      await curl('-o', back, '--data-binary', `@${path}`, ...more, `${url}/echo`);
      expect(readFileSync(back).equals(sent)).toBe(true);
    }
  });

  it('waits for 100 Continue and then sends its body', async () => {
    await start();
    const path = join(folder, 'body');
    writeFileSync(path, 'x'.repeat(2_000));
    const trace = await curl(
      '-v',
      '--stderr',
      '-',
      '-H',
      'Expect: 100-continue',
      '--data-binary',
      `@${path}`,
      `${url}/echo`,
    );
    expect(trace).toMatch(/< HTTP\/1\.1 100 Continue[^]*< HTTP\/1\.1 200 OK/);
  });

  it('is told 413 in place of 100 Continue and sends nothing', async () => {
    await start({ maxBodyBytes: 1_000 });
    const path = join(folder, 'body');
    writeFileSync(path, 'x'.repeat(5_000_000));
    const codes = await curl('-o', '/dev/null', '-w', '%{http_code} %{size_upload}', '-T', path, `${url}/echo`);
    expect(codes).toBe('413 0');
  });

  it('reads 413 while it uploads', async () => {
    await start({ maxBodyBytes: 1_000 });
    const path = join(folder, 'body');
    writeFileSync(path, 'x'.repeat(5_000_000));
    expect(await curl('-o', '/dev/null', '-w', '%{http_code}', '-H', 'Expect:', '-T', path, `${url}/echo`)).toBe('413');
  });

  it('reuses one connection for several requests', async () => {
    await start();
    await curl(`${url}/health`, `${url}/none`, `${url}/`);
    expect(connections()).toBe(1);
  });

  it('gets the head alone for HEAD, and does not wait for a body', async () => {
    await start();
    expect(await curl('-I', `${url}/health`)).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*Content-Length: \d+\r\n/i);
  });

  it('speaks HTTP/1.0 and is closed on', async () => {
    await start();
    expect(await curl('-0', '-i', `${url}/health`)).toMatch(/^HTTP\/1\.1 200 OK[^]*Connection: close/);
  });

  it('waits as long as Retry-After says and gets in', async () => {
    await start({ bucketCapacity: 1, bucketRefillPerSec: 1 });
    await curl(`${url}/health`);
    expect(await curl('-o', join(folder, 'back'), '-w', '%{http_code}', '--retry', '2', `${url}/health`)).toBe('200');
    expect(facts.filter((fact) => fact.kind === 'reply').map(({ status }) => status)).toEqual([200, 429, 200]);
  });

  it('is told that HTTP/2 is not spoken here, and TLS neither', async () => {
    await start();
    await curl('--http2-prior-knowledge', `${url}/`).catch(() => undefined);
    await curl('-k', `https://127.0.0.1:${port}/`).catch(() => undefined);
    const faults = facts.filter((fact) => fact.kind === 'fault').map(({ code }) => code);
    expect(faults).toEqual(['H1_HTTP2_PREFACE', 'H1_TLS_ON_PLAIN_PORT']);
  });
});

describe('nc', () => {
  it('gets its pipelined requests answered in order, and the connection closed after them', async () => {
    await start();
    const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
    const replies = await nc(get('/health') + get('/none') + get('/health'));
    expect(Array.from(replies.matchAll(/HTTP\/1\.1 (\d{3})/g), ([, code]) => code)).toEqual(['200', '404', '200']);
  });

  it('that hangs up in the middle of a request gets no reply', async () => {
    await start();
    expect(await nc('POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc')).toBe('');
    expect(facts.find(({ kind }) => kind === 'fault')).toMatchObject({ code: 'H1_INCOMPLETE' });
  });
});
