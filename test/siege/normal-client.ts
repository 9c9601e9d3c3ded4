/** A client that does nothing wrong, for as long as something else goes on. */
import { connect } from 'node:net';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';

const ASK_EVERY_MS = 20;

/** The status of one request on a connection of its own; 0 where nothing came. */
export async function ask(port: number): Promise<number> {
  const socket = connect(port, '127.0.0.1', () =>
    socket.write('GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'),
  );
  let reply = '';
  socket.setEncoding('latin1').on('data', (text: string) => (reply += text));
  await once(socket, 'close');
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(reply)?.[1] ?? 0);
}

/** Asks again and again until the work is done. */
export async function askWhile(port: number, work: Promise<unknown>): Promise<number[]> {
  let isOver = false;
  const over = work.finally(() => (isOver = true));
  const statuses: number[] = [];
  while (!isOver) {
    statuses.push(await ask(port));
    await setTimeout(ASK_EVERY_MS);
  }
  await over;
  return statuses;
}
