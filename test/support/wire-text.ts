/** Text as bytes and back, one character a byte. */
export const wire = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

export const textOf = (bytes: Uint8Array): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
