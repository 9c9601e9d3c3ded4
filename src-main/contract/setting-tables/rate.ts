/** The rate limit: whose bucket, how it fills, what a request costs, and what an empty one answers. */
import { MAX_COST_RULES, readCosts } from '../request-costs';
import type { SettingEntry } from '../setting-entry';

/** RFC 9110 §5.6.2 */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

export const RATE = {
  bucketCapacity: {
    group: 'rate',
    kind: 'number',
    label: 'Capacity',
    unit: 'count',
    default: 100,
    min: 1,
    max: 1_000_000_000,
    slider: [1, 10_000],
    fractional: false,
    offable: true,
    trips: 'LIM_RATE',
    doc: 'Tokens in a full bucket: what one client may spend in a burst. With the leaky bucket: requests that may wait, the one under way included. Off switches the rate limit off.',
    raise: 'larger bursts reach the routes',
    lower: 'bursts are refused sooner',
  },
  bucketRefillPerSec: {
    group: 'rate',
    kind: 'number',
    label: 'Refill',
    unit: 'perSec',
    default: 50,
    min: 0.001,
    max: 1_000_000_000,
    slider: [0.1, 10_000],
    fractional: true,
    offable: false,
    trips: null,
    doc: 'Tokens that flow back (or leak) each second: the steady rate one client may keep.',
    raise: 'a higher steady rate reaches the routes',
    lower: 'clients wait longer for the next token',
  },
  rateModel: {
    group: 'rate',
    kind: 'choice',
    label: 'Model',
    default: 'token',
    options: {
      token: { label: 'token bucket', doc: 'a burst passes at once, until the bucket is empty' },
      'leaky-nodelay': {
        label: 'leaky, no delay',
        doc: 'as nginx limit_req with nodelay: what fits in the bucket passes at once',
      },
      leaky: {
        label: 'leaky, delayed',
        doc: 'as nginx limit_req: what fits in the bucket waits until its turn to leak out',
      },
    },
    doc: 'How the bucket is emptied and filled.',
  },
  rateKey: {
    group: 'rate',
    kind: 'choice',
    label: 'Bucket for each',
    default: 'address',
    options: {
      address: { label: 'client address', doc: 'one bucket for each address' },
      field: {
        label: 'field value',
        doc: 'one bucket for each value of the field named below; without the field, for each address',
      },
      target: { label: 'target prefix', doc: 'one bucket for the first segments of the path, shared by all clients' },
    },
    doc: 'Who shares a bucket.',
  },
  rateKeyField: {
    group: 'rate',
    kind: 'text',
    of: 'rateKey',
    label: 'Field',
    default: 'Authorization',
    maxLength: 64,
    problem: (text) => (TOKEN.test(text) ? null : 'it is not a field name (RFC 9110 §5.1)'),
    doc: 'The field whose value names the bucket. Credentials (Authorization, Cookie, and what is named as a key, token or secret) are kept as a hash and shown as their scheme and a fingerprint.',
  },
  rateKeySegments: {
    group: 'rate',
    kind: 'number',
    of: 'rateKey',
    label: 'Segments',
    unit: 'count',
    default: 1,
    min: 1,
    max: 16,
    slider: [1, 8],
    fractional: false,
    offable: false,
    trips: null,
    doc: 'How many segments of the path name the bucket: with 2, /a/b/c and /a/b?x share one.',
    raise: 'more buckets',
    lower: 'more requests share a bucket',
  },
  requestCosts: {
    group: 'rate',
    kind: 'text',
    label: 'Cost',
    default: '1',
    maxLength: 500,
    problem: (text) =>
      readCosts(text) === null
        ? `it is not a list of at most ${MAX_COST_RULES} costs such as: 1 POST=5 /search=10 GET:/export=20`
        : null,
    doc: 'Tokens a request takes, by method and beginning of the target; the first rule that fits counts, a bare number holds for the rest: 1 POST=5 /search=10 GET:/export=20.',
  },
  rateStatus: {
    group: 'rate',
    kind: 'choice',
    label: 'Refused with',
    default: '429',
    options: {
      '429': { label: '429', doc: '429 Too Many Requests (RFC 6585 §4)' },
      '503': { label: '503', doc: '503 Service Unavailable, as nginx and ASP.NET Core do' },
      '403': { label: '403', doc: '403 Forbidden, as HAProxy denies' },
    },
    doc: 'The status of a refused request.',
  },
  rateFields: {
    group: 'rate',
    kind: 'choice',
    label: 'Reply fields',
    default: 'current',
    options: {
      current: {
        label: 'RateLimit (current)',
        doc: 'RateLimit and RateLimit-Policy as structured fields, the current draft',
      },
      'draft-07': { label: 'RateLimit (draft 07)', doc: 'RateLimit: limit=100, remaining=50, reset=30' },
      'draft-03': { label: 'RateLimit-* (draft 03)', doc: 'RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset' },
      'x-ratelimit': {
        label: 'X-RateLimit-*',
        doc: 'X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset (in seconds since 1970)',
      },
      envoy: { label: 'x-envoy-ratelimited', doc: 'only on a refused request, without Retry-After, as Envoy' },
      none: { label: 'none', doc: 'no field, no Retry-After: as nginx' },
    },
    doc: 'How replies tell what is left in the bucket.',
  },
} as const satisfies Record<string, SettingEntry>;
