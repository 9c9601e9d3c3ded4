import { PassThrough, Writable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { LineWriter, MAX_WAITING_CHARACTERS } from '../../../src-main/hosts/cli/line-writer';

const tellDropped = (count: number) => `dropped ${count}`;

describe('LineWriter', () => {
  it('writes the lines of one turn at once and in order', async () => {
    const writes: string[] = [];
    const stream = new Writable({ write: (piece: Buffer, _encoding, done) => (writes.push(piece.toString()), done()) });
    const writer = new LineWriter({ stream, tellDropped, onGone: vi.fn() });
    writer.write('one');
    writer.write('two');
    await writer.finish();
    expect(writes).toEqual(['one\ntwo\n']);
  });

  it('drops and counts what a stalled reader leaves no room for, and tells it once', async () => {
    const stream = new PassThrough({ highWaterMark: 16 });
    const writer = new LineWriter({ stream, tellDropped, onGone: vi.fn() });
    writer.write('first line, too long for the reader');
    await vi.waitUntil(() => stream.writableNeedDrain);
    const line = 'x'.repeat(MAX_WAITING_CHARACTERS / 4);
    for (let count = 0; count < 7; count += 1) writer.write(line);
    let text = '';
    stream.on('data', (piece: Buffer) => (text += piece.toString()));
    await vi.waitUntil(() => text.endsWith('dropped 3\n'));
    expect(text.split('\n').map((part) => part.length)).toEqual([
      35,
      line.length,
      line.length,
      line.length,
      line.length,
      9,
      0,
    ]);
    writer.write('later');
    await writer.finish();
    await vi.waitUntil(() => text.endsWith('dropped 3\nlater\n'));
  });

  it('ends quietly when nobody reads any more', async () => {
    const onGone = vi.fn();
    const stream = new Writable({ write: (_piece, _encoding, done) => done(new Error('EPIPE')) });
    const writer = new LineWriter({ stream, tellDropped, onGone });
    writer.write('line');
    await vi.waitUntil(() => onGone.mock.calls.length > 0);
    writer.write('after');
    expect(onGone).toHaveBeenCalledOnce();
  });

  it('does not wait for ever for a reader that has stopped', async () => {
    const writer = new LineWriter({ stream: new PassThrough({ highWaterMark: 1 }), tellDropped, onGone: vi.fn() });
    writer.write('line');
    writer.write('line');
    await writer.finish();
  });
});
