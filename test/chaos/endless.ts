/** Bodies far larger than what the kernels on the way hold, sent as fast as they are taken, and counted. */
import { createHash, type Hash } from 'node:crypto';
import type { Socket } from 'node:net';

export const BODY_BYTES = 200 * 1024 * 1024;
const BLOCK_BYTES = 64 * 1024;
const BLOCKS = BODY_BYTES / BLOCK_BYTES;

/** Each block is another one, so that a lost, doubled or displaced one shows in the hash. */
function blockAt(index: number): Buffer {
  const block = Buffer.alloc(BLOCK_BYTES, 'stalled ');
  block.writeUInt32BE(index, 0);
  return block;
}

export function expectedHash(): string {
  const hash: Hash = createHash('sha1');
  for (let index = 0; index < BLOCKS; index += 1) hash.update(blockAt(index));
  return hash.digest('hex');
}

/** Sends one body on a socket. `taken` is what the kernel has taken of it. */
export class EndlessSender {
  taken = 0;
  #blocks = 0;

  constructor(readonly socket: Socket) {}

  start(): void {
    this.socket.on('drain', () => this.#fill());
    this.#fill();
  }

  #fill(): void {
    for (let isTaken = true; isTaken && this.#blocks < BLOCKS && !this.socket.destroyed;) {
      isTaken = this.socket.write(blockAt(this.#blocks), () => (this.taken += BLOCK_BYTES));
      this.#blocks += 1;
    }
  }
}
