/** Writes final replies, and states where each stands and what it answers. */
import type { Parser, StartLine } from '../http1/parser';
import { writeReply, type ReplyParts } from '../http1/writer';
import type { OpenExchange } from './exchange';
import type { FactLog } from './fact-log';
import type { Outbound } from './outbound';
import type { PhaseClock } from './phase-clock';

const NO_START_LINE: StartLine = { method: '', target: '', version: '' };

export class Replier {
  constructor(
    private readonly out: Outbound,
    private readonly log: FactLog,
    private readonly parser: Parser,
    private readonly clock: PhaseClock,
  ) {}

  toRequest(exchange: OpenExchange, parts: ReplyParts, close: boolean, nowMs: number): void {
    const { head, number, startedAtMs, rateFields } = exchange;
    const { method, target, version, minor, simple, start: requestStart } = head;
    const start = this.out.bytes;
    // The reply to HTTP/0.9 is the body alone (RFC 1945 §4.1).
    const bytes = simple ? parts.body : writeReply(withFields(parts, rateFields), { method, minor, close, nowMs });
    this.out.write(bytes);
    exchange.replied = true;
    const requestBytes = this.parser.offset - requestStart;
    const { status } = parts;
    const end = this.out.bytes;
    this.log.reply(
      number,
      { status, start, end, method, target, version, requestStart, requestBytes, startedAtMs },
      nowMs,
    );
  }

  /** To bytes that did not become a request, or to none; the connection closes after it. */
  toNone(parts: ReplyParts, nowMs: number): void {
    const { offset, messageStart: requestStart, startLine } = this.parser;
    const { method, target, version } = startLine ?? NO_START_LINE;
    const start = this.out.bytes;
    this.out.write(writeReply(parts, { method, minor: 1, close: true, nowMs }));
    const startedAtMs = this.clock.requestStartedAtMs;
    const requestBytes = offset - requestStart;
    const { status } = parts;
    const end = this.out.bytes;
    this.log.reply(0, { status, start, end, method, target, version, requestStart, requestBytes, startedAtMs }, nowMs);
  }
}

/** The very parts where nothing is added: the writer knows them again. */
const withFields = (parts: ReplyParts, added: ReplyParts['fields']): ReplyParts =>
  added.length === 0 ? parts : { status: parts.status, fields: [...parts.fields, ...added], body: parts.body };
