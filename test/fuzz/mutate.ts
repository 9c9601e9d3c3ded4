/** Makes inputs nobody would write from inputs somebody did. */
type Random = () => number;

/** What parsers trip over: delimiters, controls, framing words, numbers at the edges. */
const PIECES = [
  '\r',
  '\n',
  '\r\n',
  '\r\n\r\n',
  '\0',
  ' ',
  '\t',
  ':',
  ',',
  ';',
  '"',
  '\\',
  '=',
  '0',
  '0\r\n\r\n',
  'f',
  '-1',
  '+1',
  '0x10',
  '9007199254740991',
  '9007199254740992',
  'ffffffffffffffffff',
  'chunked',
  'Content-Length: 3\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Host: b\r\n',
  'Expect: 100-continue\r\n',
  'Connection: close\r\n',
  'HTTP/1.0',
  'HTTP/2.0',
  '\r\n ',
  'X@: y\r\n',
  ': y\r\n',
  'GET /\r\n',
  '\x16\x03',
  '\x7f',
  '\x80',
  '\xff',
  'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
].map((text) => Uint8Array.from(text, (character) => character.charCodeAt(0)));

/** Inputs are kept short: a bug that needs more than this needs it for its length alone. */
const MAX_BYTES = 4_096;

const below = (random: Random, limit: number): number => Math.floor(random() * limit);
const pick = <Item>(random: Random, items: readonly Item[]): Item => items[below(random, items.length)] as Item;

function splice(bytes: Uint8Array, start: number, end: number, piece: Uint8Array): Uint8Array {
  const spliced = new Uint8Array(start + piece.length + bytes.length - end);
  spliced.set(bytes.subarray(0, start));
  spliced.set(piece, start);
  spliced.set(bytes.subarray(end), start + piece.length);
  return spliced;
}

function range(random: Random, bytes: Uint8Array): [start: number, end: number] {
  const start = below(random, bytes.length + 1);
  return [start, Math.min(bytes.length, start + below(random, 16))];
}

type Mutation = (bytes: Uint8Array, random: Random, other: Uint8Array) => Uint8Array;

const MUTATIONS: readonly Mutation[] = [
  (bytes, random) => {
    const changed = bytes.slice();
    if (changed.length > 0) changed[below(random, changed.length)] = below(random, 256);
    return changed;
  },
  (bytes, random) => {
    const [start] = range(random, bytes);
    return splice(bytes, start, start, pick(random, PIECES));
  },
  (bytes, random) => splice(bytes, ...range(random, bytes), pick(random, PIECES)),
  (bytes, random) => splice(bytes, ...range(random, bytes), new Uint8Array(0)),
  (bytes, random) => {
    const [start, end] = range(random, bytes);
    return splice(bytes, end, end, bytes.slice(start, end));
  },
  (bytes, random) => bytes.slice(0, below(random, bytes.length + 1)),
  (bytes, random, other) =>
    splice(bytes, below(random, bytes.length + 1), bytes.length, other.slice(below(random, other.length + 1))),
];

/** Between one and four changes to a seed, some of them with a piece of another seed. */
export function mutate(seeds: readonly Uint8Array[], random: Random): Uint8Array {
  let bytes = pick(random, seeds);
  for (let changes = 1 + below(random, 4); changes > 0; changes -= 1) {
    bytes = pick(random, MUTATIONS)(bytes, random, pick(random, seeds)).slice(0, MAX_BYTES);
  }
  return bytes;
}

/** Places to cut at, in ascending order. */
export function cutsOf(bytes: Uint8Array, random: Random): number[] {
  const cuts = Array.from({ length: 1 + below(random, 5) }, () => below(random, bytes.length + 1));
  return cuts.sort((one, other) => one - other);
}
