/** What is kept. */
import type { SettingEntry } from '../setting-entry';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

export const JOURNAL = {
  retentionBytes: {
    group: 'journal',
    kind: 'number',
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
