import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Journal } from '../../src-main/capture/journal';
import type { Direction } from '../../src-main/contract/connections';
import { CLIENT, JournalFolder, latin1, MIB, SERVER, START_MS, textOf } from '../support/journal-folder';
import { tshark, tsharkFields } from '../support/tshark';

const GET = 'GET /a?b=1 HTTP/1.1\r\nHost: a\r\n\r\n';
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

let place: JournalFolder;

beforeEach(() => {
  place = new JournalFolder();
});
afterEach(() => place.remove());

/** One exchange on connection 1, the request in pieces. */
async function record(pieces: readonly string[], client = CLIENT, server = SERVER): Promise<Journal> {
  const journal = await place.open();
  journal.opened(1, client, server, START_MS);
  pieces.forEach((piece, index) => journal.recorded(1, 'in', latin1(piece), START_MS + index));
  journal.recorded(1, 'out', latin1(OK), START_MS + 50);
  journal.ended(1, 'in', 'fin', START_MS + 60);
  journal.ended(1, 'out', 'fin', START_MS + 61);
  await journal.flush();
  return journal;
}

describe('the file, as tshark reads it', () => {
  it('holds the request and the reply', async () => {
    await record([GET]);
    expect(tsharkFields(place.path, 'http.request', 'http.request.method', 'http.request.uri')).toEqual([
      'GET\t/a?b=1',
    ]);
    expect(tsharkFields(place.path, 'http.response', 'http.response.code', 'http.content_length')).toEqual(['200\t2']);
  });

  it('holds a request that came one byte at a time as the same request', async () => {
    await record([...GET]);
    expect(tsharkFields(place.path, 'http.request', 'http.request.uri')).toEqual(['/a?b=1']);
  });

  it('holds pipelined requests of one read as several', async () => {
    await record([GET + GET.replace('/a', '/c')]);
    expect(tsharkFields(place.path, 'http.request', 'http.request.uri')).toEqual(['/a?b=1,/c?b=1']);
  });

  it('names IPv6 clients by their addresses', async () => {
    const client = { address: '2001:db8::7:1', port: 50_001, family: 'IPv6' } as const;
    await record([GET], client, { address: '::1', port: 80, family: 'IPv6' });
    expect(tsharkFields(place.path, 'http.request', 'ipv6.src', 'ipv6.dst', 'tcp.srcport')).toEqual([
      '2001:db8::7:1\t::1\t50001',
    ]);
  });

  it('names each client by its address where several take turns', async () => {
    const journal = await place.open();
    const other = { ...CLIENT, address: '10.0.0.7', port: 7 };
    journal.opened(1, CLIENT, SERVER, START_MS);
    journal.opened(2, other, SERVER, START_MS);
    journal.opened(3, other, { ...SERVER, port: 81 }, START_MS);
    for (const id of [1, 2, 3]) journal.recorded(id, 'in', latin1(GET), START_MS);
    await journal.flush();
    expect(tsharkFields(place.path, 'tcp.len > 0', 'ip.src', 'tcp.srcport', 'tcp.dstport')).toEqual([
      `${CLIENT.address}\t${CLIENT.port}\t80`,
      '10.0.0.7\t7\t80',
      '10.0.0.7\t7\t81',
    ]);
  });

  it('gives each read its time to the microsecond', async () => {
    await record([GET.slice(0, 5), GET.slice(5)]);
    const times = tsharkFields(place.path, 'tcp.len > 0 and tcp.dstport == 80', 'frame.time_epoch').map(Number);
    expect(times.map((time) => time.toFixed(6))).toEqual(['1767323045.678901', '1767323045.679901']);
  });

  it('has nothing a TCP analysis complains about, resets and long bodies included', async () => {
    const journal = await place.open();
    journal.opened(1, CLIENT, SERVER, START_MS);
    journal.recorded(1, 'in', latin1(GET), START_MS);
    journal.recorded(1, 'out', new Uint8Array(200_000).fill(0x61), START_MS);
    journal.ended(1, 'in', 'reset', START_MS);
    await journal.flush();
    expect(tshark(place.path, '-Y', 'tcp.analysis.flags || _ws.malformed || ip.checksum.status == "Bad"')).toEqual([]);
    expect(tshark(place.path, '-Y', 'tcp.flags.reset == 1')).toHaveLength(1);
  });

  it('has valid IPv4 header checksums', async () => {
    await record([GET]);
    const status = tshark(place.path, '-o', 'ip.check_checksum:TRUE', '-T', 'fields', '-e', 'ip.checksum.status');
    expect(new Set(status)).toEqual(new Set(['1']));
  });

  it('shows a fact as the comment of the next packet', async () => {
    const journal = await place.open();
    journal.opened(1, CLIENT, SERVER, START_MS);
    journal.noted(1, 'trip one');
    journal.recorded(1, 'out', latin1(OK), START_MS);
    await journal.flush();
    expect(tsharkFields(place.path, 'frame.comment', 'frame.comment', 'tcp.len')).toEqual([`trip one\t${OK.length}`]);
  });

  it('shows a fact that no packet followed when it is closed', async () => {
    const journal = await place.open();
    journal.opened(1, CLIENT, SERVER, START_MS);
    journal.noted(1, 'last words');
    await journal.close();
    expect(tsharkFields(place.path, 'frame.comment', 'frame.comment')).toEqual(['last words']);
  });

  it('carries the limits in force in a block of its own', async () => {
    const journal = await place.open();
    journal.settingsNoted('{"headTimeoutMs":7}');
    await journal.flush();
    expect(readFileSync(place.path, 'latin1')).toContain('{"headTimeoutMs":7}');
    expect(tshark(place.path).join()).toContain('32473');
  });

  it('opens after the program was killed', async () => {
    const script = join(place.folder, 'crash.test-child.mjs');
    const root = join(import.meta.dirname, '../..');
    writeFileSync(
      script,
      `import { createServer } from '${root}/node_modules/vite/dist/node/index.js';
       const vite = await createServer({ root: '${root}', configFile: false, server: { middlewareMode: true }, appType: 'custom', logLevel: 'error' });
       const { Journal } = await vite.ssrLoadModule('/src-main/capture/journal.ts');
       const opened = await Journal.open({ path: '${place.path}', retentionBytes: 64e6, onFailure: () => undefined });
       opened.value.opened(1, ${JSON.stringify(CLIENT)}, ${JSON.stringify(SERVER)}, 1e12);
       opened.value.recorded(1, 'in', new TextEncoder().encode(${JSON.stringify(GET)}), 1e12);
       await opened.value.flush();
       process.kill(process.pid, 'SIGKILL');`,
    );
    expect(() => execFileSync(process.execPath, [script], { stdio: 'ignore' })).toThrow(/SIGKILL|Command failed/);
    expect(tsharkFields(place.path, 'http.request', 'http.request.uri')).toEqual(['/a?b=1']);
  }, 30_000);
});

describe('reading back', () => {
  it('gives the bytes with the reads they came in', async () => {
    const journal = await record(['GET /', 'a?b=1 HT', 'TP/1.1\r\nHost: a\r\n\r\n']);
    const range = await journal.read(1, 'in', 2, 6);
    expect(range).toMatchObject({ ok: true, value: { offset: 2, streamBytes: GET.length, keptFrom: 0 } });
    if (!range.ok) return;
    expect(textOf(range.value.bytes)).toBe('T /a?b');
    expect(range.value.reads).toEqual([
      { offset: 0, length: 5, atMs: START_MS },
      { offset: 5, length: 8, atMs: START_MS + 1 },
    ]);
  });

  it('gives bytes that are not on disk yet', async () => {
    const journal = await place.open();
    journal.opened(1, CLIENT, SERVER, START_MS);
    journal.recorded(1, 'in', latin1('fresh'), START_MS);
    const range = await journal.read(1, 'in', 0, 100);
    expect(range.ok && textOf(range.value.bytes)).toBe('fresh');
  });

  it('tells one read as one where it took several packets', async () => {
    const journal = await place.open();
    journal.opened(1, CLIENT, SERVER, START_MS);
    journal.recorded(1, 'in', new Uint8Array(200_000), START_MS);
    const range = await journal.read(1, 'in', 0, 200_000);
    expect(range.ok && range.value.reads).toEqual([{ offset: 0, length: 200_000, atMs: START_MS }]);
  });

  it('is empty past the end and for no length', async () => {
    const journal = await record([GET]);
    for (const [offset, length] of [
      [1_000, 10],
      [0, 0],
    ] as const) {
      const range = await journal.read(1, 'in', offset, length);
      expect(range.ok && range.value.bytes.length).toBe(0);
    }
  });

  it('names a connection it does not know, or was told to forget', async () => {
    const journal = await record([GET]);
    journal.forget([1]);
    expect(await journal.read(1, 'in', 0, 1)).toMatchObject({ ok: false, error: { code: 'CALL_NO_CONNECTION' } });
  });

  it('equals what was recorded, for any reads, ranges, flushes and segments', async () => {
    const read = fc.record({
      id: fc.integer({ min: 1, max: 3 }),
      direction: fc.constantFrom<Direction>('in', 'out'),
      length: fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 200_000 })),
      flush: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(read, { maxLength: 40 }), fc.nat(), fc.nat(), async (reads, from, length) => {
        const journal = await place.open({ retentionBytes: 1_000 * MIB });
        const model = new Map<string, number[]>();
        for (const id of [1, 2, 3]) journal.opened(id, { ...CLIENT, port: id }, SERVER, START_MS);
        for (const [at, { id, direction, length: bytes, flush }] of reads.entries()) {
          const data = Uint8Array.from({ length: bytes }, (_, index) => (index * 7 + at) & 0xff);
          journal.recorded(id, direction, data, START_MS + at);
          const known = model.get(`${id}${direction}`) ?? [];
          model.set(`${id}${direction}`, known.concat(Array.from(data)));
          if (flush) await journal.flush();
        }
        for (const [key, bytes] of model) {
          const offset = from % (bytes.length + 1);
          const range = await journal.read(Number(key[0]), key.slice(1) as Direction, offset, length % 300_000);
          const expected = bytes.slice(offset, offset + (length % 300_000));
          expect(range.ok && Buffer.compare(range.value.bytes, Uint8Array.from(expected))).toBe(0);
        }
        await journal.close();
      }),
      { numRuns: 25, seed: 7 },
    );
  }, 60_000);
});

describe('opening', () => {
  it('makes a file that only its owner can read', async () => {
    await place.open();
    expect(statSync(place.path).mode & 0o777).toBe(0o600);
  });

  it('writes a file of an earlier run anew', async () => {
    writeFileSync(place.path, 'old', { mode: 0o644 });
    await record([GET]);
    expect(tsharkFields(place.path, 'http.request', 'http.request.uri')).toEqual(['/a?b=1']);
    expect(statSync(place.path).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['in a folder that is not there', 'no/such/folder.pcapng', 'ENOENT'],
    ['on a folder', 'folder', 'it is not a regular file'],
  ])('says why it cannot be %s', async (_where, name, reason) => {
    mkdirSync(join(place.folder, 'folder'));
    const path = join(place.folder, name);
    const opened = await Journal.open({ path, retentionBytes: MIB, onFailure: () => undefined });
    expect(opened).toMatchObject({ ok: false, error: { code: 'CAP_OPEN_FAILED', detail: { path, reason } } });
  });

  it('leaves nothing behind where the session is a temporary one', async () => {
    const journal = await place.open({ removeOnClose: true });
    journal.opened(1, CLIENT, SERVER, START_MS);
    await journal.close();
    expect(readdirSync(place.folder)).toEqual([]);
  });
});
