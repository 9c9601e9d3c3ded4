/** Reads the configuration file of the reverse mode: whole, bounded, as UTF-8, or not at all. */
import { open, stat } from 'node:fs/promises';
import { fail, ok, type Result } from '../contract/errors';
import { MAX_CONFIG_BYTES, type ProxyConfig } from '../contract/proxy-config';
import { asFailure } from '../contract/proxy-mistakes';
import { readProxyConfig } from '../contract/proxy-reading';

const reasonOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error);

/** The bytes of the file; text says why there are none. */
async function readBytes(path: string): Promise<Uint8Array | string> {
  // Opening a pipe would wait for whoever writes to it.
  if (!(await stat(path)).isFile()) return 'it is not a regular file';
  const file = await open(path, 'r');
  try {
    // It may grow while it is read: one byte more than may be tells.
    const bytes = new Uint8Array(MAX_CONFIG_BYTES + 1);
    let length = 0;
    while (length < bytes.length) {
      const { bytesRead } = await file.read(bytes, length, bytes.length - length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return length > MAX_CONFIG_BYTES ? `it is larger than ${MAX_CONFIG_BYTES} bytes` : bytes.subarray(0, length);
  } finally {
    await file.close();
  }
}

/** Fails with `CFG_PROXY_FILE` where there is no text, with `CFG_PROXY` where the text is no configuration. */
export async function readConfigFile(path: string): Promise<Result<ProxyConfig>> {
  let text: string;
  try {
    const bytes = await readBytes(path);
    if (typeof bytes === 'string') return fail('CFG_PROXY_FILE', { path, reason: bytes });
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    const isNoText = error instanceof TypeError;
    return fail('CFG_PROXY_FILE', { path, reason: isNoText ? 'it is no UTF-8 text' : reasonOf(error) });
  }
  const read = readProxyConfig(text);
  return read.ok ? ok(read.value) : { ok: false, error: asFailure(read.mistakes) };
}
