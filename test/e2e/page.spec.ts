import { execFileSync } from 'node:child_process';
import { AxeBuilder } from '@axe-core/playwright';
import { TcpClient } from '../support/tcp-client.ts';
import { expect, test } from './host.ts';

for (const theme of ['light', 'dark'] as const) {
  test(`has nothing axe complains about in the ${theme} theme`, async ({ bytescope: { page, port } }) => {
    await page.emulateMedia({ colorScheme: theme });
    const url = `http://127.0.0.1:${port}`;
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    execFileSync('curl', ['-s', '-d', '{"a":1}', '-H', 'Content-Type: application/json', `${url}/echo`]);
    const client = await TcpClient.open(port);
    await client.send('GET / HTTP/1.1\r\nBad : 1\r\n\r\n');
    await client.untilEnd();
    client.close();
    await page.getByRole('option', { name: 'POST /echo' }).click();
    await expect(page.getByRole('grid', { name: 'Bytes received' })).toBeVisible();
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    await page.getByRole('tab', { name: 'Messages' }).click();
    await expect(page.getByRole('region', { name: 'Request', exact: true })).toBeVisible();
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  });
}

test('tells what to try while there is nothing to show', async ({ bytescope: { page, port } }) => {
  await expect(page.getByText(`curl -v http://127.0.0.1:${port}/`).first()).toBeVisible();
});

test('moves through the list with the keyboard and tells its keys', async ({ bytescope: { page, port } }) => {
  for (const path of ['/one', '/two']) execFileSync('curl', ['-s', `http://127.0.0.1:${port}${path}`]);
  await expect(page.getByRole('option')).toHaveCount(2);
  await page.keyboard.press('j');
  await expect(page.getByRole('option', { name: 'GET /two' })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('j');
  await expect(page.getByRole('option', { name: 'GET /one' })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
});

test('has no errors on its console and loads nothing from elsewhere', async ({ bytescope }) => {
  const { page, port } = bytescope;
  const problems: string[] = [];
  const hosts = new Set<string>();
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('request', (request) => hosts.add(new URL(request.url()).host));
  await page.reload();
  execFileSync('curl', ['-s', `http://127.0.0.1:${port}/`]);
  await page.getByRole('option', { name: 'GET /' }).click();
  expect(problems).toEqual([]);
  expect([...hosts]).toEqual([new URL(bytescope.url).host]);
});

test('fits a window of 900 px', async ({ bytescope: { page, port } }) => {
  await page.setViewportSize({ width: 900, height: 700 });
  execFileSync('curl', ['-s', `http://127.0.0.1:${port}/narrow`]);
  await page.getByRole('option', { name: 'GET /narrow' }).click();
  await expect(page.getByRole('grid', { name: 'Bytes received' })).toBeVisible();
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBe(0);
});

test.describe('with many connections', () => {
  // The clients may be ahead of the server; none is to be turned away.
  test.use({ hostFlags: ['--set', 'maxConnections=off', '--set', 'maxConnectionsPerClient=off'] });

  test('stays usable with 10,000 connections', async ({ bytescope: { page, port } }) => {
    const total = 10_000;
    const atOnce = 50;
    for (let made = 0; made < total; made += atOnce) {
      const clients = await Promise.all(Array.from({ length: atOnce }, () => TcpClient.open(port)));
      for (const client of clients) client.reset();
    }
    await expect(page.getByRole('listbox')).toHaveAttribute('aria-label', /10,000 connections/, { timeout: 15_000 });
    expect(await page.getByRole('option').count()).toBeLessThan(100);
    await page.getByRole('button', { name: 'Clear closed connections' }).click();
    await expect(page.getByRole('option')).toHaveCount(0);
  });
});
