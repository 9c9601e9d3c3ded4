/**
 * What the parser lets through beyond RFC 9112. Everything is refused by default: two servers in a row that read one
 * of these differently see two different requests.
 */
import type { SettingEntry, SwitchSetting } from '../setting-entry';

const tolerance = { group: 'strictness', kind: 'switch', default: false } as const satisfies Partial<SwitchSetting>;

export const STRICTNESS = {
  acceptBareLf: {
    ...tolerance,
    label: 'Bare LF ends a line',
    lifts: { code: 'H1_BARE_LF' },
    doc: 'A line of the head may end in LF without CR (RFC 9112 §2.2 allows it).',
    risk: 'a server that does not read it so sees other fields: lines can be smuggled past it',
  },
  acceptObsFold: {
    ...tolerance,
    label: 'Folded field lines',
    lifts: { code: 'H1_OBS_FOLD' },
    doc: 'A line that begins with white space continues the value before it, read as one space (RFC 9112 §5.2).',
    risk: 'a server that does not unfold reads a part of a value as a field of its own, or drops it',
  },
  acceptEqualLengths: {
    ...tolerance,
    label: 'Repeated equal lengths',
    lifts: { code: 'H1_LENGTH_REPEATED', when: 'where all are equal' },
    doc: 'Content-Length given more than once counts once where all are equal (RFC 9110 §8.6).',
    risk: 'it hides that something on the way repeats fields',
  },
  lengthWithCoding: {
    group: 'strictness',
    kind: 'choice',
    label: 'Length beside coding',
    lifts: { code: 'H1_LENGTH_WITH_CODING' },
    default: 'refuse',
    options: {
      refuse: { label: 'refuse', doc: '400' },
      close: {
        label: 'coding wins, then close',
        doc: 'Transfer-Encoding decides and the connection closes after the reply',
      },
      keep: {
        label: 'coding wins',
        doc: 'Transfer-Encoding decides and the connection lives on, against RFC 9112 §6.1',
      },
    },
    doc: 'Content-Length beside Transfer-Encoding (RFC 9112 §6.3).',
    risk: 'the classic of request smuggling: one server takes the length, the next one the chunks',
  },
  acceptCodingInHttp10: {
    ...tolerance,
    label: 'Transfer coding in HTTP/1.0',
    lifts: { code: 'H1_CODING_IN_HTTP10' },
    doc: 'Transfer-Encoding is read in an HTTP/1.0 request too; the connection closes after the reply (RFC 9112 §6.1).',
    risk: 'a proxy that speaks HTTP/1.0 does not know it, and frames the body otherwise',
  },
  acceptRepeatedHost: {
    ...tolerance,
    label: 'Repeated Host',
    lifts: { code: 'H1_HOST_REPEATED' },
    doc: 'Where Host is given more than once the first one counts (RFC 9112 §3.2 asks for 400).',
    risk: 'a router that takes the last one sends the request to another site',
  },
  skipEmptyFieldNames: {
    ...tolerance,
    label: 'Skip fields without a name',
    lifts: { code: 'H1_FIELD_NAME', when: 'where the line begins with its colon' },
    doc: 'A field line that begins with its colon is skipped.',
    risk: 'servers disagree on what the line means',
  },
  skipOddFieldNames: {
    ...tolerance,
    label: 'Skip fields with odd names',
    lifts: { code: 'H1_FIELD_NAME', when: 'where the name is not empty' },
    doc: 'A field line whose name holds bytes a name may not hold is skipped, as nginx does with ignore_invalid_headers.',
    risk: 'a field one server obeys is not there for the other',
  },
  acceptedVersions: {
    group: 'strictness',
    kind: 'choice',
    label: 'Versions',
    lifts: { code: 'H1_VERSION_UNSUPPORTED' },
    default: 'http1',
    options: {
      http1: { label: 'HTTP/1.x', doc: 'any minor version of HTTP/1; others get 505' },
      exact: {
        label: '0.9, 1.0, 1.1, 2.0',
        doc: 'as Node’s parser: HTTP/1.2 is refused, HTTP/2.0 on a request line is served',
      },
      any: { label: 'any', doc: 'any two digits, read as HTTP/1.1, as HAProxy and Apache do' },
    },
    doc: 'Versions a request line may name (RFC 9112 §2.3).',
    risk: 'a client that means another protocol is answered in this one',
  },
  http09: {
    group: 'strictness',
    kind: 'choice',
    label: 'HTTP/0.9',
    lifts: { code: 'H1_REQUEST_LINE', when: 'where the version alone is missing' },
    default: 'refuse',
    options: {
      refuse: { label: 'refuse', doc: '400' },
      answer: {
        label: 'answer',
        doc: 'a request line without a version is a whole request; its reply is a body alone',
      },
      fields: { label: 'wait for fields', doc: 'a request line without a version is followed by fields, as in Node' },
    },
    doc: 'A request line without a version: GET /path.',
    risk: 'a reply without a head can be anything to a browser; smuggled lines get an answer',
  },
  tlsOnPlainPort: {
    group: 'strictness',
    kind: 'choice',
    label: 'TLS on the plain port',
    default: 'refuse',
    options: {
      refuse: { label: 'refuse', doc: '400 at the second byte, and named as TLS' },
      wait: { label: 'wait for a line', doc: 'as servers that read whole lines: nothing, until a limit ends it' },
    },
    doc: 'What a TLS handshake gets that arrives where plain HTTP is spoken.',
  },
  acceptEmptyLines: {
    group: 'strictness',
    kind: 'switch',
    label: 'Empty lines before a request',
    default: true,
    doc: 'Empty lines before a request line are skipped (RFC 9112 §2.2); they count towards the head size.',
    risk: 'none known: old clients send one after a body. Off refuses what the RFC asks to bear',
  },
  acceptOddTargets: {
    group: 'strictness',
    kind: 'switch',
    label: 'Targets beyond RFC 3986',
    lifts: { code: 'H1_TARGET', when: 'where the characters are visible ASCII but #' },
    default: true,
    doc: 'A target may hold "<>[]\\^{|} and the grave accent, and % without two hex digits, as browsers and curl send them.',
    risk: 'two servers may decode a broken percent-encoding in two ways. Off refuses some queries of browsers',
  },
  unknownCodingStatus: {
    group: 'strictness',
    kind: 'choice',
    label: 'Unknown transfer coding',
    default: '501',
    options: {
      '501': {
        label: '501',
        doc: '501 Not Implemented (RFC 9112 §6.1); where chunked does not come last 400, since the end of the body cannot be found (§6.3)',
      },
      '400': { label: '400', doc: '400 Bad Request' },
      'always-501': { label: '501 always', doc: '501 for all but chunked alone, as nginx and Go answer' },
    },
    doc: 'The status of a request with a transfer coding nobody knows.',
  },
} as const satisfies Record<string, SettingEntry>;
