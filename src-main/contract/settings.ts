/**
 * The settings table: every number a person may turn, declared once. The `Settings` type, the validation, the
 * command-line flags, the limits panel and the README table all derive from it.
 *
 * `null` is off; an absent value is the default; 0 is a number like any other and is refused below `min`.
 */
import { fail, ok, type ErrorCode, type Result } from './errors';

export type Unit = 'ms' | 'bytes' | 'bytesPerSec' | 'count' | 'perSec';

/** How a unit is written behind a number. */
export const UNIT_SYMBOLS: Readonly<Record<Unit, string>> = {
  ms: 'ms',
  bytes: 'bytes',
  bytesPerSec: 'bytes/s',
  count: '',
  perSec: '/s',
};

export type SettingGroup = 'guard' | 'rate' | 'journal';

export interface SettingEntry {
  readonly group: SettingGroup;
  readonly label: string;
  readonly unit: Unit;
  readonly default: number | null;
  readonly min: number;
  readonly max: number;
  /** The range of the slider, where the useful values lie; the number box takes min to max. */
  readonly slider: readonly [from: number, to: number];
  /** May a fraction be given? */
  readonly fractional: boolean;
  /** May it be null, that is, off? */
  readonly offable: boolean;
  /** What a trip of this guard is called; null where the setting is not a guard. */
  readonly trips: ErrorCode | null;
  readonly doc: string;
  /** The cost of raising it. */
  readonly raise: string;
  /** The cost of lowering it. */
  readonly lower: string;
}

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;
const HOUR_MS = 3_600_000;

export const SETTINGS = {
  headTimeoutMs: {
    group: 'guard',
    label: 'Head timeout',
    unit: 'ms',
    default: 10_000,
    min: 10,
    max: HOUR_MS,
    slider: [100, 120_000],
    fractional: false,
    offable: true,
    trips: 'LIM_HEAD_TIMEOUT',
    doc: 'Time from the first byte of a request to the end of its head. Absolute: a trickle of bytes does not extend it.',
    raise: 'slow clients hold a connection longer',
    lower: 'clients on poor networks are cut',
  },
  bodyTimeoutMs: {
    group: 'guard',
    label: 'Body timeout',
    unit: 'ms',
    default: 30_000,
    min: 10,
    max: 24 * HOUR_MS,
    slider: [100, 300_000],
    fractional: false,
    offable: true,
    trips: 'LIM_BODY_TIMEOUT',
    doc: 'Time from the end of the head to the end of the body. Absolute: a trickle of bytes does not extend it.',
    raise: 'slow uploads hold a connection longer',
    lower: 'large uploads on slow networks are cut',
  },
  idleTimeoutMs: {
    group: 'guard',
    label: 'Idle timeout',
    unit: 'ms',
    default: 60_000,
    min: 10,
    max: 24 * HOUR_MS,
    slider: [100, 300_000],
    fractional: false,
    offable: true,
    trips: 'LIM_IDLE_TIMEOUT',
    doc: 'Time a connection may wait for the first byte of its next request, the first one included. Closes without a reply.',
    raise: 'unused connections hold their place longer',
    lower: 'clients reconnect more often, and may lose the race with the close',
  },
  minBodyBytesPerSec: {
    group: 'guard',
    label: 'Minimum data rate',
    unit: 'bytesPerSec',
    default: 240,
    min: 1,
    max: GIB,
    slider: [1, 100_000],
    fractional: false,
    offable: true,
    trips: 'LIM_BODY_RATE',
    doc: 'Average rate a body has to keep, measured from the end of the head after a grace of 5 s.',
    raise: 'clients on poor networks are cut',
    lower: 'a trickle can hold a connection until the body timeout',
  },
  maxHeadBytes: {
    group: 'guard',
    label: 'Head size',
    unit: 'bytes',
    default: 16 * KIB,
    min: 64,
    max: MIB,
    slider: [256, 128 * KIB],
    fractional: false,
    offable: false,
    trips: 'LIM_HEAD_BYTES',
    doc: 'Bytes of start line and fields together, the empty line included. The trailers of a chunked body count the same way on their own.',
    raise: 'every connection may hold that much memory',
    lower: 'requests with many cookies are refused',
  },
  maxFieldCount: {
    group: 'guard',
    label: 'Field count',
    unit: 'count',
    default: 100,
    min: 1,
    max: 100_000,
    slider: [5, 1_000],
    fractional: false,
    offable: true,
    trips: 'LIM_FIELD_COUNT',
    doc: 'Number of field lines in a head, and in the trailers on their own.',
    raise: 'more work for each request',
    lower: 'requests through many proxies are refused',
  },
  maxTargetBytes: {
    group: 'guard',
    label: 'Target size',
    unit: 'bytes',
    default: 8_000,
    min: 1,
    max: MIB,
    slider: [64, 64 * KIB],
    fractional: false,
    offable: true,
    trips: 'LIM_TARGET_BYTES',
    doc: 'Bytes of the request target (path and query). RFC 9112 §3 recommends at least 8000.',
    raise: 'nothing but memory, within the head size',
    lower: 'long queries are refused',
  },
  maxBodyBytes: {
    group: 'guard',
    label: 'Body size',
    unit: 'bytes',
    default: 10 * MIB,
    min: 0,
    max: 1024 * GIB,
    slider: [KIB, GIB],
    fractional: false,
    offable: true,
    trips: 'LIM_BODY_BYTES',
    doc: 'Bytes of a body after chunked coding is taken off. A larger Content-Length is refused before the body is read.',
    raise: 'uploads hold the connection and the disk longer',
    lower: 'uploads are refused',
  },
  maxConnections: {
    group: 'guard',
    label: 'Open connections',
    unit: 'count',
    default: 1_024,
    min: 1,
    max: 100_000,
    slider: [1, 16_384],
    fractional: false,
    offable: true,
    trips: 'LIM_CONNECTIONS',
    doc: 'Connections open at once. One more is answered 503 and closed.',
    raise: 'more memory and file descriptors under load',
    lower: 'clients are turned away earlier',
  },
  maxConnectionsPerClient: {
    group: 'guard',
    label: 'Connections per client',
    unit: 'count',
    default: 512,
    min: 1,
    max: 100_000,
    slider: [1, 4_096],
    fractional: false,
    offable: true,
    trips: 'LIM_CLIENT_CONNECTIONS',
    doc: 'Connections open at once from one client address. One more is answered 503 and closed.',
    raise: 'one client can take more of the places',
    lower: 'browsers and load generators are turned away',
  },
  maxRequestsPerConnection: {
    group: 'guard',
    label: 'Requests per connection',
    unit: 'count',
    default: 10_000,
    min: 1,
    max: 1_000_000_000,
    slider: [1, 100_000],
    fractional: false,
    offable: true,
    trips: 'LIM_REQUESTS',
    doc: 'Requests answered on one connection; the last reply carries Connection: close.',
    raise: 'long-lived connections keep their place',
    lower: 'clients reconnect more often',
  },
  bucketCapacity: {
    group: 'rate',
    label: 'Capacity',
    unit: 'count',
    default: 100,
    min: 1,
    max: 1_000_000_000,
    slider: [1, 10_000],
    fractional: false,
    offable: true,
    trips: 'LIM_RATE',
    doc: 'Tokens in a full bucket: how many requests one client address may send in a burst. Off switches the rate limit off.',
    raise: 'larger bursts reach the routes',
    lower: 'bursts are answered 429 sooner',
  },
  bucketRefillPerSec: {
    group: 'rate',
    label: 'Refill',
    unit: 'perSec',
    default: 50,
    min: 0.001,
    max: 1_000_000_000,
    slider: [0.1, 10_000],
    fractional: true,
    offable: false,
    trips: null,
    doc: 'Tokens that flow back each second: the steady rate one client address may keep.',
    raise: 'a higher steady rate reaches the routes',
    lower: 'clients wait longer for the next token',
  },
  retentionBytes: {
    group: 'journal',
    label: 'Journal size',
    unit: 'bytes',
    default: 256 * MIB,
    min: 4 * MIB,
    max: 1024 * GIB,
    slider: [4 * MIB, 16 * GIB],
    fractional: false,
    offable: false,
    trips: null,
    doc: 'Bytes the session may take on disk. The oldest part of the journal is dropped first.',
    raise: 'more disk',
    lower: 'older traffic can no longer be looked at',
  },
} as const satisfies Record<string, SettingEntry>;

export type SettingName = keyof typeof SETTINGS;

/** A value for every setting; `null` only where the setting may be off. */
export type Settings = {
  readonly [Name in SettingName]: (typeof SETTINGS)[Name]['offable'] extends true ? number | null : number;
};

/** A guard is a setting that can trip. */
export type GuardName = {
  [Name in SettingName]: (typeof SETTINGS)[Name]['trips'] extends null ? never : Name;
}[SettingName];

/** Where a value in force came from; the later one wins. */
export type SettingSource = 'default' | 'file' | 'flag' | 'panel';

/** The settings in force with the source of each. */
export interface SettingsState {
  readonly values: Settings;
  readonly sources: Readonly<Record<SettingName, SettingSource>>;
}

export const SETTING_NAMES = Object.keys(SETTINGS) as readonly SettingName[];

/** The settings that are guards, in the order of the table. */
export const GUARD_NAMES = SETTING_NAMES.filter((name) => SETTINGS[name].trips !== null) as readonly GuardName[];

/** The guard that trips with this code; null for a code that is not a trip of a setting. */
export const guardOf = (code: ErrorCode): GuardName | null =>
  GUARD_NAMES.find((name) => SETTINGS[name].trips === code) ?? null;

/** The entry with one type for all settings, for code that walks the table. */
export const settingEntry = (name: SettingName): SettingEntry => SETTINGS[name];

export const isSettingName = (name: string): name is SettingName => Object.hasOwn(SETTINGS, name);

export const DEFAULT_SETTINGS: Settings = Object.freeze(
  Object.fromEntries(SETTING_NAMES.map((name) => [name, SETTINGS[name].default])) as unknown as Settings,
);

/**
 * Checks one value against its row. Takes numbers and null from the panel and the file.
 * Fails with a `CFG_` code whose detail names the setting, the value and the range.
 */
export function checkSetting(name: string, value: unknown): Result<number | null> {
  if (!isSettingName(name)) return fail('CFG_UNKNOWN_SETTING', { name: name.slice(0, 100) });
  const { min, max, offable, fractional, default: example } = settingEntry(name);
  const range = { name, min, max };
  if (value === null) return offable ? ok(null) : fail('CFG_NOT_OFFABLE', range);
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    return fail('CFG_NOT_A_NUMBER', { name, value: String(value).slice(0, 100), example: example ?? min });
  }
  if (!fractional && !Number.isInteger(value)) return fail('CFG_NOT_WHOLE', { name, value });
  if (value < min) return fail('CFG_TOO_SMALL', { ...range, value });
  if (value > max) return fail('CFG_TOO_LARGE', { ...range, value });
  return ok(value);
}

/** Reads one value as a person types it (`--set name=TEXT`): a decimal number, `off` or `null`. */
export function parseSetting(name: string, text: string): Result<number | null> {
  const trimmed = text.trim();
  if (trimmed === 'off' || trimmed === 'null') return checkSetting(name, null);
  const isDecimal = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(trimmed);
  return checkSetting(name, isDecimal ? Number(trimmed) : text);
}

/** The settings with one value replaced; the result is frozen. The value has passed `checkSetting`. */
export const withSetting = (settings: Settings, name: SettingName, value: number | null): Settings =>
  Object.freeze({ ...settings, [name]: value });
