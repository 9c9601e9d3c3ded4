/** The measurements as a page of Markdown tables. */

import { megabytes, milliseconds, table, times, whole } from './cells.mjs';
import { proxyTables } from './proxy-report.mjs';

const aim = (/** @type {number | null} */ target) => (target === null ? '' : ` (aim ${target} ×)`);

/** @typedef {import('./throughput.mjs').Run} Run */
const run = (/** @type {Run} */ { rate, cpu }) => `${whole(rate)} (${cpu.toFixed(cpu < 10 ? 1 : 0)})`;
const gain = (/** @type {Run} */ ours, /** @type {Run} */ theirs) =>
  `${times(ours.rate / theirs.rate)} (${(theirs.cpu / ours.cpu).toFixed(2)})`;
const cost = (/** @type {number} */ share) => `${Math.round((1 - share) * 100)} %`;

/** @param {readonly import('./throughput.mjs').Throughput[]} measured */
function throughput(measured) {
  const rows = measured.map(({ workload, engine, silent, http, net }) => [
    workload.name,
    run(engine),
    run(net),
    run(http),
    `${gain(engine, net)}${aim(workload.net)}`,
    `${gain(engine, http)}${aim(workload.http)}`,
    run(silent),
    `${cost(engine.rate / silent.rate)} (${cost(silent.cpu / engine.cpu)})`,
  ]);
  const head = [
    'Requests/s',
    'Bytescope',
    'bare net',
    'node:http',
    '÷ net',
    '÷ http',
    'not recording',
    'recording costs',
  ];
  return `${table(head, rows)}

In brackets: processor time, µs a request on all threads of the server, and the same ratios made of it. Where others
use the machine it is the figure to trust.

*bare net* answers without parsing: it counts bytes. *node:http* reads the body, keeps nothing and answers. All send
the same reply; to POST Bytescope's says 405, since that route takes no body, once the body has been read.
*not recording* is the same build with a journal that keeps nothing, made for this comparison alone.`;
}

/** @param {Awaited<ReturnType<typeof import('./parser-speed.mjs').measureParser>>} measured */
function parser(measured) {
  const rows = measured.map(({ name, unread, read, node }) => [
    name,
    `${whole(unread / 1e6)} MB/s`,
    `${whole(read / 1e6)} MB/s`,
    `${whole(node / 1e6)} MB/s`,
    `${times(unread / node)}${aim(1.7)}`,
    `${times(read / node)}${aim(1)}`,
  ]);
  return table(['Parser', 'fields unread', 'all read', "Node's own", 'unread ÷ Node', 'read ÷ Node'], rows);
}

/** @param {Awaited<ReturnType<typeof import('./idle-memory.mjs').measureIdleMemory>>} measured */
function memory({ connections, engine, net }) {
  const kilobytes = (/** @type {number} */ bytes) => `${(bytes / 1024).toFixed(1)} KB`;
  return table(
    ['Idle connections', 'Bytescope', 'bare net', '÷ net'],
    [
      [
        `resident memory of each of ${whole(connections)}`,
        kilobytes(engine),
        kilobytes(net),
        `${times(engine / net)} (aim below 1.5 ×)`,
      ],
    ],
  );
}

/** @param {Awaited<ReturnType<typeof import('./feed-delay.mjs').measureFeedDelay>>} measured */
const feed = ({ samples, p50, p95 }) =>
  table(
    ['First byte to feed', 'p50', 'p95'],
    [
      [
        `${samples} connections, over the WebSocket of a tab`,
        `${p50.toFixed(1)} ms`,
        `${p95.toFixed(1)} ms (aim below 40 ms)`,
      ],
    ],
  );

/** @param {Awaited<ReturnType<typeof import('./linear.mjs').measureLinear>>} measured */
function linear(measured) {
  const rows = measured.map(({ name, size, halfMs, wholeMs, heldMs }) => [
    `${whole(size)} ${name}`,
    milliseconds(halfMs),
    milliseconds(wholeMs),
    times(wholeMs / halfMs),
    milliseconds(heldMs),
  ]);
  const head = [
    'Hostile work',
    'half of it',
    'all of it',
    'growth (linear: at most 2 ×)',
    'loop held at most (aim 50 ms)',
  ];
  return `${table(head, rows)}

Each time runs from the first byte sent to the end of the connection, the client's own work included.`;
}

/** @param {Awaited<ReturnType<typeof import('./siege.mjs').measureSiege>>} measured */
function siege(measured) {
  const rows = measured.map(({ name, most, answers, p50, p99, worst, before, after }) => [
    `${whole(most)} ${name}`,
    whole(answers),
    milliseconds(p50),
    `${milliseconds(p99)} (aim 50 ms)`,
    milliseconds(worst),
    `${megabytes(before.used)} → ${megabytes(after.used)}`,
    `${megabytes(before.resident)} → ${megabytes(after.resident)}`,
  ]);
  const head = ['Siege', 'answers, all 200', 'p50', 'p99', 'worst', 'memory in use, before → after', 'resident'];
  return `${table(head, rows)}

A normal client asks on a connection of its own every 20 ms, on the core of the attackers; the worst of its answers come
while all of them connect at once. Memory is taken after garbage is collected and the list was cleared; what V8 keeps of its heap for
the next burst stays resident, and does not grow with further ones.`;
}

/** What each section says of what it measured, in the order of the page. */
const SECTIONS = { throughput, proxy: proxyTables, parser, memory, feed, linear, siege };

/** @typedef {keyof typeof SECTIONS} SectionName */
/** @typedef {{ [Name in SectionName]?: Parameters<typeof SECTIONS[Name]>[0] }} Measured sections that were not asked for are absent */

/**
 * @param {ReturnType<typeof import('./machine.mjs').describeMachine>} machine
 * @param {string} command
 * @param {Measured} measured
 */
export function toMarkdown(machine, command, measured) {
  const sections = Object.entries(SECTIONS).flatMap(([name, tell]) => {
    const figures = measured[/** @type {SectionName} */ (name)];
    return figures === undefined ? [] : [/** @type {(figures: unknown) => string} */ (tell)(figures)];
  });
  return `# How fast it is

${machine.date}, ${machine.machine}, ${machine.system}, Node ${machine.node}, wrk ${machine.wrk}, by \`${command}\`.

Everything ran side by side in this one run, in turns; a figure is the median of its rounds. The server had one core,
wrk another. Absolute figures belong to this machine on this day: read the ratios. The journal is on, as it always is;
the rate limit and the limits on connections and requests, which a load generator trips, are off.

${sections.join('\n\n')}
`;
}
