/** What `serve` says on standard output and standard error, in the form asked for. */
import { formatAddress, reachableAddress, type Address } from '../../contract/address';
import { describe, type Failure } from '../../contract/errors';
import type { Fact } from '../../contract/facts';
import type { ServeOptions } from './arguments';
import { eventOf, toJsonLine, type EventRecord } from './events';
import { LineWriter } from './line-writer';
import { ansiPaint, lineOf, plainPaint, sentence } from './lines';

export interface Reporter {
  listening(address: Address): void;
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
  return {
    listening: ({ host, port }) => tell({ event: 'listening', address: host, port }),
    ui: (url) => tell({ event: 'ui', url }),
    fact(fact) {
      const event = eventOf(fact);
      if (event !== null) tell(event);
    },
    notice: (failure) => tell({ event: 'notice', code: failure.code, message: describe(failure).title }),
    warn: (text) => void stderr.write(`${text}\n`),
    finish: () => writer.finish(),
  };
}

function createLineReporter(options: ReporterOptions): Reporter {
  const { stdout: stream, stderr, onGone, colour, output } = options;
  const paint = colour ? ansiPaint : plainPaint;
  const tellDropped = (count: number) => `(${count} lines are not shown: the output did not keep up)`;
  const writer = new LineWriter({ stream, onGone, tellDropped });
  return {
    listening(address) {
      writer.write(`Listening on http://${formatAddress(address)}`);
      writer.write(paint('dim', `Try: curl http://${formatAddress(reachableAddress(address))}/anything`));
    },
    ui: (url) => writer.write(`Window: ${url}`),
    fact(fact) {
      const line = output === 'quiet' ? null : lineOf(fact, paint);
      if (line !== null) writer.write(line);
    },
    notice: (failure) => void stderr.write(`${sentence(failure)}\n`),
    warn: (text) => void stderr.write(`${text}\n`),
    finish: () => writer.finish(),
  };
}

export const createReporter = (options: ReporterOptions): Reporter =>
  options.output === 'json' ? createJsonReporter(options) : createLineReporter(options);
