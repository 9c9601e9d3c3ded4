/**
 * The opening handshake read off the two heads (RFC 6455 §4): was it one, does its proof hold, and what was agreed on.
 * Nothing is refused because of it; what is told is what a client would say to it. Whoever has SHA-1 hands it in.
 */
import type { Fields, RequestHead, ResponseHead } from '../http1/events';
import { listMembers, withoutOws } from '../http1/list-members';
import { asksForWebSocket, switchesTo } from '../http1/upgrade';

/** Appended to the key, so that a server which knows nothing of the protocol cannot answer by chance (§1.3). */
const ACCEPT_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const PERMESSAGE_DEFLATE = 'permessage-deflate';

/** SHA-1 of an ASCII text, in Base64. */
export type Sha1Base64 = (text: string) => Promise<string>;

export interface Extension {
  /** In lower case. */
  readonly name: string;
  /** Names in lower case; null where there is no value. The first of two with one name counts. */
  readonly parameters: ReadonlyMap<string, string | null>;
}

/** What was agreed on about compression (RFC 7692 §7.1). */
export interface Deflate {
  readonly serverKeepsContext: boolean;
  readonly clientKeepsContext: boolean;
  /** 8 to 15. */
  readonly serverWindowBits: number;
  readonly clientWindowBits: number;
}

export interface Handshake {
  /** Asked for in due form and answered by 101 to that protocol? */
  readonly isOpened: boolean;
  /** What the server proved itself with; `expected` and `isRight` are null where there is no SHA-1 to tell. */
  readonly accept: {
    readonly expected: string | null;
    readonly given: string | null;
    readonly isRight: boolean | null;
  };
  readonly extensions: readonly Extension[];
  /** Null: not negotiated. */
  readonly deflate: Deflate | null;
  readonly offeredSubprotocols: readonly string[];
  /** Null: none. */
  readonly subprotocol: string | null;
  /** In sentences: what makes a client fail the connection here (§4.1). */
  readonly problems: readonly string[];
}

/** The value of Sec-WebSocket-Accept that answers a key (RFC 6455 §4.2.2, item 5.4). */
export const expectedAccept = (key: string, sha1Base64: Sha1Base64): Promise<string> =>
  sha1Base64(`${key}${ACCEPT_GUID}`);

const unquoted = (text: string): string =>
  text.length >= 2 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text;

function extensionOf(member: string): Extension {
  const [name = '', ...texts] = member.split(';').map((part) => withoutOws(part, 0, part.length));
  const parameters = new Map<string, string | null>();
  for (const text of texts) {
    const equals = text.indexOf('=');
    const key = (equals === -1 ? text : withoutOws(text, 0, equals)).toLowerCase();
    const value = equals === -1 ? null : unquoted(withoutOws(text, equals + 1, text.length));
    if (!parameters.has(key)) parameters.set(key, value);
  }
  return { name: name.toLowerCase(), parameters };
}

/**
 * The extensions a head names, in order. A quoted value has to be a token (§9.1), so commas and semicolons in one are
 * nothing that anyone could have agreed on.
 */
export const extensionsOf = (fields: Fields): readonly Extension[] =>
  fields.all('sec-websocket-extensions').flatMap(listMembers).map(extensionOf);

function windowBits(value: string | null | undefined): number {
  const bits = /^([89]|1[0-5])$/.test(value ?? '') ? Number(value) : NaN;
  return Number.isNaN(bits) ? 15 : bits;
}

function deflateOf(extensions: readonly Extension[]): Deflate | null {
  const parameters = extensions.find(({ name }) => name === PERMESSAGE_DEFLATE)?.parameters;
  if (parameters === undefined) return null;
  return {
    serverKeepsContext: !parameters.has('server_no_context_takeover'),
    clientKeepsContext: !parameters.has('client_no_context_takeover'),
    serverWindowBits: windowBits(parameters.get('server_max_window_bits')),
    clientWindowBits: windowBits(parameters.get('client_max_window_bits')),
  };
}

const subprotocolsOf = (fields: Fields): readonly string[] => fields.all('sec-websocket-protocol').flatMap(listMembers);

interface Sides {
  readonly request: RequestHead;
  readonly response: ResponseHead;
}

function problemsOf({ request, response }: Sides, isAcceptRight: boolean | null): readonly string[] {
  const offered = new Set(extensionsOf(request.fields).map(({ name }) => name));
  const unasked = extensionsOf(response.fields).filter(({ name }) => !offered.has(name));
  const chosen = subprotocolsOf(response.fields);
  const isChosenOffered = chosen.every((name) => subprotocolsOf(request.fields).includes(name));
  const said: readonly (readonly [boolean, string])[] = [
    [!asksForWebSocket(request), 'The request is not an opening handshake of WebSocket.'],
    [response.status !== 101, `The server answered with ${response.status} in place of 101.`],
    [response.status === 101 && !switchesTo(response, 'websocket'), 'The reply does not switch to websocket.'],
    [isAcceptRight === false, 'Sec-WebSocket-Accept does not answer the key of the request.'],
    [unasked.length > 0, 'The server chose an extension that was not offered.'],
    [chosen.length > 1, 'The server chose more than one subprotocol.'],
    [!isChosenOffered, 'The server chose a subprotocol that was not offered.'],
  ];
  return said.filter(([holds]) => holds).map(([, sentence]) => sentence);
}

/** What two heads, a request and the final reply to it, agreed on. */
export async function readHandshake(sides: Sides, sha1Base64: Sha1Base64 | null): Promise<Handshake> {
  const { request, response } = sides;
  const key = request.fields.get('sec-websocket-key') ?? '';
  const expected = sha1Base64 === null ? null : await expectedAccept(key, sha1Base64);
  const accepts = response.fields.all('sec-websocket-accept');
  const isRight = expected === null ? null : accepts.join() === expected;
  const extensions = extensionsOf(response.fields);
  return {
    isOpened: asksForWebSocket(request) && response.status === 101 && switchesTo(response, 'websocket'),
    accept: { expected, given: accepts[0] ?? null, isRight },
    extensions,
    deflate: deflateOf(extensions),
    offeredSubprotocols: subprotocolsOf(request.fields),
    subprotocol: subprotocolsOf(response.fields)[0] ?? null,
    problems: problemsOf(sides, isRight),
  };
}
