/**
 * Which names may mean something for the message, told by their length and first byte alone: enough to leave nearly
 * all others out while they are scanned.
 */
const NAMES = ['host', 'expect', 'connection', 'content-length', 'transfer-encoding'];

export const MAX_NOTED_NAME_BYTES = Math.max(...NAMES.map(({ length }) => length));

/** For each length: the first byte, in lower case, of the name that has it. */
export const FIRST_BYTES = new Uint8Array(32);
for (const name of NAMES) FIRST_BYTES[name.length] = name.charCodeAt(0);

/** Makes a letter a small one; what else it may make of other bytes is told apart by the rest of the name. */
export const CASE_BIT = 0x20;
