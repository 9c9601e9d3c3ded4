/** How long servers behind a proxy mode may take. They hold for the connections that Bytescope itself opens. */
import type { NumberSetting, SettingEntry } from '../setting-entry';

const HOUR_MS = 3_600_000;

const timeout = {
  group: 'upstream',
  kind: 'number',
  unit: 'ms',
  min: 10,
  max: HOUR_MS,
  fractional: false,
  offable: true,
} as const satisfies Partial<NumberSetting>;

export const UPSTREAM = {
  connectTimeoutMs: {
    ...timeout,
    label: 'Connect timeout',
    default: 5_000,
    offable: false,
    slider: [50, 60_000],
    trips: 'LIM_CONNECT_TIMEOUT',
    doc: 'Time in which a connection to a server behind the proxy has to be there, name lookup and TLS handshake included.',
    raise: 'clients wait longer for a server that is not there',
    lower: 'servers far away, and TLS handshakes, may not be done in time',
  },
  replyTimeoutMs: {
    ...timeout,
    label: 'Reply timeout',
    default: 60_000,
    slider: [100, 300_000],
    trips: 'LIM_REPLY_TIMEOUT',
    doc: 'Time from the end of a request that was passed on to the first byte of its reply.',
    raise: 'clients wait longer for a server that hangs',
    lower: 'slow answers, such as long polls and reports, are cut off as 504',
  },
  replyStallTimeoutMs: {
    ...timeout,
    label: 'Reply stall timeout',
    default: 60_000,
    slider: [100, 300_000],
    trips: 'LIM_REPLY_STALL',
    doc: 'Time without a byte in the middle of a reply, or without a byte taken of a request that is being passed on. Waiting for a client that does not read is not counted.',
    raise: 'a server that hangs in the middle of a reply holds its connections longer',
    lower: 'event streams with long silences are cut off',
  },
  tunnelIdleTimeoutMs: {
    ...timeout,
    label: 'Tunnel idle timeout',
    default: HOUR_MS,
    max: 24 * HOUR_MS,
    slider: [1_000, 24 * HOUR_MS],
    trips: 'LIM_TUNNEL_IDLE',
    doc: 'Time without a byte in either direction of a tunnel or a WebSocket, after which both sides are reset.',
    raise: 'tunnels that nobody uses any more hold their connections longer',
    lower: 'quiet connections, such as an idle shell, are cut',
  },
} as const satisfies Record<string, SettingEntry>;
