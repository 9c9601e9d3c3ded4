/**
 * The filter of the connection list: free text and `key:value` terms, all of which a row has to meet.
 * `-` in front turns a term round. What cannot be understood filters nothing and is explained.
 */
import type { ConnectionPhase, ConnectionRow } from '@contract/connections';
import { isSocksReply } from '@contract/socks-replies';
import { tokenizeFilter, type FilterTerm, type FilterToken } from './filter-tokens';
import { isReading, markLabel } from './row-state';

export type { FilterToken } from './filter-tokens';

export interface Filter {
  readonly tokens: readonly FilterToken[];
  /** One sentence about the first term that was not understood. */
  readonly problem: string | null;
  /** True where every row passes. */
  readonly isEmpty: boolean;
  matches(row: ConnectionRow): boolean;
}

type Test = (row: ConnectionRow) => boolean;
/** What a key makes of its value; a text says what is wrong with the value. */
type KeyReader = (value: string) => Test | string;

const plain = (text: string): string => text.toLowerCase().replaceAll(/[-_]/g, ' ');

function readStatus(value: string): Test | string {
  const family = /^([1-5])xx$/i.exec(value);
  if (family !== null) return ({ status }) => status !== null && Math.floor(status / 100) === Number(family[1]);
  if (value === 'none') return ({ status }) => status === null;
  const compared = /^(>=|<=|>|<|=)?(\d{1,3})$/.exec(value);
  if (compared === null)
    return 'status: takes a code such as 404, a family such as 4xx, a comparison such as >=400, or none.';
  const [, sign = '=', digits] = compared;
  const code = Number(digits);
  // A code below 100 is none of HTTP: it asks for replies of SOCKS, and the others do not.
  return ({ status }) =>
    status !== null &&
    isSocksReply(status) === isSocksReply(code) &&
    COMPARE[sign as keyof typeof COMPARE](status, code);
}

const COMPARE = {
  '=': (a: number, b: number) => a === b,
  '>': (a: number, b: number) => a > b,
  '<': (a: number, b: number) => a < b,
  '>=': (a: number, b: number) => a >= b,
  '<=': (a: number, b: number) => a <= b,
} as const;

function readTrip(value: string): Test | string {
  if (value === 'any') return (row) => row.marks.length > 0;
  if (value === 'none') return (row) => row.marks.length === 0;
  const wanted = plain(value);
  return (row) =>
    row.marks.some((code) => markLabel(code).toLowerCase().includes(wanted) || plain(code).includes(wanted));
}

const PHASES = [
  'idle',
  'start-line',
  'headers',
  'body-length',
  'chunk-size',
  'chunk-data',
  'trailers',
  'body-until-close',
  'complete',
  'fault',
  'greeting',
  'delayed',
  'replying',
  'lingering',
  'closed',
  'connecting',
  'securing',
  'sending',
  'waiting',
  'receiving',
  'tunnel',
] as const satisfies readonly ConnectionPhase[];

function readState(value: string): Test | string {
  const wanted = value.toLowerCase();
  if (wanted === 'open') return (row) => row.closedAtMs === null;
  if (wanted === 'closed') return (row) => row.closedAtMs !== null;
  if (wanted === 'reading') return isReading;
  const phases = new Set<string>(PHASES.filter((phase) => phase.startsWith(wanted)));
  if (phases.size === 0)
    return 'state: takes open, closed, reading, idle, headers, body, chunk, fault or another phase.';
  return (row) => phases.has(row.phase);
}

const SIDES = ['client', 'upstream'] as const;

function readSide(value: string): Test | string {
  const side = SIDES.find((name) => name.startsWith(value.toLowerCase()));
  return side === undefined ? 'side: takes client or upstream.' : (row) => row.side === side;
}

/** `upstream:` with nothing after it filters nothing, like every key: `upstream:any` asks for one. */
function readUpstream(value: string): Test {
  const wanted = value.toLowerCase();
  if (wanted === 'any') return ({ upstream }) => upstream !== null;
  if (wanted === 'none') return ({ upstream }) => upstream === null;
  return ({ upstream }) => upstream?.toLowerCase().includes(wanted) === true;
}

function readTls(value: string): Test | string {
  const wanted = value.toLowerCase();
  if (wanted === 'any') return ({ tls }) => tls !== null;
  if (wanted === 'none') return ({ tls }) => tls === null;
  return ({ tls }) =>
    tls !== null && [tls.version, tls.serverName, tls.alpn].some((part) => part?.toLowerCase().includes(wanted));
}

const READERS: Readonly<Record<string, KeyReader>> = {
  method: (value) => (row) => row.method.toLowerCase().startsWith(value.toLowerCase()),
  status: readStatus,
  trip: readTrip,
  state: readState,
  client: (value) => (row) => row.client.toLowerCase().includes(value.toLowerCase()),
  side: readSide,
  upstream: readUpstream,
  tls: readTls,
};

export const FILTER_KEYS: readonly string[] = Object.keys(READERS);
const KEYS: ReadonlySet<string> = new Set(FILTER_KEYS);

function readText(value: string): Test {
  if (/^#\d+$/.test(value)) return (row) => row.id === Number(value.slice(1));
  const wanted = value.toLowerCase();
  return (row) =>
    `${row.method} ${row.target}`.toLowerCase().includes(wanted) ||
    row.client.includes(wanted) ||
    row.upstream?.toLowerCase().includes(wanted) === true ||
    (wanted === 'tls' && row.tls !== null);
}

/** A term whose value is still to be typed filters nothing, and is no mistake. */
function readTerm({ key, value, negated }: FilterTerm): Test | string | null {
  if (value === '') return null;
  const test = key === null ? readText(value) : READERS[key]?.(value);
  if (test === undefined || typeof test === 'string') return test ?? null;
  return negated ? (row) => !test(row) : test;
}

export function parseFilter(text: string): Filter {
  const { tokens, terms } = tokenizeFilter(text, KEYS);
  const read = terms.map(readTerm);
  const tests = read.filter((test) => typeof test === 'function');
  const problem = read.find((test) => typeof test === 'string') ?? null;
  return {
    tokens,
    problem: typeof problem === 'string' ? problem : null,
    isEmpty: tests.length === 0,
    matches: (row) => tests.every((test) => test(row)),
  };
}
