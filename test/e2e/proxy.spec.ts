/** The proxy modes in the window, with real servers behind them. */
import type { Server } from 'node:http';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from './host.ts';
import { chooseMode, curl, portOf, stop, upstream, useServers } from './proxied.ts';

let one: Server;
let other: Server;
test.beforeEach(async () => {
  [one, other] = await Promise.all([upstream('one'), upstream('other')]);
});
test.afterEach(async () => {
  await Promise.all([stop(one), stop(other)]);
});

test('switches to a reverse proxy while it runs, and shows both sides of a request', async ({ bytescope }) => {
  const { page, port } = bytescope;
  expect(await curl(port)).toContain('nothing at this address');
  await useServers(page, one);
  expect(await curl(port)).toBe('one');
  const list = page.getByRole('listbox');
  await expect(list.getByRole('option', { name: `→ default · 127.0.0.1:${portOf(one)}` })).toHaveCount(1);
  await expect(list.getByRole('option', { name: `to server default · http://127.0.0.1:${portOf(one)}` })).toHaveCount(
    1,
  );
  await page.getByRole('radio', { name: 'Upstreams' }).check();
  await expect(list.getByRole('option')).toHaveCount(1);
});

test('puts a server out of rotation and in again, and tells a failing one', async ({ bytescope: { page, port } }) => {
  await useServers(page, one, other);
  const rotation = page.getByRole('group', { name: `Rotation of 127.0.0.1:${portOf(one)}` });
  await rotation.getByRole('button', { name: 'Out' }).click();
  await expect(rotation.getByRole('button', { name: 'Out' })).toHaveAttribute('aria-pressed', 'true');
  for (let request = 0; request < 4; request += 1) expect(await curl(port)).toBe('other');
  await stop(other);
  expect(await curl(port, '-o', '/dev/null', '-w', '%{http_code}')).toMatch(/^50[23]$/);
  await rotation.getByRole('button', { name: 'In', exact: true }).click();
  await expect(rotation.getByRole('button', { name: 'In', exact: true })).toHaveAttribute('aria-pressed', 'true');
  await expect(async () => expect(await curl(port)).toBe('one')).toPass();
});

test('says what is wrong with a configuration before it is sent', async ({ bytescope: { page } }) => {
  await chooseMode(page, /^Reverse proxy/);
  await page.getByRole('radio', { name: 'Configuration' }).check();
  await page.getByLabel('Configuration (JSON)').fill('{"upstreams":{"api":{"servers":[{"url":"ftp://x"}]}}}');
  await expect(page.getByText('upstreams.api.servers[0].url:')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Use', exact: true })).toBeDisabled();
});

for (const theme of ['light', 'dark'] as const) {
  test(`has nothing axe complains about in the ${theme} theme`, async ({ bytescope: { page, port } }) => {
    test.slow();
    const violations = async () => (await new AxeBuilder({ page }).analyze()).violations;
    await page.emulateMedia({ colorScheme: theme });
    await useServers(page, one, other);
    await curl(port);
    expect(await violations()).toEqual([]);
    await page.getByRole('button', { name: /^Mode:/ }).click();
    await expect(page.getByRole('dialog', { name: 'Modes' })).toBeVisible();
    expect(await violations()).toEqual([]);
    await page.getByRole('dialog', { name: 'Modes' }).getByRole('button', { name: 'Set up…' }).click();
    for (const tab of ['Reverse proxy', 'Forward and SOCKS5', 'TCP tunnel', 'TLS and local CA']) {
      await page.getByRole('tab', { name: tab }).click();
      expect(await violations()).toEqual([]);
    }
  });
}

test('fits a window of 900 px', async ({ bytescope: { page } }) => {
  await page.setViewportSize({ width: 900, height: 700 });
  await useServers(page, one, other);
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBe(0);
  await expect(page.getByRole('group', { name: /^Rotation of/ }).first()).toBeInViewport({ ratio: 1 });
});
