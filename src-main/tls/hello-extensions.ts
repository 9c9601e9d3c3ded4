/**
 * The extensions of a ClientHello. What is inside one may be broken without harm to the next: its length says where
 * that begins.
 */
import type { Cursor } from './cursor';
import type { TlsFault } from './faults';
import { takeItem, takeList, type ListShape, type Offered } from './lists';
import type { Place } from './message-bytes';
import {
  EXTENSION_RULES,
  EXTENSIONS,
  isGrease,
  isGreaseMode,
  named,
  NAMED_GROUPS,
  oneByte,
  PSK_MODES,
  SIGNATURE_SCHEMES,
  twoBytes,
  VERSIONS,
} from './registry';

/** Bytes of the wire as text, one character a byte. */
export interface WireText {
  readonly text: string;
  readonly isGrease: boolean;
  readonly place: Place;
}

export interface TlsExtension extends Offered {
  /** Its type, length and body. */
  readonly whole: Place;
  /** What is wrong inside; null where nothing is, or where it was not looked into. */
  readonly fault: TlsFault | null;
}

/** What stands in the extensions that are looked into; empty where there is no such extension. */
export interface ExtensionValues {
  readonly serverNames: WireText[];
  readonly alpn: WireText[];
  readonly versions: Offered[];
  readonly groups: Offered[];
  readonly signatureSchemes: Offered[];
  readonly keyShares: Offered[];
  readonly pskModes: Offered[];
}

export const noValues = (): ExtensionValues => ({
  serverNames: [],
  alpn: [],
  versions: [],
  groups: [],
  signatureSchemes: [],
  keyShares: [],
  pskModes: [],
});

const GROUP = { registry: twoBytes(NAMED_GROUPS), kind: 'tls-group' } as const;
const GROUPS: ListShape = { ...GROUP, prefix: 2, what: 'groups' };
const SCHEMES: ListShape = {
  registry: twoBytes(SIGNATURE_SCHEMES),
  kind: 'tls-signature-scheme',
  prefix: 2,
  what: 'signature schemes',
};
const OFFERED_VERSIONS: ListShape = {
  registry: twoBytes(VERSIONS),
  kind: 'tls-version',
  prefix: 1,
  what: 'versions',
};
const MODES: ListShape = {
  registry: oneByte(PSK_MODES, isGreaseMode),
  kind: 'tls-psk-mode',
  prefix: 1,
  what: 'pre-shared key modes',
};

type TakeBody = (cursor: Cursor, end: number, values: ExtensionValues) => void;

const BODIES: Readonly<Record<number, TakeBody>> = {
  0: takeServerNames,
  10: (cursor, end, values) => void values.groups.push(...takeList(cursor, end, GROUPS)),
  13: (cursor, end, values) => void values.signatureSchemes.push(...takeList(cursor, end, SCHEMES)),
  16: takeAlpn,
  43: (cursor, end, values) => void values.versions.push(...takeList(cursor, end, OFFERED_VERSIONS)),
  45: (cursor, end, values) => void values.pskModes.push(...takeList(cursor, end, MODES)),
  51: takeKeyShares,
};

const EXTENSION_TYPES = twoBytes(EXTENSIONS);

export function takeExtension(cursor: Cursor, end: number, values: ExtensionValues): TlsExtension | null {
  const from = cursor.at;
  const type = cursor.number(2, end, (value) => {
    const kind = isGrease(value) ? 'tls-grease' : 'tls-extension';
    return { kind, name: named(EXTENSION_TYPES, value).name, rfc: EXTENSION_RULES[value] ?? null };
  });
  if (type === null) return null;
  const extension = named(EXTENSION_TYPES, type.value);
  const bodyEnd = cursor.vector(2, end, extension.name);
  if (bodyEnd === null) return null;
  const takeBody = BODIES[type.value];
  if (takeBody === undefined) {
    const rfc = EXTENSION_RULES[type.value] ?? null;
    cursor.bytes(bodyEnd - cursor.at, bodyEnd, { kind: 'tls-extension-data', name: extension.name, rfc });
  } else {
    takeBody(cursor, bodyEnd, values);
    cursor.close(bodyEnd);
  }
  const fault = cursor.recover(bodyEnd);
  return { ...extension, place: type.place, whole: cursor.message.place(from, cursor.at), fault };
}

/** RFC 6066 §3; the only type of name there ever was is the host name. */
function takeServerNames(cursor: Cursor, end: number, { serverNames }: ExtensionValues): void {
  const listEnd = cursor.vector(2, end, 'server names');
  if (listEnd === null) return;
  cursor.each(listEnd, () => {
    cursor.number(1, listEnd, (type) => ({ kind: 'tls-name-type', name: type === 0 ? 'host_name' : `0x${type}` }));
    const text = takeText(cursor, listEnd, { prefix: 2, what: 'server name', kind: 'tls-server-name' });
    if (text !== null) serverNames.push(text);
  });
}

/** RFC 7301 §3.1. */
function takeAlpn(cursor: Cursor, end: number, { alpn }: ExtensionValues): void {
  const listEnd = cursor.vector(2, end, 'application protocols');
  if (listEnd === null) return;
  cursor.each(listEnd, () => {
    const text = takeText(cursor, listEnd, { prefix: 1, what: 'application protocol', kind: 'tls-alpn' });
    if (text !== null) alpn.push(text);
  });
}

interface TextShape {
  readonly prefix: 1 | 2;
  readonly what: string;
  readonly kind: 'tls-server-name' | 'tls-alpn';
}

function takeText(cursor: Cursor, end: number, { prefix, what, kind }: TextShape): WireText | null {
  const textEnd = cursor.vector(prefix, end, what);
  if (textEnd === null) return null;
  const from = cursor.at;
  const text = cursor.message.text(from, textEnd);
  const isGreaseText = kind === 'tls-alpn' && text.length === 2 && isGrease(wordOf(text));
  const place = cursor.bytes(textEnd - from, textEnd, { kind: isGreaseText ? 'tls-grease' : kind, name: text });
  return place && { text, isGrease: isGreaseText, place };
}

const wordOf = (text: string): number => text.charCodeAt(0) * 256 + text.charCodeAt(1);

/** RFC 8446 §4.2.8. */
function takeKeyShares(cursor: Cursor, end: number, { keyShares }: ExtensionValues): void {
  const listEnd = cursor.vector(2, end, 'key shares');
  if (listEnd === null) return;
  cursor.each(listEnd, () => {
    const group = takeItem(cursor, listEnd, GROUP);
    const keyEnd = cursor.vector(2, listEnd, 'public key');
    if (group === null || keyEnd === null) return;
    cursor.bytes(keyEnd - cursor.at, keyEnd, { kind: 'tls-key', name: group.name });
    keyShares.push(group);
  });
}
