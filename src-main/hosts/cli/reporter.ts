/** What `serve` says on standard output and standard error, in the form asked for. */
import type { Address } from '../../contract/address';
import { describe, type Failure } from '../../contract/errors';
import type { Fact } from '../../contract/facts';
import type { ProxyState } from '../../contract/proxy-state';
import type { ServeOptions } from './arguments';
import { eventOf, toJsonLine, type EventRecord } from './events';
import { LineWriter } from './line-writer';
import { ansiPaint, counted, lineOf, plainPaint, sentences, visible } from './lines';
import { leadsTo, listeningLine, tryLine } from './listening';
import { Relays } from './relays';

export interface Reporter {
  listening(address: Address, proxy: ProxyState): void;
  /** The configuration file was read again and is in force. */
  reloaded(proxy: ProxyState): void;
  ui(url: string): void;
  fact(fact: Fact): void;
  /** Something went wrong that does not end the run. */
  notice(failure: Failure): void;
  warn(text: string): void;
  finish(): Promise<void>;
}

export interface ReporterOptions {
  readonly output: ServeOptions['output'];
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  readonly colour: boolean;
  /** Nobody reads standard output any more. */
  readonly onGone: () => void;
}

function createJsonReporter(options: ReporterOptions): Reporter {
  const { stdout: stream, stderr, onGone } = options;
  const tellDropped = (count: number) => toJsonLine({ event: 'dropped', count });
  const writer = new LineWriter({ stream, onGone, tellDropped });
  const tell = (event: EventRecord) => writer.write(toJsonLine(event));
  const relays = new Relays();
  return {
    listening({ host, port }, proxy) {
      const to = leadsTo(proxy);
      tell({ event: 'listening', address: host, port, mode: proxy.mode, ...(to.length > 0 && { to }) });
    },
    reloaded: (proxy) => tell({ event: 'reloaded', path: proxy.configPath, to: leadsTo(proxy) }),
    ui: (url) => tell({ event: 'ui', url }),
    fact(fact) {
      const event = eventOf(fact, relays.take(fact));
      if (event !== null) tell(event);
    },
    notice(failure) {
      const mistakes = failure.detail?.['mistakes'];
      const more = mistakes === undefined ? {} : { mistakes: String(mistakes).split('\n') };
      tell({ event: 'notice', code: failure.code, message: describe(failure).title, ...more });
    },
    warn: (text) => void stderr.write(`${text}\n`),
    finish: () => writer.finish(),
  };
}

function createLineReporter(options: ReporterOptions): Reporter {
  const { stdout: stream, stderr, onGone, colour, output } = options;
  const paint = colour ? ansiPaint : plainPaint;
  const tellDropped = (count: number) => `(${count} lines are not shown: the output did not keep up)`;
  const writer = new LineWriter({ stream, onGone, tellDropped });
  const relays = new Relays();
  return {
    listening(address, proxy) {
      writer.write(visible(listeningLine(address, proxy)));
      writer.write(paint('dim', visible(tryLine(address, proxy))));
    },
    reloaded(proxy) {
      const upstreams = counted(Object.keys(proxy.config?.upstreams ?? {}).length, 'upstream');
      const read = `${proxy.configPath ?? ''} was read again: ${upstreams}, ${counted(leadsTo(proxy).length, 'server')}`;
      writer.write(visible(read));
    },
    ui: (url) => writer.write(`Window: ${url}`),
    fact(fact) {
      if (output === 'quiet') return;
      const line = lineOf(fact, paint, relays.take(fact));
      if (line !== null) writer.write(line);
    },
    notice: (failure) => void stderr.write(`${sentences(failure).join('\n')}\n`),
    warn: (text) => void stderr.write(`${text}\n`),
    finish: () => writer.finish(),
  };
}

export const createReporter = (options: ReporterOptions): Reporter =>
  options.output === 'json' ? createJsonReporter(options) : createLineReporter(options);
