/**
 * The fields that mean something for the message itself, by name, in lower case. While a head is scanned the length and
 * the first byte of a name are enough to leave nearly all others out.
 */
import { bytesOf } from './bytes';

export const HOST = bytesOf('host');
export const EXPECT = bytesOf('expect');
export const CONNECTION = bytesOf('connection');
export const LENGTH = bytesOf('content-length');
export const CODING = bytesOf('transfer-encoding');

/** No two of them are of one length. */
const NAMES = [HOST, EXPECT, CONNECTION, LENGTH, CODING];

export const MAX_NOTED_NAME_BYTES = CODING.length;

/** For each length: the first byte of the name that has it. */
export const FIRST_BYTES = new Uint8Array(32);
for (const name of NAMES) FIRST_BYTES[name.length] = name[0]!;

/** Makes a letter a small one; what else it may make of other bytes is told apart by the rest of the name. */
export const CASE_BIT = 0x20;
