/** The wire corpus through a reverse proxy: what a server, and what a client, may be made to see by odd bytes. */
import { describe, expect, it } from 'vitest';
import type { RequestHead, ResponseHead } from '../../src-main/http1/events.ts';
import { forwardsLeft } from '../../src-main/http1/max-forwards.ts';
import { Parser, type ParserRole } from '../../src-main/http1/parser.ts';
import { originTarget } from '../../src-main/http1/request-writer.ts';
import { readReplies, readRequests } from '../http1/forwarding-check.ts';
import { ServerPeer, Tape } from '../support/relay-peers.ts';
import { RelayWorld, type ClientLine } from '../support/relay-world.ts';
import { wireDocuments, type WireCase } from '../support/wire-cases.ts';
import { textOf, wire } from '../support/wire-text.ts';

interface Seen<Head> {
  readonly head: Head;
  body: string;
  isWhole: boolean;
}

/** What is taken under the rules of the case, up to what is refused. */
function taken<Head>(role: ParserRole, { input, limits, closes }: WireCase, method: string): Seen<Head>[] {
  const parser = new Parser(role, limits);
  if (role === 'response') parser.answers(method);
  const seen: Seen<Head>[] = [];
  parser.receive(input);
  for (;;) {
    const event = parser.next() ?? (closes || role === 'request' ? parser.finish() : null);
    if (event === null || event.kind === 'fault') return seen;
    if (event.kind === 'head') seen.push({ head: event.head as Head, body: '', isWhole: false });
    const last = seen.at(-1)!;
    if (event.kind === 'data') last.body += textOf(event.bytes);
    if (event.kind === 'end') last.isWhole = true;
  }
}

function worldUnder({ limits, role }: WireCase): RelayWorld {
  const world = new RelayWorld({ servers: 1, upstream: { retry: null } });
  Object.defineProperty(world.policy, role === 'request' ? 'limits' : 'replyLimits', { value: limits });
  return world;
}

const isPassedOn = (head: RequestHead): boolean => head.method !== 'CONNECT' && forwardsLeft(head) !== 0;

/** Up to the one that the connection closes after. */
function answered(requests: readonly Seen<RequestHead>[]): readonly Seen<RequestHead>[] {
  const last = requests.findIndex(({ head }) => !head.keepAlive);
  return last === -1 ? requests : requests.slice(0, last + 1);
}

function send(world: RelayWorld, line: ClientLine, text: string, servers: ServerPeer[]): void {
  line.incoming += text;
  for (let isQuiet = false; !isQuiet;) {
    world.settle();
    for (const upstream of world.upstreams) {
      if (upstream.session.phase === 'connecting' && !upstream.isGone) world.accept(upstream);
      if (!servers.some((server) => server.line === upstream)) servers.push(new ServerPeer(upstream, new Tape([])));
    }
    world.settle();
    for (const server of servers) server.look();
    const ready = servers.filter(({ canAct }) => canAct);
    for (const server of ready) server.act();
    isQuiet = ready.length === 0 && line.incoming === '';
    if (line.isGone || line.isPaused) isQuiet = ready.length === 0;
  }
}

function passOn(each: WireCase, cut: number): void {
  const world = worldUnder(each);
  const client = world.client();
  const servers: ServerPeer[] = [];
  const text = textOf(each.input);
  for (let at = 0; at < text.length; at += cut) send(world, client, text.slice(at, at + cut), servers);
  client.hasPeerEnded = true;
  send(world, client, '', servers);
  const all = answered(taken<RequestHead>('request', each, ''));
  const expected = all.filter(({ head }) => isPassedOn(head));
  const reached = servers.flatMap(({ line, fault, requests }) => {
    expect(fault).toBeNull();
    const { messages } = readRequests(wire(line.taken));
    expect(messages).toHaveLength(requests.length);
    return requests;
  });
  // What was refused before there was a connection has not reached anybody.
  const isUnseen = expected.at(-1)?.isWhole === false && reached.length < expected.length;
  expect(reached.map(({ head, body, isWhole }) => [head.method, head.target, isWhole ? body : '…'])).toEqual(
    expected
      .slice(0, isUnseen ? -1 : undefined)
      .map(({ head, body, isWhole }) => [head.method, originTarget(head), isWhole ? body : '…']),
  );
  for (const { line, requests } of servers) {
    if (requests.at(-1)?.isWhole === false) expect(line.wasReset).toBe(true);
  }
  const methods = all.map(({ head }) => head.method);
  if (methods.includes('CONNECT') || all.some(({ head }) => head.simple)) return;
  expect(['H1_INCOMPLETE', null]).toContain(readReplies(wire(client.taken), undefined, methods).fault);
}

const METHODS: readonly string[] = ['GET', 'HEAD', 'POST'];

function passBack(each: WireCase, cut: number): void {
  const world = worldUnder(each);
  const client = world.client();
  const method = METHODS.includes(each.answers[0] ?? '') ? each.answers[0]! : 'GET';
  client.incoming = `${method} / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n`;
  world.settle();
  const upstream = world.upstreams[0]!;
  world.accept(upstream);
  world.settle();
  const text = textOf(each.input);
  for (let at = 0; at < text.length && !upstream.isGone; at += cut) {
    upstream.incoming += text.slice(at, at + cut);
    world.settle();
  }
  upstream.hasPeerEnded = true;
  world.settle();
  const said = taken<ResponseHead>('response', { ...each, closes: true }, method);
  const final = said.find(({ head }) => !head.interim);
  const { messages, fault } = readReplies(wire(client.taken), undefined, [method]);
  const replies = messages.filter(({ head }) => !head.interim);
  expect(['H1_INCOMPLETE', null]).toContain(fault);
  expect(replies).toHaveLength(1);
  const [reply] = replies;
  const isOurs = reply?.head.fields.get('via') === null;
  if (isOurs) expect(reply.head.status).toBe(502);
  else if (reply?.isComplete === true)
    expect([reply.head.status, reply.body]).toEqual([final?.head.status, final?.body]);
  else
    expect({ isWhole: final?.isWhole, closed: client.hasEnded || client.wasReset }).toEqual({
      isWhole: false,
      closed: true,
    });
  expect(world.group.servers[0]?.inFlight).toBe(0);
}

describe.each([...wireDocuments()])('%s', (_, cases) => {
  it.each(cases.map((each) => [each.fact, each] as const))('%s', (_fact, each) => {
    const pass = each.role === 'request' ? passOn : passBack;
    for (const cut of [Infinity, 1, 7]) if (cut !== 1 || each.input.length < 5_000) pass(each, cut);
  });
});
