/** The reverse proxies as tables: what each did, and how Bytescope stands to the others. */
import { megabytes, milliseconds, table, times, whole } from './cells.mjs';

const NAMES = /** @type {const} */ ({
  bytescope: 'Bytescope, recording',
  nginx: 'nginx `proxy_pass`',
  haproxy: 'HAProxy',
  httpProxy3: 'http-proxy-3',
  mockttp: 'mockttp',
});

/** @typedef {import('./proxies.mjs').ProxyName} ProxyName */
/** @typedef {import('./proxy.mjs').ProxyFigures} ProxyFigures */
/** @typedef {import('./proxy.mjs').ProxyRun} ProxyRun */

const names = /** @type {readonly ProxyName[]} */ (Object.keys(NAMES));

const run = (/** @type {ProxyRun} */ { rate, cpu, p50, p99, failed }) => [
  `${whole(rate)} (${cpu.toFixed(cpu < 10 ? 1 : 0)})${failed === 0 ? '' : `, ${whole(failed)} FAILED`}`,
  `${milliseconds(p50)}`,
  `${milliseconds(p99)}`,
];

const NOT_THERE = ['not there', ...Array(7).fill('')];

/** @param {ProxyFigures | undefined} figures */
const cells = (figures) =>
  figures === undefined
    ? NOT_THERE
    : [
        ...run(figures.small),
        ...run(figures.large),
        `${megabytes(figures.memory.before)} → ${megabytes(figures.memory.after)}`,
        whole(figures.memory.requests),
      ];

/**
 * @typedef {object} Aims
 * @property {number} [small] times as many requests, at least
 * @property {number} [large]
 */

/** @type {Partial<Record<ProxyName, Aims>>} */
const AIMS = {
  mockttp: { small: 20, large: 6 },
  httpProxy3: { small: 6 },
  nginx: { small: 0.7, large: 0.8 },
};

/** @param {ProxyRun} ours @param {ProxyRun} theirs @param {number} [aim] */
const gain = (ours, theirs, aim) =>
  `${times(ours.rate / theirs.rate)} (${(theirs.cpu / ours.cpu).toFixed(2)})${aim === undefined ? '' : ` (aim ${aim} ×)`}`;

/** Only nginx is what the delay is judged by. @param {ProxyRun} ours @param {ProxyRun} theirs @param {ProxyName} name */
const delay = (ours, theirs, name) => `${times(ours.p99 / theirs.p99)}${name === 'nginx' ? ' (aim at most 2 ×)' : ''}`;

/** @param {ProxyFigures} ours @param {Partial<Record<ProxyName, ProxyFigures>>} figures */
function ratios(ours, figures) {
  const rows = names.flatMap((name) => {
    const theirs = figures[name];
    if (name === 'bytescope' || theirs === undefined) return [];
    return [
      [
        NAMES[name],
        gain(ours.small, theirs.small, AIMS[name]?.small),
        delay(ours.small, theirs.small, name),
        gain(ours.large, theirs.large, AIMS[name]?.large),
        delay(ours.large, theirs.large, name),
      ],
    ];
  });
  const { before, after, requests } = ours.memory;
  return `${table(['Bytescope ÷', 'small', 'p99', '1 MB', 'p99'], rows)}

Bytescope's resident memory grew by ${megabytes(after - before)} over ${whole(requests)} small requests (aim at most 64 MB).`;
}

/** @param {Awaited<ReturnType<typeof import('./proxy.mjs').measureProxies>>} measured */
export function proxyTables({ connections, figures }) {
  const head = ['Reverse proxy', 'small/s', 'p50', 'p99', '1 MB/s', 'p50', 'p99', 'resident', 'after requests'];
  const ours = figures.bytescope;
  return `${table(
    head,
    names.map((name) => [NAMES[name], ...cells(figures[name])]),
  )}

One nginx behind all of them, which answers a small reply or 1 MB of a file; ${connections} connections of wrk, on the
core of that nginx, while the proxy has the other. All keep connections upstream; nginx and HAProxy have one worker and
no log. mockttp passes everything through and keeps nothing, as HTTP Toolkit has it. _Resident_ is memory at the
start and after so many small requests, garbage included; a proxy too slow for ${whole(100_000)} is given a time.
${ours === undefined ? '' : `\n${ratios(ours, figures)}\n`}`;
}
