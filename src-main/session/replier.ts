/** Writes final replies, and states where each stands and what it answers. */
import type { ConnectionId } from '../contract/connections';
import type { Parser, StartLine } from '../http1/parser';
import { writeReply, type ReplyParts } from '../http1/writer';
import type { OpenExchange } from './exchange';
import type { Outbound } from './outbound';
import type { PhaseClock } from './phase-clock';
import type { SessionPort } from './port';

const NO_START_LINE: StartLine = { method: '', target: '', version: '' };

export class Replier {
  constructor(
    private readonly port: SessionPort,
    private readonly connection: ConnectionId,
    private readonly out: Outbound,
    private readonly parser: Parser,
    private readonly clock: PhaseClock,
  ) {}

  toRequest(exchange: OpenExchange, parts: ReplyParts, close: boolean, atMs: number): void {
    const { head, rateFields } = exchange;
    const { method, minor } = head;
    const start = this.out.bytes;
    // The reply to HTTP/0.9 is the body alone (RFC 1945 §4.1).
    if (head.simple) this.out.write(parts.body);
    else this.out.write(writeReply(withFields(parts, rateFields), { method, minor, close, nowMs: atMs }));
    exchange.replied = true;
    this.port.record({
      kind: 'reply',
      connection: this.connection,
      atMs,
      number: exchange.number,
      status: parts.status,
      start,
      end: this.out.bytes,
      method,
      target: head.target,
      version: head.version,
      requestStart: head.start,
      requestBytes: this.parser.offset - head.start,
      startedAtMs: exchange.startedAtMs,
    });
  }

  /** To bytes that did not become a request, or to none; the connection closes after it. */
  toNone(parts: ReplyParts, atMs: number): void {
    const { offset, messageStart } = this.parser;
    const { method, target, version } = this.parser.startLine ?? NO_START_LINE;
    const start = this.out.bytes;
    // The method is known before the start line is: HEAD has no content, whatever is wrong (RFC 9110 §9.3.2).
    this.out.write(writeReply(parts, { method: this.parser.method, minor: 1, close: true, nowMs: atMs }));
    this.port.record({
      kind: 'reply',
      connection: this.connection,
      atMs,
      number: 0,
      status: parts.status,
      start,
      end: this.out.bytes,
      method,
      target,
      version,
      requestStart: messageStart,
      requestBytes: offset - messageStart,
      startedAtMs: this.clock.requestStartedAtMs,
    });
  }
}

/** The very parts where nothing is added: the writer knows them again. */
const withFields = (parts: ReplyParts, added: ReplyParts['fields']): ReplyParts =>
  added.length === 0 ? parts : { status: parts.status, fields: [...parts.fields, ...added], body: parts.body };
