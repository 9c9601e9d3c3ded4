/** What a limit or a deadline can end (`LIM_`). */
import type { ErrorEntry } from '../error-entry';

export const LIMIT_ERRORS = {
  LIM_HEAD_TIMEOUT: {
    status: 408,
    title: 'The head was not complete within {limit} ms.',
    hint: 'Send the head faster, or raise the head timeout.',
    rfc: 'RFC 9110 §15.5.9',
  },
  LIM_FIRST_BYTE_TIMEOUT: {
    status: null,
    title: 'No byte arrived within {limit} ms of the opening of the connection.',
    hint: 'Nothing is wrong: unused connections are closed. Raise the first byte timeout to keep them longer.',
    rfc: 'RFC 9112 §9.5',
  },
  LIM_HEAD_RATE: {
    status: 408,
    title: 'The head arrived at less than {limit} bytes per second.',
    hint: 'Send the head faster, or lower the minimum head rate.',
    rfc: 'RFC 9110 §15.5.9',
  },
  LIM_REQUEST_TIMEOUT: {
    status: 408,
    title: 'The request was not complete within {limit} ms.',
    hint: 'Send the request faster, or raise the request timeout.',
    rfc: 'RFC 9110 §15.5.9',
  },
  LIM_BODY_TIMEOUT: {
    status: 408,
    title: 'The body was not complete within {limit} ms.',
    hint: 'Send the body faster, or raise the body timeout.',
    rfc: 'RFC 9110 §15.5.9',
  },
  LIM_BODY_RATE: {
    status: 408,
    title: 'The body arrived at less than {limit} bytes per second.',
    hint: 'Send the body faster, or lower the minimum data rate.',
    rfc: 'RFC 9110 §15.5.9',
  },
  LIM_IDLE_TIMEOUT: {
    status: null,
    title: 'No request began within {limit} ms.',
    hint: 'Nothing is wrong: idle connections are closed. Raise the idle timeout to keep them longer.',
    rfc: 'RFC 9112 §9.5',
  },
  LIM_HEAD_BYTES: {
    status: 431,
    title: 'The head is longer than {limit} bytes.',
    hint: 'Send fewer or shorter fields (cookies are usually the largest), or raise the head size limit.',
    rfc: 'RFC 6585 §5',
  },
  LIM_FIELD_COUNT: {
    status: 431,
    title: 'The message has more than {limit} fields.',
    hint: 'Send fewer fields, or raise the field count limit.',
    rfc: 'RFC 6585 §5',
  },
  LIM_TARGET_BYTES: {
    status: 414,
    title: 'The request target is longer than {limit} bytes.',
    hint: 'Move data from the query to the body, or raise the target size limit.',
    rfc: 'RFC 9112 §3',
  },
  LIM_REQUEST_LINE_BYTES: {
    status: 414,
    title: 'The request line is longer than {limit} bytes.',
    hint: 'Move data from the query to the body, or raise the request line size limit.',
    rfc: 'RFC 9112 §3',
  },
  LIM_FIELD_LINE_BYTES: {
    status: 431,
    title: 'A field line is longer than {limit} bytes.',
    hint: 'Send a shorter value (cookies are usually the largest), or raise the field line size limit.',
    rfc: 'RFC 6585 §5',
  },
  LIM_BODY_BYTES: {
    status: 413,
    title: 'The body is longer than {limit} bytes.',
    hint: 'Send a smaller body, or raise the body size limit.',
    rfc: 'RFC 9110 §15.5.14',
  },
  LIM_HELD_BODY: {
    status: 413,
    title: 'A reply that repeats the body would have to hold more than {limit} bytes of it.',
    hint: 'Send a smaller body to this address, or send it to a path that does not repeat it.',
    rfc: 'RFC 9110 §15.5.14',
  },
  LIM_HELD_TOTAL: {
    status: 503,
    title: 'The requests under way together hold {limit} bytes of bodies; there is no room for one more.',
    hint: 'Send fewer large bodies at once to paths that repeat them.',
    rfc: 'RFC 9110 §15.6.4',
  },
  LIM_CONNECTIONS: {
    status: 503,
    title: 'All {limit} connections are taken.',
    hint: 'Close connections, or raise the limit of open connections.',
    rfc: 'RFC 9110 §15.6.4',
  },
  LIM_CLIENT_CONNECTIONS: {
    status: 503,
    title: 'This client address already has {limit} connections.',
    hint: 'Reuse connections, or raise the limit of connections per client.',
    rfc: 'RFC 9110 §15.6.4',
  },
  LIM_REQUESTS: {
    status: null,
    title: 'The connection carried its {limit} requests and was closed after the last reply.',
    hint: 'Nothing is wrong: the client opens a new connection. Raise the limit of requests per connection to keep it.',
    rfc: 'RFC 9112 §9.6',
  },
  LIM_RATE: {
    status: 429,
    title: 'The bucket holds fewer tokens than the {cost} this request costs; a full one holds {limit}.',
    hint: 'Wait until enough has flowed back, or raise capacity or refill; what costs more than a full bucket never passes.',
    rfc: 'RFC 6585 §4',
  },
  LIM_CONNECT_TIMEOUT: {
    status: 504,
    title: 'The server could not be connected to within {limit} ms.',
    hint: 'See whether it runs and can be reached from here; connectTimeoutMs is the limit.',
    rfc: 'RFC 9110 §15.6.5',
  },
  LIM_REPLY_TIMEOUT: {
    status: 504,
    title: 'The server did not begin its reply within {limit} ms.',
    hint: 'See what it is busy with; replyTimeoutMs is the limit.',
    rfc: 'RFC 9110 §15.6.5',
  },
  LIM_REPLY_STALL: {
    status: 504,
    title: 'The server sent nothing, or took nothing, for {limit} ms in the middle of an exchange.',
    hint: 'See what it is busy with; replyStallTimeoutMs is the limit.',
    rfc: 'RFC 9110 §15.6.5',
  },
  LIM_TUNNEL_IDLE: {
    status: null,
    title: 'Nothing passed through the tunnel for {limit} ms.',
    hint: 'Let one side send something from time to time, or raise tunnelIdleTimeoutMs.',
  },
} as const satisfies Record<string, ErrorEntry>;
