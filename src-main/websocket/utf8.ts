/**
 * UTF-8 for looking at: what is none of it becomes U+FFFD, as the Encoding Standard has it (one for each longest
 * beginning of a character), and no more is read than is shown. The pure rooms have no TextDecoder.
 */
const REPLACEMENT = '\ufffd';

export interface ShownText {
  readonly text: string;
  /** How many of the bytes it stands for. */
  readonly bytes: number;
  readonly isValid: boolean;
}

/** How many bytes follow a lead byte, and between which two the first of them lies (Unicode 15, table 3-7). */
function continuationsOf(lead: number): { readonly count: number; readonly low: number; readonly high: number } {
  if (lead >= 0xc2 && lead <= 0xdf) return { count: 1, low: 0x80, high: 0xbf };
  // Overlong forms, surrogates and what is above U+10FFFF are told by the second byte.
  if (lead >= 0xe0 && lead <= 0xef)
    return { count: 2, low: lead === 0xe0 ? 0xa0 : 0x80, high: lead === 0xed ? 0x9f : 0xbf };
  if (lead >= 0xf0 && lead <= 0xf4)
    return { count: 3, low: lead === 0xf0 ? 0x90 : 0x80, high: lead === 0xf4 ? 0x8f : 0xbf };
  return { count: 0, low: 0, high: 0 };
}

/** The character that begins at a place, and how many bytes of it are there; null: they are not a whole one. */
function characterAt(bytes: Uint8Array, at: number): { readonly character: string | null; readonly length: number } {
  const lead = bytes[at] as number;
  if (lead < 0x80) return { character: String.fromCharCode(lead), length: 1 };
  const { count, low, high } = continuationsOf(lead);
  let code = lead & (0x3f >> count);
  for (let ahead = 1; ahead <= count; ahead += 1) {
    const byte = bytes[at + ahead] ?? 0;
    if (byte < (ahead === 1 ? low : 0x80) || byte > (ahead === 1 ? high : 0xbf))
      return { character: null, length: ahead };
    code = (code << 6) | (byte & 0x3f);
  }
  return { character: count === 0 ? null : String.fromCodePoint(code), length: count + 1 };
}

/** At most so many characters, counted as Unicode does. */
export function utf8Text(bytes: Uint8Array, maxCharacters = Infinity): ShownText {
  const characters: string[] = [];
  let isValid = true;
  let at = 0;
  while (at < bytes.length && characters.length < maxCharacters) {
    const { character, length } = characterAt(bytes, at);
    if (character === null) isValid = false;
    characters.push(character ?? REPLACEMENT);
    at += length;
  }
  return { text: characters.join(''), bytes: at, isValid };
}
