/** Where an upstream server is: an http or https URL of scheme, host and port alone; and the host a request names. */
import { parseIp } from './ip-range';

export interface UpstreamUrl {
  readonly scheme: 'http' | 'https';
  /** An IPv6 address stands without brackets. */
  readonly host: string;
  readonly port: number;
}

const DEFAULT_PORTS = { http: 80, https: 443 } as const;
const MAX_PORT = 65_535;
/** A name of the DNS is no longer (RFC 1035 §2.3.4). */
const MAX_HOST_CHARS = 253;
export const MAX_URL_CHARS = 300;

const URL_PARTS = /^(?<scheme>[a-z][a-z0-9+.-]*):\/\/(?<authority>[^/?#]*)(?<rest>.*)$/is;
const AUTHORITY = /^(?:\[(?<six>[0-9a-f]*:[0-9a-f:.]+)\]|(?<host>[a-z0-9._-]+))(?::(?<port>\d{1,5}))?$/i;

const isScheme = (scheme: string): scheme is UpstreamUrl['scheme'] => Object.hasOwn(DEFAULT_PORTS, scheme);

/** A host made of digits and dots is an IPv4 address or a mistake: `127.1` means different ones to different readers. */
function isHost(host: string): boolean {
  if (host.length > MAX_HOST_CHARS) return false;
  if (/^[\d.]+$/.test(host)) return parseIp(host) !== null;
  return host.split('.').every((label, index, labels) => label !== '' || (index > 0 && index === labels.length - 1));
}

/** What comes after the host and port has no place: a route says which paths go where. */
function restProblem(rest: string): string | null {
  if (rest === '' || rest === '/') return null;
  return 'leave out what follows the host and port; routes say which paths go where';
}

/** Reads `http://host`, `https://host:port`, `http://[::1]:port/`. A mistake comes back as the rest of a sentence. */
export function parseUpstreamUrl(text: string): UpstreamUrl | string {
  if (text.length > MAX_URL_CHARS) return `it is longer than ${MAX_URL_CHARS} characters`;
  const { scheme = '', authority = '', rest = '' } = URL_PARTS.exec(text)?.groups ?? {};
  const name = scheme.toLowerCase();
  if (name === '') return 'this is no URL such as http://127.0.0.1:3000';
  if (!isScheme(name)) return 'it begins with http:// or https://';
  if (authority.includes('@')) return 'it holds no user name and no password';
  const parts = AUTHORITY.exec(authority)?.groups;
  const host = (parts?.['six'] ?? parts?.['host'] ?? '').toLowerCase();
  const isGood = parts?.['six'] === undefined ? isHost(host) : parseIp(host) !== null;
  if (host === '' || !isGood) return 'its host is no name and no address (write other scripts in punycode)';
  const port = parts?.['port'] === undefined ? DEFAULT_PORTS[name] : Number(parts['port']);
  if (port === 0 || port > MAX_PORT) return `its port is a whole number from 1 to ${MAX_PORT}`;
  return restProblem(rest) ?? { scheme: name, host, port };
}

/** What a client would put into Host: no port where it is the scheme's own (RFC 9110 §7.2). */
export function authorityOf({ scheme, host, port }: UpstreamUrl): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return port === DEFAULT_PORTS[scheme] ? name : `${name}:${port}`;
}

/** One spelling for one server. */
export const formatUpstreamUrl = (url: UpstreamUrl): string => `${url.scheme}://${authorityOf(url)}`;

/** `Example.COM:8080` → `example.com`, `[::1]:80` → `[::1]`. A trailing dot names the same host (RFC 1034 §3.1). */
export function hostNameOf(authority: string): string {
  const port = authority.lastIndexOf(':');
  const name = port > authority.lastIndexOf(']') ? authority.slice(0, port) : authority;
  return (name.endsWith('.') ? name.slice(0, -1) : name).toLowerCase();
}
