/** What a connection is, as a list of names and values: the two ends, when it was there, what TLS agreed on. */
import type { ConnectionRow, TlsInfo } from '@contract/connections';
import { formatDuration } from './format';
import { lengthWords } from './moments';
import { distrustWords } from './row-sides';

export interface ConnectionFact {
  readonly name: string;
  readonly value: string;
  /** Said beside the value, smaller; null: nothing. */
  readonly note: string | null;
  readonly isBad?: boolean;
}

const fact = (name: string, value: string, note: string | null = null, isBad = false): ConnectionFact => ({
  name,
  value,
  note,
  isBad,
});

const two = (value: number) => String(value).padStart(2, '0');

/** Local time: `2026-11-26 07:49:03.412` */
export function momentWords(atMs: number): string {
  const at = new Date(atMs);
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':');
  return `${day} ${time}.${String(at.getMilliseconds()).padStart(3, '0')}`;
}

const DAY_MS = 86_400_000;

function validity(notAfterMs: number, nowMs: number): ConnectionFact {
  const days = Math.floor(Math.abs(notAfterMs - nowMs) / DAY_MS);
  const isPast = notAfterMs < nowMs;
  const note = isPast ? `expired ${days} days ago` : `${days} days left`;
  return fact('Valid until', momentWords(notAfterMs).slice(0, 16), note, isPast);
}

export function connectionFacts(row: ConnectionRow): readonly ConnectionFact[] {
  const { side, upstream, client, server, openedAtMs, connectedAtMs, securedAtMs, closedAtMs } = row;
  const isOurs = side === 'upstream';
  const after = (atMs: number) => `${lengthWords(atMs - openedAtMs)} after it was opened`;
  return [
    fact('Kind', isOurs ? 'ours, to a server' : 'a client’s, to us'),
    ...(upstream === null ? [] : [fact(isOurs ? 'Upstream' : 'Latest upstream', upstream)]),
    fact(isOurs ? 'From' : 'Client', client === '' ? '–' : client),
    fact(isOurs ? 'To' : 'Server', server),
    fact('Opened', momentWords(openedAtMs)),
    ...(connectedAtMs === null ? [] : [fact('Connected', momentWords(connectedAtMs), after(connectedAtMs))]),
    ...(securedAtMs === null
      ? []
      : [
          fact(
            'TLS ready',
            momentWords(securedAtMs),
            `${lengthWords(securedAtMs - (connectedAtMs ?? openedAtMs))} of handshake`,
          ),
        ]),
    ...(closedAtMs === null
      ? []
      : [fact('Closed', momentWords(closedAtMs), `after ${formatDuration(closedAtMs - openedAtMs)}`)]),
  ];
}

function verification(tls: TlsInfo): ConnectionFact {
  const distrust = distrustWords(tls);
  return distrust === null
    ? fact('Verified', 'yes')
    : fact('Verified', 'no', `${distrust}, and taken all the same`, true);
}

export function tlsFacts(tls: TlsInfo, nowMs: number): readonly ConnectionFact[] {
  const { version, cipher, alpn, serverName, certificate } = tls;
  return [
    fact('Version', version),
    fact('Cipher suite', cipher),
    fact('ALPN', alpn ?? 'none agreed on'),
    fact('Server name', serverName ?? 'none: an address alone'),
    ...(certificate === null
      ? []
      : [
          fact('Certificate of', certificate.subject),
          fact('Issued by', certificate.issuer, certificate.issuer === certificate.subject ? 'by itself' : null),
          validity(certificate.notAfterMs, nowMs),
          verification(tls),
        ]),
  ];
}
