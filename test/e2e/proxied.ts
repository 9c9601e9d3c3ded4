/** Servers behind a proxy mode, clients in front of it, and the clicks that switch to it. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import type { Page } from '@playwright/test';
import { expect } from './host.ts';

const run = promisify(execFile);
export const portOf = (server: Pick<Server, 'address'>): number => (server.address() as AddressInfo).port;

/** Answers every request with its name, or as it is told. */
export async function upstream(name: string, answer?: RequestListener): Promise<Server> {
  const server = createServer(answer ?? ((_, reply) => void reply.end(name))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

export async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  if (server.listening) await new Promise((closed) => server.close(closed));
}

export async function curl(port: number, ...flags: string[]): Promise<string> {
  return (await run('curl', ['-s', ...flags, `http://127.0.0.1:${port}/page`])).stdout;
}

export interface Stream {
  /** Replies so far: their bodies, or what curl says of a request without one. */
  readonly replies: readonly string[];
  stop(): Promise<void>;
}

/** One request after another, each on a connection of its own. */
export function streamOfRequests(port: number): Stream {
  const replies: string[] = [];
  let ends = false;
  const over = (async () => {
    while (!ends) replies.push(await curl(port, '-S').catch((failure: unknown) => String(failure)));
  })();
  return {
    replies,
    stop: () => {
      ends = true;
      return over;
    },
  };
}

/** The modes are chosen where the address is. */
export async function chooseMode(page: Page, name: RegExp): Promise<void> {
  await page.getByRole('button', { name: /^Mode:/ }).click();
  await page.getByRole('dialog', { name: 'Modes' }).getByRole('button', { name }).click();
}

export async function useServers(page: Page, ...servers: readonly Server[]): Promise<void> {
  await chooseMode(page, /^Reverse proxy/);
  await page.getByLabel('Servers').fill(servers.map(portOf).join('\n'));
  await page.getByRole('button', { name: 'Use and switch to Reverse proxy' }).click();
  await expect(page.getByRole('button', { name: /^Mode: Reverse proxy/ })).toBeVisible();
  await expect(page.getByRole('dialog')).toBeHidden();
}
