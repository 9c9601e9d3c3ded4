/**
 * The parser alone against the one inside Node, in bytes per second of processor time, on the same bytes in the same
 * process: time that others take of the processor is not counted.
 */
import { pathToFileURL } from 'node:url';
import { median } from './statistics.mjs';
import { browserGet, smallGet } from './workloads.mjs';

const READ_BYTES = 64 * 1024;
const TURN_MS = 200;

/** Whole requests, about one read of them. */
const readOf = (/** @type {string} */ request) =>
  Buffer.from(request.repeat(Math.floor(READ_BYTES / request.length)), 'latin1');

/** @typedef {(read: Buffer) => void} Feed parses one read to its end */

/**
 * @param {any} engine the bundle
 * @param {boolean} readsFields
 * @returns {Feed}
 */
function ourFeed({ Parser, NO_LIMITS }, readsFields) {
  const parser = new Parser('request', NO_LIMITS);
  return (read) => {
    parser.receive(read);
    for (let event = parser.next(); event !== null; event = parser.next()) {
      if (event.kind !== 'head' || !readsFields) continue;
      const { fields } = event.head;
      for (let index = 0; index < fields.count; index += 1) {
        fields.name(index);
        fields.value(index);
      }
    }
  };
}

/**
 * Node hands out every field of a head, asked for or not.
 *
 * @returns {Feed}
 */
function nodeFeed() {
  process.noDeprecation = true;
  const { HTTPParser } = /** @type {any} */ (process).binding('http_parser');
  const parser = new HTTPParser();
  parser.initialize(HTTPParser.REQUEST, {}, 0, 0);
  const nothing = () => 0;
  parser[HTTPParser.kOnHeaders | 0] = nothing;
  parser[HTTPParser.kOnHeadersComplete | 0] = nothing;
  parser[HTTPParser.kOnBody | 0] = nothing;
  parser[HTTPParser.kOnMessageComplete | 0] = nothing;
  return (read) => {
    const taken = parser.execute(read);
    if (taken !== read.length) throw new Error(`Node's parser took ${taken} of ${read.length} bytes`);
  };
}

const MICROSECONDS = 1e6;

/** Bytes per second. */
function speedOf(/** @type {Feed} */ feed, /** @type {Buffer} */ read) {
  const start = performance.now();
  const before = process.cpuUsage();
  let reads = 0;
  for (; performance.now() - start < TURN_MS; reads += 1) feed(read);
  const { user, system } = process.cpuUsage(before);
  return (reads * read.length) / ((user + system) / MICROSECONDS);
}

/**
 * @param {string} bundlePath
 * @param {{ rounds: number }} effort
 */
export async function measureParser(bundlePath, { rounds }) {
  const engine = await import(pathToFileURL(bundlePath).href);
  // As the engine does (src-main/inspector/native-latin1.ts).
  const slice = /** @type {any} */ (Buffer.prototype).latin1Slice;
  engine.decodeLatin1With((/** @type {Uint8Array} */ bytes, /** @type {number} */ start, /** @type {number} */ end) =>
    slice.call(bytes, start, end),
  );
  const inputs = { 'Small GET': readOf(smallGet), '20-field GET': readOf(browserGet) };
  return Object.entries(inputs).map(([name, read]) => {
    const feeds = { unread: ourFeed(engine, false), read: ourFeed(engine, true), node: nodeFeed() };
    /** @type {Record<keyof typeof feeds, number[]>} */
    const speeds = { unread: [], read: [], node: [] };
    // The first round is for the compiler.
    for (let round = 0; round <= rounds; round += 1) {
      for (const key of /** @type {(keyof typeof feeds)[]} */ (Object.keys(feeds))) {
        const speed = speedOf(feeds[key], read);
        if (round > 0) speeds[key].push(speed);
      }
    }
    return { name, unread: median(speeds.unread), read: median(speeds.read), node: median(speeds.node) };
  });
}
