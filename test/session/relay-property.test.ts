/** Whatever happens, in whatever order, on both sides of a reverse proxy: what must hold at every end. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readReplies } from '../http1/forwarding-check.ts';
import { ClientPeer, requestOf, ServerPeer, Tape, type SentRequest } from '../support/relay-peers.ts';
import { eventsOf, RelayWorld, type UpstreamLine } from '../support/relay-world.ts';
import { wire } from '../support/wire-text.ts';

const MAX_CLIENTS = 3;
const MAX_REQUESTS = 4;
/** Longer than any deadline of the settings. */
const LONG_MS = 130_000;

class Story {
  readonly world: RelayWorld;
  readonly clients: ClientPeer[] = [];
  readonly servers = new Map<UpstreamLine, ServerPeer>();

  constructor(private readonly tape: Tape) {
    const maxConnections = tape.rarely(256, 1);
    const maxIdle = Math.min(maxConnections, tape.rarely(32, 0, 1));
    const pool = { maxConnections, maxIdle, maxRequestsPerConnection: tape.rarely(1_000, 1, 2) };
    const retry = tape.rarely({}, null);
    this.world = new RelayWorld({
      servers: 1 + tape.next(3),
      upstream: { pool, retry },
      settings: {
        maxRequestsPerConnection: tape.rarely(null, 1, 2),
        maxBodyBytes: tape.rarely(1_000_000, 100),
        // A reply to half a HEAD has a body, which who reads it here does not expect.
        headTimeoutMs: 3_600_000,
        minHeadBytesPerSec: null,
        requestTimeoutMs: null,
      },
    });
    for (let client = 0; client <= tape.next(MAX_CLIENTS); client += 1) {
      const requests = Array.from({ length: 1 + tape.next(MAX_REQUESTS) }, (_, number) =>
        requestOf(tape, `/${client}/${number}`),
      );
      this.clients.push(new ClientPeer(this.world.client(), requests));
    }
  }

  tell(): void {
    while (!this.tape.isOver) {
      const actions = this.#actions();
      actions[this.tape.next(actions.length)]!();
      this.#look();
    }
    for (const line of this.world.lines) line.isPeerStalled = false;
    this.calm();
    this.world.nowMs += LONG_MS;
    this.calm();
  }

  /** Everything goes well until nothing is left to happen. */
  calm(): void {
    for (let steps = 0; this.#goOn(); steps += 1) {
      if (steps > 10_000) throw new Error('it never comes to rest');
    }
  }

  /** All clients are through with it. */
  end(): void {
    for (const client of this.clients) client.end();
    for (let round = 0; round < 3; round += 1) {
      this.world.nowMs += LONG_MS;
      this.calm();
    }
  }

  #goOn(): boolean {
    const ready = [
      ...this.clients.filter(({ canSend }) => canSend).map((client) => () => client.send(Infinity)),
      ...this.#connecting().map((line) => () => this.world.accept(line)),
      ...[...this.servers.values()].filter(({ canAct }) => canAct).map((server) => () => server.act()),
      ...this.world.lines.flatMap(eventsOf),
    ];
    ready[0]?.();
    this.#look();
    return ready.length > 0;
  }

  #connecting(): UpstreamLine[] {
    return this.world.upstreams.filter((line) => line.session.phase === 'connecting' && !line.isGone);
  }

  #look(): void {
    for (const line of this.world.upstreams) {
      if (!this.servers.has(line)) this.servers.set(line, new ServerPeer(line, this.tape));
      this.servers.get(line)!.look();
    }
  }

  #actions(): (() => void)[] {
    const { tape, world } = this;
    const actions: (() => void)[] = [() => void (world.nowMs += tape.rarely(1, 100, 11_000))];
    for (const client of this.clients) {
      if (client.canSend) actions.push(() => client.send(1 + tape.next(80)));
      if (client.canSend) actions.push(() => client.send(Infinity));
      if (tape.next(40) === 39) actions.push(() => client.leave());
      if (tape.next(40) === 39) actions.push(() => client.end());
    }
    for (const server of this.servers.values()) if (server.canAct) actions.push(() => server.act());
    for (const line of this.#connecting()) {
      actions.push(() => world.accept(line));
      if (tape.rarely(false, true)) actions.push(() => world.refuse(line));
    }
    for (const line of world.lines) {
      if (line.isGone) continue;
      if (line.canRead) actions.push(() => line.read(1 + tape.next(60)));
      actions.push(...eventsOf(line));
      if (tape.rarely(false, true)) actions.push(() => void (line.isPeerStalled = !line.isPeerStalled));
    }
    if (tape.next(30) === 29) actions.push(() => void world.change({ replyTimeoutMs: 100 + tape.next(1_000) }));
    return actions;
  }
}

function checkClient({ line, requests }: ClientPeer, replied: ReadonlyMap<string, readonly string[]>): void {
  const methods = requests.map(({ method }) => method);
  const reading = readReplies(wire(line.taken), undefined, methods);
  const replies = reading.messages.filter(({ head }) => !head.interim);
  // A reply that ends with the connection is whole only where FIN says so.
  expect(['H1_INCOMPLETE', null]).toContain(reading.fault);
  expect(replies.length).toBeLessThanOrEqual(requests.length);
  for (const [index, { head, body, isComplete }] of replies.entries()) {
    const { target } = requests[index]!;
    const isOurs = head.fields.get('via') === null;
    if (!isOurs) expect(head.fields.get('x-id')).toBe(target);
    const endsSo = head.framing.kind === 'until-close';
    const isWhole = isComplete && (!endsSo || (line.hasEnded && line.waiting === '' && !line.wasReset));
    if (!isOurs && isWhole && methods[index] !== 'HEAD') expect(replied.get(target)).toContain(body);
  }
}

const isAnswered = ({ line, requests }: ClientPeer): boolean => {
  const methods = requests.map(({ method }) => method);
  const { messages } = readReplies(wire(line.taken), undefined, methods);
  return messages.filter(({ head, isComplete }) => !head.interim && isComplete).length === requests.length;
};

function checkServer({ requests, fault }: ServerPeer, sent: ReadonlyMap<string, SentRequest>): void {
  expect(fault).toBeNull();
  for (const [index, { head, body, isWhole }] of requests.entries()) {
    const request = sent.get(head.target);
    expect(request?.method).toBe(head.method);
    if (isWhole) expect(body).toBe(request?.body);
    else expect(index).toBe(requests.length - 1);
  }
}

const ORDER = ['routedAtMs', 'connectAtMs', 'connectedAtMs', 'securedAtMs', 'sendAtMs', 'sentAtMs'] as const;

function checkFacts(world: RelayWorld): void {
  const ids = world.lines.map((line) => (line as UpstreamLine).id);
  const closed = world.factsOf('connection.closed').map(({ connection }) => connection);
  expect(closed.toSorted((a, b) => a - b)).toEqual(ids.toSorted((a, b) => a - b));
  for (const { relay } of world.factsOf('relay')) {
    const steps = ORDER.map((name) => relay[name]).filter((atMs) => atMs !== null);
    expect(steps).toEqual(steps.toSorted((a, b) => a - b));
    if (relay.repliedAtMs !== null) expect(relay.replyAtMs).toBeLessThanOrEqual(relay.repliedAtMs);
  }
  const replies = world.factsOf('reply').map(({ connection, number }) => `${connection} ${number}`);
  expect(new Set(replies).size).toBe(replies.length);
}

function check(choices: readonly number[]): void {
  const story = new Story(new Tape(choices));
  const { world, clients, servers } = story;
  story.tell();
  // At rest, and nobody waits for anybody: whoever is still connected has all replies, and is read from.
  for (const client of clients) {
    const { line } = client;
    if (line.isGone || line.hasEnded || line.hasPeerEnded) continue;
    expect({ answered: isAnswered(client), paused: line.isPaused }).toEqual({ answered: true, paused: false });
  }
  story.end();
  const sent = new Map(
    clients.flatMap(({ requests }) => requests.map((request) => [request.target, request] as const)),
  );
  const replied = new Map<string, string[]>();
  const asked = new Map<string, number>();
  for (const server of servers.values()) {
    for (const { target, body, isEndless } of server.replies) {
      if (!isEndless) replied.set(target, [...(replied.get(target) ?? []), body]);
    }
    for (const { head } of server.requests) asked.set(head.target, (asked.get(head.target) ?? 0) + 1);
    checkServer(server, sent);
  }
  for (const client of clients) checkClient(client, replied);
  for (const [target, times] of asked) expect(times).toBeLessThanOrEqual(sent.get(target)?.method === 'POST' ? 1 : 2);
  expect(world.lines.flatMap(({ wrongs }) => wrongs)).toEqual([]);
  expect(world.lines.filter(({ isClosed }) => !isClosed)).toEqual([]);
  expect(world.counts.left).toBe(world.counts.chosen);
  expect(world.group.servers.map(({ inFlight }) => inFlight)).toEqual(world.group.servers.map(() => 0));
  expect({ open: world.policy.admission.open, held: world.policy.held.total }).toEqual({ open: 0, held: 0 });
  checkFacts(world);
}

describe('a reverse proxy', () => {
  it('gives each request its own reply or a closed connection, whatever happens when', () => {
    const tapes = fc.array(fc.nat(1_000), { maxLength: 300, size: 'max' });
    fc.assert(
      fc.property(tapes, (choices) => check(choices)),
      { numRuns: Number(process.env['RELAY_RUNS'] ?? 300) },
    );
  });
});
