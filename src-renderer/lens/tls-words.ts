/** The opening of a TLS connection in words: what a person is told of it, and what to do. */
import type { ConnectionRow } from '@contract/connections';
import { FAULT_WORDS } from '@tls/faults';
import type { ClientHello } from '@tls/client-hello';
import type { TlsExtension, WireText } from '@tls/hello-extensions';
import type { Offered } from '@tls/lists';
import type { Place } from '@tls/message-bytes';
import type { TlsReading } from '@tls/opening';
import { EXTENSION_RULES } from '@tls/registry';
import { formatCount, formatPlural } from './format';
import { visibleText } from './text-lines';

/** Where a ClientHello was met: where plain HTTP was expected, in a tunnel, or where TLS is ended by us. */
export type HelloPlace = 'plain-port' | 'tunnel' | 'carrier';

export const HELLO_ADVICE: Readonly<Record<HelloPlace, string>> = {
  'plain-port':
    'This client speaks TLS; this port speaks plain HTTP. Use http:// in place of https:// for this address, ' +
    'or put a server that ends TLS in front of it.',
  tunnel:
    'What begins here is TLS between the client and the server at the other end: all after this is encrypted, and ' +
    'passes as it is. The forward mode can intercept a host to read it.',
  carrier: 'The TLS of this connection ends here. What it carries is a connection of its own, in plain text.',
};

/** One thing to be shown, that leads to its bytes. */
export interface TlsItem {
  readonly text: string;
  readonly place: Place;
  readonly isGrease: boolean;
  /** Where it is defined, if that is known. */
  readonly rfc: string | null;
  /** What is wrong with it; null where nothing is. */
  readonly problem: string | null;
}

export interface TlsItems {
  readonly label: string;
  readonly items: readonly TlsItem[];
  /** What stands for an empty list. */
  readonly none: string;
}

const itemOf = ({ name, place, isGrease }: Offered): TlsItem => ({
  text: name,
  place,
  isGrease,
  rfc: null,
  problem: null,
});
const textItem = ({ text, place, isGrease }: WireText): TlsItem => ({
  text: isGrease ? 'GREASE' : visibleText(text),
  place,
  isGrease,
  rfc: null,
  problem: null,
});
const extensionItem = ({ code, name, isGrease, whole, fault }: TlsExtension): TlsItem => ({
  text: name,
  place: whole,
  isGrease,
  rfc: EXTENSION_RULES[code] ?? null,
  problem: fault && FAULT_WORDS[fault.reason],
});

/** What a reader looks for first. */
export const chiefItems = ({ serverNames, alpn, versions, legacyVersion }: ClientHello): readonly TlsItems[] => [
  { label: 'Server name', items: serverNames.map(textItem), none: 'none: the client knows an address alone' },
  { label: 'ALPN', items: alpn.map(textItem), none: 'none' },
  {
    label: 'Versions offered',
    items: versions.length === 0 ? [itemOf(legacyVersion)] : versions.map(itemOf),
    none: 'none',
  },
];

export const otherItems = (hello: ClientHello): readonly TlsItems[] => [
  { label: 'Cipher suites', items: hello.cipherSuites.map(itemOf), none: 'none' },
  { label: 'Groups', items: hello.groups.map(itemOf), none: 'none' },
  { label: 'Key shares', items: hello.keyShares.map(itemOf), none: 'none' },
  { label: 'Signature schemes', items: hello.signatureSchemes.map(itemOf), none: 'none' },
  { label: 'PSK modes', items: hello.pskModes.map(itemOf), none: 'none' },
  { label: 'Extensions, in order', items: hello.extensions.map(extensionItem), none: 'none' },
];

export const hasGrease = (lists: readonly TlsItems[]): boolean =>
  lists.some(({ items }) => items.some(({ isGrease }) => isGrease));

/** `517 bytes in 1 record` */
export function helloSize({ spans, start }: TlsReading, { place }: ClientHello): string {
  const records = spans.filter(({ kind, start: at }) => kind === 'tls-record-type' && at < place.end).length;
  return `${formatPlural(place.end - start, 'byte')} in ${formatPlural(records, 'record')}`;
}

/** Why there is no hello to be shown. */
export function noHelloWords({ fault, end }: TlsReading, { closedAtMs }: ConnectionRow): string {
  if (fault !== null) return FAULT_WORDS[fault.reason];
  const sofar = `Its ClientHello is not complete after ${formatCount(end)} bytes`;
  return closedAtMs === null ? `${sofar}; it may go on.` : `${sofar}; the connection ended before it was.`;
}
