/** Bytes as text for the clipboard. Every form keeps each byte; none decodes. */

export const COPY_FORMS = {
  hex: 'Hex',
  text: 'Text (Latin-1)',
  escape: 'C string',
  printf: 'printf command',
  base64: 'Base64',
} as const;
export type CopyForm = keyof typeof COPY_FORMS;
export const COPY_FORM_NAMES = Object.keys(COPY_FORMS) as readonly CopyForm[];

/** More than this is not put on the clipboard at once. */
export const MAX_COPY_BYTES = 1024 * 1024;

const SIMPLE_ESCAPES: Readonly<Record<number, string>> = { 0x0a: '\\n', 0x0d: '\\r', 0x09: '\\t', 0x5c: '\\\\' };

const isPrintable = (byte: number): boolean => byte >= 0x20 && byte <= 0x7e;
const hexPair = (byte: number): string => byte.toString(16).padStart(2, '0');
const latin1 = (bytes: Uint8Array): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');

/** Octal escapes: unlike `\x41` they end after three digits whatever follows. */
const octal = (byte: number): string => `\\${byte.toString(8).padStart(3, '0')}`;

function escaped(bytes: Uint8Array, special: Readonly<Record<number, string>>): string {
  let text = '';
  for (const byte of bytes) {
    text += special[byte] ?? SIMPLE_ESCAPES[byte] ?? (isPrintable(byte) ? String.fromCharCode(byte) : octal(byte));
  }
  return text;
}

/** A format that begins with `-` would be taken for an option. */
function printfFormat(bytes: Uint8Array): string {
  const format = escaped(bytes, { 0x27: octal(0x27), 0x25: '%%' });
  return format.startsWith('-') ? `${octal(0x2d)}${format.slice(1)}` : format;
}

export function copyAs(form: CopyForm, bytes: Uint8Array): string {
  switch (form) {
    case 'hex':
      return Array.from(bytes, hexPair).join(' ');
    case 'text':
      return latin1(bytes);
    case 'escape':
      // "??" would begin a trigraph.
      return `"${escaped(bytes, { 0x22: '\\"', 0x3f: '\\?' })}"`;
    case 'printf':
      return `printf '${printfFormat(bytes)}'`;
    case 'base64':
      return btoa(latin1(bytes));
  }
}
