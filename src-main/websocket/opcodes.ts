/** What a frame may be, by its opcode (RFC 6455 §5.2, §11.8). */
export const CONTINUATION = 0x0;
export const TEXT = 0x1;
export const CLOSE = 0x8;

export const OPCODES = {
  0x0: 'continuation',
  0x1: 'text',
  0x2: 'binary',
  0x8: 'close',
  0x9: 'ping',
  0xa: 'pong',
} as const;

export type Opcode = keyof typeof OPCODES;
export type OpcodeName = (typeof OPCODES)[Opcode];

export const isOpcode = (bits: number): bits is Opcode => bits in OPCODES;
/** Close, ping and pong, and what may be defined beside them (RFC 6455 §5.5). */
export const isControl = (opcode: number): boolean => (opcode & 0x8) !== 0;
