/** The values and cards of the presets of `presets.ts`. */
import type { Preset } from './preset-entry';
import type { SomeSettings } from './settings';

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;
const SEC = 1_000;
const MIN = 60 * SEC;
const HOUR = 60 * MIN;

/** None of these servers limits connections per client, or rates, unless it is told to. */
const UNLIMITED: SomeSettings = {
  maxConnectionsPerClient: null,
  bucketCapacity: null,
};

const SAME_BODIES =
  'Replies carry our texts, not the pages of that server; their status and what happens to the connection are its own.';
const CONNECTION_AGE = 'A limit on the age of a connection.';

export const NGINX = {
  label: 'nginx',
  doc: 'nginx with its defaults: absolute head deadline from accept, silent closes, bare LF taken.',
  values: {
    ...UNLIMITED,
    firstByteTimeoutMs: MIN,
    onFirstByteTimeout: 'close',
    headTimeoutMs: MIN,
    headTimeoutStart: 'accept',
    onStartLineTimeout: 'close',
    onHeadTimeout: 'close',
    bodyTimeoutMs: MIN,
    bodyTimeoutMode: 'inactivity',
    onBodyTimeout: 'close',
    minBodyBytesPerSec: null,
    idleTimeoutMs: 75 * SEC,
    maxHeadBytes: 32 * KIB,
    maxFieldLineBytes: 8 * KIB,
    onHeadTooLarge: '400',
    maxFieldCount: 1_000,
    onTooManyFields: '400',
    maxRequestLineBytes: 8 * KIB,
    maxTargetBytes: null,
    maxBodyBytes: MIB,
    maxConnections: 512,
    onTooManyConnections: 'close',
    maxRequestsPerConnection: 1_000,
    rateModel: 'leaky',
    rateStatus: '503',
    rateFields: 'none',
    acceptBareLf: true,
    skipOddFieldNames: true,
    http09: 'answer',
    unknownCodingStatus: 'always-501',
  },
  differences: [
    {
      topic: 'Slow head',
      documents: 'client_header_timeout: 408 Request Time-out is returned.',
      wire: 'FIN at 60.0 s without a byte; the 408 is in the access log alone.',
    },
    {
      topic: 'Slow body',
      documents: 'client_body_timeout: 408 after 60 s between two reads.',
      wire: 'FIN without a byte after a stall of 60.0 s; one byte a second is never cut (open at 390 s).',
    },
    { topic: 'Head too large', documents: '400, internally 494.', wire: '400, then close.' },
    {
      topic: 'limit_req',
      documents: 'rate and burst.',
      wire: '10 r/s and 10 at once: 1 × 200, 9 × 503. With burst=5: 1 at once, 5 after 0.1 … 0.5 s, 4 × 503; no Retry-After.',
    },
  ],
  notImitated: [
    SAME_BODIES,
    CONNECTION_AGE,
    'TRACE is answered 405 there.',
    'Two spaces in a request line, and an expectation nobody knows, are borne there.',
    'HTTP/0.9 is answered for any method there; here for GET, the only one it has.',
    'Reusing idle connections where all are taken.',
  ],
  source: 'Wire: Debian’s nginx 1.22.1 in front of Node. Defaults: source of 1.31.',
} as const satisfies Preset;

export const APACHE = {
  label: 'Apache reqtimeout',
  doc: 'Apache 2.4 with mod_reqtimeout: time is earned by bytes, folded lines are taken, whole lines are read.',
  values: {
    ...UNLIMITED,
    firstByteTimeoutMs: 51_500,
    onFirstByteTimeout: 'close',
    headTimeoutMs: 40 * SEC,
    onStartLineTimeout: 'close',
    onHeadTimeout: '408',
    minHeadBytesPerSec: 500,
    bodyTimeoutMs: null,
    onBodyTimeout: '408',
    minBodyBytesPerSec: 500,
    minRateGraceMs: 20 * SEC,
    minRateMode: 'earned',
    idleTimeoutMs: 5 * SEC,
    maxHeadBytes: MIB,
    maxFieldLineBytes: 8_190,
    onHeadTooLarge: '400',
    maxFieldCount: 100,
    onTooManyFields: '400',
    maxRequestLineBytes: 8_190,
    maxTargetBytes: null,
    maxBodyBytes: GIB,
    maxConnections: 400,
    onTooManyConnections: 'close',
    maxRequestsPerConnection: 100,
    acceptObsFold: true,
    lengthWithCoding: 'close',
    acceptCodingInHttp10: true,
    acceptedVersions: 'any',
    http09: 'answer',
    tlsOnPlainPort: 'wait',
    unknownCodingStatus: '400',
  },
  differences: [
    {
      topic: 'Nothing sent',
      documents: 'RequestReadTimeout header=20-40.',
      wire: 'FIN at 51.5 s: the kernel holds the connection back for about 31 s until data comes (deferred accept), then 20 s.',
    },
    {
      topic: 'Slow head',
      documents: '408 Request Timeout.',
      wire: 'Half a request line: FIN at 20.0 s without a byte. Half the fields: 408 at 20.1 s.',
    },
    {
      topic: 'Slow body',
      documents: '20 s, and 1 s more for each 500 bytes.',
      wire: '1000 bytes, then a stall: 408 at 22.0 s.',
    },
  ],
  notImitated: [
    SAME_BODIES,
    'Connections beyond the limit wait there in the backlog of the kernel; here they are closed.',
    'Kernel deferred accept is imitated as one long first-byte timeout.',
    'LimitRequestBody did not act on proxied paths in the lab; here it always does.',
  ],
  source: 'Wire: Debian’s Apache 2.4.71 (event) with mod_reqtimeout’s defaults, in front of Node.',
} as const satisfies Preset;

export const HAPROXY = {
  label: 'HAProxy',
  doc: 'HAProxy 2.6 with Debian’s configuration: deadlines that every byte extends, 504 for a stalled body.',
  values: {
    ...UNLIMITED,
    firstByteTimeoutMs: 50 * SEC,
    onFirstByteTimeout: '408',
    headTimeoutMs: 50 * SEC,
    headTimeoutMode: 'inactivity',
    bodyTimeoutMs: 50 * SEC,
    bodyTimeoutMode: 'inactivity',
    onBodyTimeout: '504',
    minBodyBytesPerSec: null,
    idleTimeoutMs: 50 * SEC,
    maxHeadBytes: 15 * KIB,
    onHeadTooLarge: '400',
    maxFieldCount: 100,
    onTooManyFields: '400',
    maxTargetBytes: null,
    onTargetTooLong: '400',
    maxBodyBytes: null,
    maxConnections: null,
    maxRequestsPerConnection: null,
    rateStatus: '403',
    rateFields: 'none',
    acceptBareLf: true,
    acceptObsFold: true,
    acceptEqualLengths: true,
    lengthWithCoding: 'close',
    acceptCodingInHttp10: true,
    acceptedVersions: 'any',
    unknownCodingStatus: '400',
  },
  differences: [
    {
      topic: 'Slow head',
      documents: 'timeout http-request guards against slow heads.',
      wire: 'Debian’s configuration does not set it: one byte a second was still open after 390 s.',
    },
    {
      topic: 'Slow body',
      documents: 'timeout client.',
      wire: '504 at 50 s: the server timeout runs out first, since the body is streamed.',
    },
    { topic: 'Head too large', documents: '400 up to 2.6, 431 and 414 in newer versions.', wire: '400 (2.6).' },
  ],
  notImitated: [
    SAME_BODIES,
    'Connections beyond the limit wait there in the backlog.',
    'Two spaces or a tab in a request line are borne there, and an expectation nobody knows is left to the next server.',
    'A known coding before chunked (gzip, chunked) is answered 422 there; here as any coding nobody knows.',
    'A request without Host is passed on there, and what the next server refuses does not end the connection.',
    'The sliding window of stick tables; the rate limit, switched on, is a bucket here.',
  ],
  source: 'Wire: Debian’s HAProxy 2.6.12. Newer statuses: source of 3.5-dev, not run.',
} as const satisfies Preset;

export const NODE_20 = {
  label: 'Node 20',
  doc: 'node:http of Node 20: deadlines looked at every 30 s, surplus fields dropped without a word.',
  values: {
    ...UNLIMITED,
    firstByteTimeoutMs: MIN,
    onFirstByteTimeout: '408',
    headTimeoutMs: MIN,
    headTimeoutStart: 'accept',
    bodyTimeoutMs: null,
    minBodyBytesPerSec: null,
    requestTimeoutMs: 5 * MIN,
    idleTimeoutMs: 6 * SEC,
    guardCheckEveryMs: 30 * SEC,
    maxHeadBytes: 16 * KIB,
    maxFieldCount: 1_023,
    onTooManyFields: 'drop',
    maxTargetBytes: null,
    maxBodyBytes: null,
    maxConnections: null,
    maxRequestsPerConnection: null,
    acceptCodingInHttp10: true,
    acceptRepeatedHost: true,
    acceptedVersions: 'exact',
    http09: 'fields',
    unknownCodingStatus: '400',
  },
  differences: [
    {
      topic: 'Slow head',
      documents: 'headersTimeout: 60 s.',
      wire: '408 at 76.7 s, in another run at 63.6 s: deadlines are looked at every 30 s (connectionsCheckingInterval).',
    },
    {
      topic: 'Slow body',
      documents: 'requestTimeout: 300 s.',
      wire: '408 at 316.7 s, in another run at 303.6 s, for the same reason.',
    },
    { topic: 'Keep-alive', documents: 'keepAliveTimeout: 5 s.', wire: 'FIN at about 6.0 s: one second of slack.' },
    {
      topic: 'Many fields',
      documents: 'server.maxHeadersCount: 2000.',
      wire: '2,500 short fields: 200, and the application sees 1,023 of them (a figure of the lab, no constant).',
    },
  ],
  notImitated: [
    'Replies carry our texts; Node’s 408, 400 and 431 have no body.',
    'A coding before chunked (gzip, chunked) is left to the application there; here it is refused.',
    'Two spaces in a request line, and LF alone before it, are borne there; an expectation nobody knows does not end the connection.',
    'Many field lines that fill the parser are dropped there by how they arrive; here by their count.',
  ],
  source: 'Wire: Node 20.20. Defaults: source of lib/_http_server.js.',
} as const satisfies Preset;

export const NODE_CURRENT = {
  ...NODE_20,
  label: 'Node current',
  doc: 'node:http of current Node: as Node 20, but idle connections are kept for 65 s.',
  values: { ...NODE_20.values, idleTimeoutMs: 66 * SEC },
  differences: [
    ...NODE_20.differences.filter(({ topic }) => topic !== 'Keep-alive'),
    {
      topic: 'Keep-alive',
      documents: 'keepAliveTimeout: 65 s.',
      wire: 'One second of slack as in Node 20 (source, not run).',
    },
  ],
  source: 'As Node 20; the keep-alive time from the source of the main branch, not run.',
} as const satisfies Preset;

export const KESTREL = {
  label: 'Kestrel',
  doc: 'Kestrel of ASP.NET Core: a minimum data rate with 5 s of grace, looked at every second.',
  values: {
    ...UNLIMITED,
    firstByteTimeoutMs: 130 * SEC,
    onFirstByteTimeout: 'close',
    headTimeoutMs: 30 * SEC,
    bodyTimeoutMs: null,
    minBodyBytesPerSec: 240,
    minRateGraceMs: 5 * SEC,
    idleTimeoutMs: 130 * SEC,
    guardCheckEveryMs: SEC,
    maxHeadBytes: 32 * KIB,
    maxFieldCount: 100,
    maxRequestLineBytes: 8 * KIB,
    maxTargetBytes: null,
    maxBodyBytes: 30_000_000,
    maxConnections: null,
    onTooManyConnections: 'close',
    maxRequestsPerConnection: null,
    rateStatus: '503',
    rateFields: 'none',
  },
  differences: [
    { topic: 'Keep-alive', documents: '130 s; older documents say 120 s.', wire: 'Not run.' },
    {
      topic: 'Slow body',
      documents: '240 bytes/s after 5 s of grace.',
      wire: 'Not run; the source replies 408 and logs event 27.',
    },
  ],
  notImitated: [SAME_BODIES, 'The minimum data rate of replies.', 'The 5 s in which a body is drained after a reply.'],
  source: 'Source and documents of ASP.NET Core; not run. Its reading of odd requests was not measured: strict here.',
} as const satisfies Preset;

export const ENVOY = {
  label: 'Envoy',
  doc: 'Envoy’s HTTP connection manager: no head timeout of its own, five minutes of stream idle time.',
  values: {
    ...UNLIMITED,
    firstByteTimeoutMs: HOUR,
    onFirstByteTimeout: 'close',
    headTimeoutMs: 5 * MIN,
    bodyTimeoutMs: 5 * MIN,
    bodyTimeoutMode: 'inactivity',
    minBodyBytesPerSec: null,
    idleTimeoutMs: HOUR,
    maxHeadBytes: 60 * KIB,
    maxFieldCount: 100,
    maxTargetBytes: null,
    onTargetTooLong: '431',
    maxBodyBytes: null,
    maxConnections: null,
    maxRequestsPerConnection: null,
    rateFields: 'envoy',
  },
  differences: [
    {
      topic: 'Slow head',
      documents: 'request_headers_timeout is off.',
      wire: 'Not run; the stream idle timeout replies 408 after 5 min, and bytes inside a head do not extend it.',
    },
  ],
  notImitated: [SAME_BODIES, 'The route timeout of 15 s (504): routes here answer at once.', 'The overload manager.'],
  source: 'Protocol files and documents; not run. Its reading of odd requests was not measured: strict here.',
} as const satisfies Preset;

export const CADDY = {
  label: 'Caddy',
  doc: 'Caddy of 2026 on Go’s net/http: one minute for heads, silent closes, forgiving lines.',
  values: {
    ...UNLIMITED,
    firstByteTimeoutMs: MIN,
    onFirstByteTimeout: 'close',
    headTimeoutMs: MIN,
    headTimeoutStart: 'accept',
    onStartLineTimeout: 'close',
    onHeadTimeout: 'close',
    bodyTimeoutMs: MIN,
    bodyTimeoutMode: 'inactivity',
    onBodyTimeout: 'close',
    minBodyBytesPerSec: null,
    idleTimeoutMs: 5 * MIN,
    maxHeadBytes: 16 * KIB,
    maxFieldCount: null,
    maxTargetBytes: null,
    onTargetTooLong: '431',
    maxBodyBytes: null,
    maxConnections: null,
    maxRequestsPerConnection: null,
    acceptBareLf: true,
    acceptObsFold: true,
    acceptEqualLengths: true,
    lengthWithCoding: 'keep',
    skipEmptyFieldNames: true,
    tlsOnPlainPort: 'wait',
    acceptEmptyLines: false,
    unknownCodingStatus: 'always-501',
  },
  differences: [
    {
      topic: 'Slow clients',
      documents: 'Time limits of one minute by default since 2026.',
      wire: '2.6.2 had none at all: half a head, one byte a second and a stalled body were all open after 330 s.',
    },
    {
      topic: 'Length beside coding',
      documents: 'RFC 9112 §6.1: the connection closes after the reply.',
      wire: '200, and the connection lives on (2.6.2).',
    },
  ],
  notImitated: [SAME_BODIES],
  source: 'Odd requests: wire of 2.6.2 in front of Node. Time limits and sizes: source of 2026, not run.',
} as const satisfies Preset;
