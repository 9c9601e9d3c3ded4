import type { Client } from '@contract/client';
import {
  MAX_RANGE_BYTES,
  type ConnectionDetail,
  type ConnectionId,
  type Direction,
  type ReadMark,
} from '@contract/connections';
import { describe } from '@contract/errors';
import type { Span } from '@http1/spans';
import {
  byteWords,
  elementAfterVerdict,
  elementOf,
  elementOfSocks,
  elementOfTunnel,
  type ByteElement,
} from '../lens/byte-words';
import type { BeyondHttp } from '../lens/beyond-http';
import { failureOf } from '../lens/exchanges';
import { formatBytes, formatCount } from '../lens/format';
import type { PaintedBytes } from '../lens/hex-rows';
import { messageHolding } from '../lens/message-places';
import { gap, sinceOpened } from '../lens/moments';
import { rawFrom, socksEnd } from '../lens/raw-bytes';
import { joinMarks, markAt, placeOfRead, type GutterNote } from '../lens/read-marks';
import type { BytePages } from './byte-pages.svelte';
import { PAGE_BYTES, pageOf } from './byte-pages.svelte';
import type { ByteSpan } from './byte-view.svelte';
import { PageSpans, type PageContext } from './page-spans';

/** A longer target or name is cut in a tooltip. */
const MAX_NAME_BYTES = 80;

export interface Arrival {
  readonly at: string;
  readonly noun: 'read' | 'write';
  readonly number: number | null;
  readonly total: number;
}

export interface ByteStreamOptions {
  readonly client: Client;
  readonly connection: ConnectionId;
  readonly direction: Direction;
  readonly pages: BytePages;
  readonly detail: () => ConnectionDetail | null;
  /** What the direction goes on with that is no HTTP, where that can be explained. */
  readonly beyond?: () => BeyondHttp | null;
}

/** One direction of one connection as the byte views see it: bytes, what they are, and when they came. */
export class ByteStream {
  readonly #options: ByteStreamOptions;
  readonly #spans: PageSpans;
  /** The pages that some view has on screen. */
  #shown = $state.raw<{ from: number; end: number }>({ from: 0, end: 0 });

  readonly #detail = $derived.by(() => this.#options.detail());
  readonly bytes = $derived.by(() => {
    const row = this.#detail?.row;
    return row === undefined ? 0 : this.#options.direction === 'in' ? row.bytesIn : row.bytesOut;
  });
  readonly isLive = $derived.by(() => this.#detail?.row.closedAtMs === null);
  readonly marks = $derived.by<readonly ReadMark[]>(() => joinMarks(this.#shownPages().map((page) => page.reads)));
  /** What ended the parsing of this direction with bytes still to come; null while nothing did. */
  readonly #verdict = $derived.by(() => this.#firstVerdict());
  readonly #beyond = $derived.by(() => this.#options.beyond?.() ?? null);
  readonly #rawFrom = $derived.by(() => (this.#detail === null ? null : rawFrom(this.#detail, this.direction)));
  readonly #socksEnd = $derived.by(() => (this.#detail === null ? null : socksEnd(this.#detail, this.direction)));
  readonly #painted = $derived.by(() => this.#paintShown());

  constructor(options: ByteStreamOptions) {
    this.#options = options;
    this.#spans = new PageSpans(options.direction);
  }

  get direction() {
    return this.#options.direction;
  }
  /** From our side: to a server we send what is `in`. */
  get words() {
    return (this.#options.direction === 'in') === (this.#detail?.row.side !== 'upstream') ? 'received' : 'sent';
  }
  get failure() {
    return this.#options.pages.failure;
  }

  /** States which bytes `who` has on screen. */
  need(who: string, span: ByteSpan | null): void {
    const { pages, direction } = this.#options;
    if (span === null) {
      pages.need(`${direction} ${who}`, null);
      return;
    }
    const end = Math.ceil(Math.min(span.end, this.bytes) / PAGE_BYTES);
    const shownFrom = Math.min(pageOf(span.start), Math.max(0, end - 1));
    const fromPage = this.#spans.firstPageFor(shownFrom, this.#messages());
    this.#shown = { from: shownFrom, end };
    pages.need(`${direction} ${who}`, { direction, fromPage, endPage: end, streamBytes: this.bytes });
  }

  /** The loaded bytes around an offset with their paint; null while they are not loaded. */
  painted(offset: number): PaintedBytes | null {
    return this.#painted.get(pageOf(offset)) ?? null;
  }

  byteAt(offset: number): number | null {
    const page = this.#options.pages.page(this.#options.direction, pageOf(offset));
    return page?.bytes[offset - page.start] ?? null;
  }

  /** Why the bytes of a range cannot be shown; null where at least one can. */
  missingAt(start: number, end: number): string | null {
    const page = this.#options.pages.page(this.#options.direction, pageOf(start));
    if (page === null) return this.failure === null ? 'loading …' : describe(this.failure).title;
    if (page.keptFrom >= Math.min(end, this.bytes)) return "dropped by the journal's size limit";
    return start < page.start + page.bytes.length && end > page.start ? null : 'loading …';
  }

  /** The smallest element that holds a byte. */
  elementAt(offset: number): ByteElement | null {
    const page = this.#options.pages.page(this.#options.direction, pageOf(offset));
    if (page === null || offset >= this.bytes) return null;
    const beyond = this.#beyond;
    if (
      this.#verdict !== null &&
      (beyond === null ? offset >= this.#verdict.offset : offset === this.#verdict.offset)
    ) {
      const failure = failureOf(this.#verdict, this.#detail?.exchanges ?? []);
      return elementAfterVerdict(offset, { failure, at: this.#verdict.offset }, this.bytes);
    }
    if (beyond !== null && offset >= beyond.start) return beyond.elementAt(offset, this.bytes);
    const span = this.#spans.spanAround(offset, this.#context());
    if (span === null) return null;
    if (span.kind === 'tunnel-data') {
      const start = this.#socksEnd ?? this.#rawFrom ?? span.start;
      return offset < start
        ? elementOfSocks(0, Math.min(start, this.bytes))
        : elementOfTunnel({ ...span, start, end: this.bytes });
    }
    return elementOf(this.#wholeBody(span), (short) => this.#textOf(short));
  }

  arrivalOf(offset: number): Arrival | null {
    const detail = this.#detail;
    const mark = markAt(this.marks, offset);
    if (mark === null || detail === null) return null;
    const { direction } = this.#options;
    const place = placeOfRead(mark, this.marks, { direction, bars: detail.timeline, bytes: this.bytes });
    return { at: sinceOpened(mark.atMs, detail.row.openedAtMs), noun: this.#noun, ...place };
  }

  /** What stands beside a row in which reads begin. */
  gutterOf(note: GutterNote | null): { text: string; title: string } | null {
    const detail = this.#detail;
    if (note === null || detail === null) return null;
    const { first, more, deltaMs } = note;
    const at = sinceOpened(first.atMs, detail.row.openedAtMs);
    const { number, total } = placeOfRead(first, this.marks, {
      direction: this.#options.direction,
      bars: detail.timeline,
      bytes: this.bytes,
    });
    const which = number === null ? `a ${this.#noun}` : `${this.#noun} ${formatCount(number)} of ${formatCount(total)}`;
    const others = more === 0 ? '' : `, and ${formatCount(more)} more in this row`;
    return {
      text: `${deltaMs === null ? at : gap(deltaMs)}${more === 0 ? '' : ` ×${more + 1}`}`,
      title: `${which}: ${formatBytes(first.length)} at ${at}${others}`,
    };
  }

  /** The byte under the cursor in one short sentence, for assistive technology. */
  spoken(offset: number): string {
    if (offset >= this.bytes) return `offset 0x${offset.toString(16).toUpperCase()}, after the last byte ${this.words}`;
    const byte = this.byteAt(offset);
    const element = this.elementAt(offset);
    const value = byte === null ? 'not loaded' : byteWords(byte);
    const what = element === null ? '' : `, ${element.label}${element.name === null ? '' : ` ${element.name}`}`;
    return `offset 0x${offset.toString(16).toUpperCase()}, ${value}${what}`;
  }

  /** Reads a range from the engine, whatever pages are loaded; null where not all of it is kept. */
  async read({ start, end }: ByteSpan): Promise<Uint8Array | null> {
    const { client, connection, direction } = this.#options;
    const whole = new Uint8Array(end - start);
    for (let at = start; at < end;) {
      const length = Math.min(MAX_RANGE_BYTES, end - at);
      const reply = await client.call('bytes.read', { connection, direction, offset: at, length });
      if (!reply.ok || reply.value.offset !== at || reply.value.bytes.length === 0) return null;
      whole.set(reply.value.bytes.subarray(0, length), at - start);
      at += Math.min(length, reply.value.bytes.length);
    }
    return whole;
  }

  get #noun() {
    return this.words === 'received' ? ('read' as const) : ('write' as const);
  }

  #messages() {
    const detail = this.#detail;
    return detail === null ? [] : this.#spans.messagesOf(detail);
  }

  #page(index: number) {
    return this.#options.pages.page(this.#options.direction, index);
  }

  #shownPages() {
    const { from, end } = this.#shown;
    const indexes = Array.from({ length: Math.max(0, end - from) }, (_, place) => from + place);
    return indexes.map((index) => this.#page(index)).filter((page) => page !== null);
  }

  #context(): PageContext {
    return {
      loaded: (index) => this.#page(index),
      messages: this.#messages(),
      beyond: this.#beyond,
      rawFrom: this.#rawFrom,
    };
  }

  #paintShown(): ReadonlyMap<number, PaintedBytes> {
    const cut = this.#verdict?.offset ?? null;
    return new Map(this.#shownPages().map((page) => [page.index, this.#spans.paint(page, this.#context(), cut)]));
  }

  #firstVerdict() {
    const detail = this.#detail;
    if (detail === null || this.#options.direction === 'out') return null;
    const verdicts = [...detail.faults, ...detail.trips].filter(({ offset }) => offset < this.bytes);
    return verdicts.reduce<(typeof verdicts)[number] | null>(
      (first, verdict) => (first === null || verdict.offset < first.offset ? verdict : first),
      null,
    );
  }

  /** The scanner tells a body page by page; a reader asks about all of it. */
  #wholeBody(span: Span): Span {
    if (span.kind !== 'body') return span;
    const message = messageHolding(this.#messages(), span.start);
    if (message === null || message.plainBodyStart === null) return span;
    return { ...span, start: message.plainBodyStart, end: message.end ?? this.bytes };
  }

  #textOf({ start, end }: Span): string {
    let text = '';
    for (let at = start; at < Math.min(end, start + MAX_NAME_BYTES); at += 1) {
      const byte = this.byteAt(at);
      text += byte === null || byte < 0x20 || byte > 0x7e ? '·' : String.fromCharCode(byte);
    }
    return end - start > MAX_NAME_BYTES ? `${text}…` : text;
  }
}
