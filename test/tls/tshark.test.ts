/** Wireshark's own reading of the recorded hellos is the judge of ours. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hex4 } from '../../src-main/tls/registry';
import { helloOf, RECORDED, recordedHello } from '../support/tls-hello';
import { tsharkFields } from '../support/tshark';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bytescope-tls-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A capture with one segment to port 443. */
function captured(bytes: Uint8Array): string {
  const [dump, capture] = [join(folder, 'hello.txt'), join(folder, 'hello.pcap')];
  writeFileSync(dump, `000000 ${Buffer.from(bytes).toString('hex').replaceAll(/../g, '$& ')}\n`);
  execFileSync('text2pcap', ['-q', '-T', '50000,443', dump, capture], { stdio: 'ignore' });
  return capture;
}

const FIELDS = ['ciphersuite', 'extension.type', 'extensions_supported_group', 'sig_hash_alg', 'extensions_alpn_str'];
const list = (items: readonly { readonly code: number }[]) => items.map(({ code }) => `0x${hex4(code)}`).join(',');

describe('tshark', () => {
  it.each(RECORDED)('reads the same out of %s', (name) => {
    const bytes = recordedHello(name);
    const hello = helloOf(bytes);
    const [line] = tsharkFields(captured(bytes), 'tls', ...FIELDS.map((field) => `tls.handshake.${field}`));
    expect(line?.split('\t')).toEqual([
      list(hello.cipherSuites),
      hello.extensions.map(({ code }) => code).join(','),
      list(hello.groups),
      list(hello.signatureSchemes),
      hello.alpn.map(({ text }) => text).join(','),
    ]);
  });
});
