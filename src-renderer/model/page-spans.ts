/**
 * What the bytes of a page are, found out with as little reading as possible: from where the scanner stopped at the
 * end of the page before, from inside a body that is not chunked (its length says it all), or from the start of a
 * message not far away. A chunked body that is entered far from its start stays unexplained: to know its chunks,
 * every byte before would have to be read. Where the bytes stop being HTTP, explaining stops too.
 */
import type { ConnectionDetail, Direction } from '@contract/connections';
import { STRICT_RULES } from '@http1/events';
import { rulesOf } from '@http1/rules';
import { SpanScanner, type Span } from '@http1/spans';
import type { BeyondHttp } from '../lens/beyond-http';
import type { PaintedBytes } from '../lens/hex-rows';
import { messageHolding, messagePlaces, type MessagePlace } from '../lens/message-places';
import { paintBytes, spanAt, type KindSpan, type TunnelSpan } from '../lens/span-map';
import { PAGE_BYTES, pageOf, type Page } from './byte-pages.svelte';

/** 256 KiB are scanned in some milliseconds, and no view waits long for so many pages. */
const MAX_PAGES_BACK = 16;
/** Explained pages that are kept, with the place to resume after each. */
const MAX_KEPT = 256;

export interface PageContext {
  readonly loaded: (index: number) => Page | null;
  readonly messages: readonly MessagePlace[];
  /** What the stream goes on with that is no HTTP, where that can be explained. */
  readonly beyond?: BeyondHttp | null;
  /** The first offset of another protocol; null: all of it is HTTP. */
  readonly rawFrom?: number | null;
}

/** What a page holds of HTTP, and what it is called where it holds none. */
export type PageSpan = Span | TunnelSpan;

interface Explained {
  readonly page: Page;
  /** What the spans rest on besides the page; null where they follow from the bytes before it alone. */
  readonly messages: readonly MessagePlace[] | null;
  readonly rawFrom: number;
  readonly spans: readonly PageSpan[];
  /** Stands at the end of the page; null where it is not known what follows. */
  readonly after: SpanScanner | null;
}

interface Beginning {
  readonly spans: Span[];
  readonly at: number;
  readonly scanner: SpanScanner | null;
  readonly restsOnMessages: boolean;
}

export class PageSpans {
  readonly #direction: Direction;
  readonly #kept = new Map<number, Explained>();
  /** By page; of the latest reading alone. */
  #beyond: { readonly source: BeyondHttp; readonly spans: Map<Page, readonly KindSpan[]> } | null = null;
  readonly #paints = new WeakMap<readonly KindSpan[], { page: Page; cut: number | null; painted: PaintedBytes }>();
  #detail: ConnectionDetail | null = null;
  #messages: readonly MessagePlace[] = [];

  constructor(direction: Direction) {
    this.#direction = direction;
  }

  messagesOf(detail: ConnectionDetail): readonly MessagePlace[] {
    if (detail !== this.#detail) this.#messages = messagePlaces(detail, this.#direction);
    this.#detail = detail;
    return this.#messages;
  }

  /** The page to read from, so that a page can be explained. */
  firstPageFor(index: number, messages: readonly MessagePlace[]): number {
    if (index === 0 || this.#resumeAfter(index - 1) !== null) return index;
    const message = messageHolding(messages, index * PAGE_BYTES);
    if (message === null || isInPlainBody(message, index * PAGE_BYTES)) return index;
    const first = pageOf(message.start);
    return index - first > MAX_PAGES_BACK ? index : first;
  }

  spansOf(page: Page, context: PageContext): readonly PageSpan[] {
    const kept = this.#kept.get(page.index);
    const isSame = kept?.page === page && kept.rawFrom === rawFromOf(context);
    if (isSame && (kept.messages === null || kept.messages === context.messages)) return kept.spans;
    return this.#keep(this.#explain(page, context)).spans;
  }

  /** The span that holds an offset, whole where its page and the next one are loaded. */
  spanAround(offset: number, context: PageContext): PageSpan | null {
    const index = pageOf(offset);
    for (const place of [index + 1, index]) {
      const page = context.loaded(place);
      const span = page === null ? null : spanAt(this.spansOf(page, context), offset);
      if (span !== null) return span;
    }
    return null;
  }

  paint(page: Page, context: PageContext, cut: number | null): PaintedBytes {
    const { beyond = null } = context;
    const isBeyond = beyond !== null && beyond.start < page.start + page.bytes.length;
    const spans = isBeyond ? this.#spansBeyond(page, beyond, context) : this.spansOf(page, context);
    const known = this.#paints.get(spans);
    if (known?.page === page && known.cut === cut) return known.painted;
    const painted = paintBytes({ start: page.start, bytes: page.bytes, spans, cut, readsOn: isBeyond });
    this.#paints.set(spans, { page, cut, painted });
    return painted;
  }

  #spansBeyond(page: Page, source: BeyondHttp, context: PageContext): readonly KindSpan[] {
    if (this.#beyond?.source !== source) this.#beyond = { source, spans: new Map() };
    const known = this.#beyond.spans.get(page);
    if (known !== undefined) return known;
    const after = source.spansIn(page.start, page.start + page.bytes.length);
    const before = source.start > page.start ? this.spansOf(page, { ...context, rawFrom: source.start }) : [];
    const spans = [...before.filter(({ kind }) => kind !== 'tunnel-data'), ...after];
    this.#beyond.spans.set(page, spans);
    return spans;
  }

  /** HTTP as far as it goes, and one span for all that comes after it. */
  #explain(page: Page, context: PageContext): Explained {
    const rawFrom = rawFromOf(context);
    const end = page.start + page.bytes.length;
    if (rawFrom >= end) return this.#explainHttp(page, end, context);
    const tunnel: TunnelSpan = { start: Math.max(page.start, rawFrom), end, kind: 'tunnel-data' };
    if (rawFrom <= page.start) return { page, spans: [tunnel], after: null, messages: null, rawFrom };
    const { spans, messages } = this.#explainHttp(page, rawFrom, context);
    return { page, spans: [...spans.filter(({ start }) => start < rawFrom), tunnel], after: null, messages, rawFrom };
  }

  #explainHttp(page: Page, end: number, context: PageContext): Explained {
    const { spans, at, scanner, restsOnMessages } = this.#begin(page, context);
    let current = scanner;
    let position = at;
    while (current !== null && position < end) {
      const pieceEnd = Math.min(end, this.#nextReply(position, context.messages));
      for (const span of current.scan(page.bytes.subarray(position - page.start, pieceEnd - page.start)))
        spans.push(span);
      position = pieceEnd;
      if (position < end) current = this.#fresh(position, messageHolding(context.messages, position));
    }
    const hasReplies = this.#direction === 'out' && context.messages.length > 0;
    const messages = restsOnMessages || hasReplies ? context.messages : null;
    return { page, spans, after: current, messages, rawFrom: rawFromOf(context) };
  }

  #begin(page: Page, context: PageContext): Beginning {
    const { messages } = context;
    const isWhole = page.start === page.index * PAGE_BYTES;
    const before = isWhole ? this.#scannerBefore(page.index, context) : null;
    if (before !== null) return { spans: [], at: page.start, scanner: before, restsOnMessages: false };
    const message = messageHolding(messages, page.start);
    if (page.start === 0 || message?.start === page.start) return this.#at(page.start, message, []);
    if (message !== null && isInPlainBody(message, page.start)) return this.#inBody(page, message);
    const next = messages.find(({ start }) => start > page.start) ?? null;
    return next === null
      ? { spans: [], at: page.start, scanner: null, restsOnMessages: true }
      : this.#at(next.start, next, []);
  }

  #inBody(page: Page, message: MessagePlace): Beginning {
    const pageEnd = page.start + page.bytes.length;
    const end = Math.min(message.end ?? pageEnd, pageEnd);
    const body: Span = { start: message.plainBodyStart as number, end, kind: 'body' };
    return end < pageEnd || message.end === end
      ? this.#at(end, null, [body])
      : { spans: [body], at: end, scanner: null, restsOnMessages: true };
  }

  #at(at: number, message: MessagePlace | null, spans: Span[]): Beginning {
    return { spans, at, scanner: this.#fresh(at, message), restsOnMessages: at !== 0 };
  }

  /** A scanner that goes on where the page before ended; explains up to `MAX_PAGES_BACK` pages to get there. */
  #scannerBefore(index: number, context: PageContext): SpanScanner | null {
    if (index === 0) return null;
    const first = this.firstPageFor(index, context.messages);
    if (first === index && this.#resumeAfter(index - 1) === null) return null;
    for (let place = first; place < index; place += 1) {
      const page = context.loaded(place);
      if (page === null || page.bytes.length < PAGE_BYTES - (page.start - place * PAGE_BYTES)) return null;
      this.spansOf(page, context);
    }
    return this.#resumeAfter(index - 1)?.clone() ?? null;
  }

  /** The scanner at the end of a page that was explained to its very end. */
  #resumeAfter(index: number): SpanScanner | null {
    const { after } = this.#kept.get(index) ?? { after: null };
    return after?.offset === (index + 1) * PAGE_BYTES ? after : null;
  }

  /** Replies are scanned one by one: where each of them ends depends on the method it answers. */
  #nextReply(position: number, messages: readonly MessagePlace[]): number {
    if (this.#direction === 'in') return Infinity;
    return messages.find(({ start }) => start > position)?.start ?? Infinity;
  }

  #fresh(at: number, message: MessagePlace | null): SpanScanner {
    const rules = this.#detail === null ? STRICT_RULES : rulesOf(this.#detail.settings);
    if (this.#direction === 'in') return new SpanScanner('request', at, [], rules);
    return new SpanScanner('response', at, message?.replyTo === null || message === null ? [] : [message.replyTo]);
  }

  #keep(explained: Explained): Explained {
    const { index } = explained.page;
    this.#kept.delete(index);
    this.#kept.set(index, explained);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    return explained;
  }
}

const rawFromOf = ({ rawFrom = null }: PageContext): number => rawFrom ?? Infinity;

const isInPlainBody = ({ plainBodyStart, end }: MessagePlace, offset: number): boolean =>
  plainBodyStart !== null && plainBodyStart <= offset && offset < (end ?? Infinity);
