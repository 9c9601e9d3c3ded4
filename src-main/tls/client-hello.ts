/** The ClientHello message (RFC 8446 §4.1.2, RFC 5246 §7.4.1.2). */
import type { Cursor } from './cursor';
import { noValues, takeExtension, type ExtensionValues, type TlsExtension } from './hello-extensions';
import { takeItem, takeList, type ListShape, type Offered } from './lists';
import type { Place } from './message-bytes';
import { CIPHER_SUITES, COMPRESSION_METHODS, oneByte, twoBytes, VERSIONS } from './registry';

/** What a client says it wants, in its order, each with its place in the stream. */
export interface ClientHello extends ExtensionValues {
  /** From its handshake type to its last byte. */
  readonly place: Place;
  readonly legacyVersion: Offered;
  readonly random: Place;
  readonly sessionId: Place;
  readonly cipherSuites: readonly Offered[];
  readonly compressionMethods: readonly Offered[];
  readonly extensions: readonly TlsExtension[];
}

const RANDOM_BYTES = 32;
const VERSION = { registry: twoBytes(VERSIONS), kind: 'tls-version' } as const;
const SUITES: ListShape = {
  registry: twoBytes(CIPHER_SUITES),
  kind: 'tls-cipher-suite',
  prefix: 2,
  what: 'cipher suites',
};
const METHODS: ListShape = {
  registry: oneByte(COMPRESSION_METHODS),
  kind: 'tls-compression',
  prefix: 1,
  what: 'compression methods',
};

/** Takes the body of a hello that ends at `end`; null while bytes are missing, or where the cursor has a fault. */
export function takeClientHello(cursor: Cursor, end: number): ClientHello | null {
  const legacyVersion = takeItem(cursor, end, VERSION);
  const random = cursor.bytes(RANDOM_BYTES, end, { kind: 'tls-random' });
  const idEnd = cursor.vector(1, end, 'session ID') ?? cursor.at;
  const sessionId = cursor.bytes(idEnd - cursor.at, idEnd, { kind: 'tls-session-id' });
  const cipherSuites = takeList(cursor, end, SUITES);
  const compressionMethods = takeList(cursor, end, METHODS);
  const values = noValues();
  const extensions = takeExtensions(cursor, end, values);
  cursor.close(end);
  if (cursor.isStopped || legacyVersion === null || random === null || sessionId === null) return null;
  const place = cursor.message.place(0, end);
  return { place, legacyVersion, random, sessionId, cipherSuites, compressionMethods, extensions, ...values };
}

/** There may be none at all: a hello of TLS 1.2 may end before them. */
function takeExtensions(cursor: Cursor, end: number, values: ExtensionValues): TlsExtension[] {
  const extensions: TlsExtension[] = [];
  const listEnd = cursor.at === end ? end : cursor.vector(2, end, 'extensions');
  if (listEnd === null) return extensions;
  cursor.each(listEnd, () => {
    const extension = takeExtension(cursor, listEnd, values);
    if (extension !== null) extensions.push(extension);
  });
  return extensions;
}
