import { spawnSync } from 'node:child_process';
import { expect, test } from './host.ts';

test('explains the TLS of a client that took the plain port for HTTPS', async ({ bytescope: { page, port } }) => {
  const name = 'bytescope.test';
  spawnSync('curl', ['-sk', '--resolve', `${name}:${port}:127.0.0.1`, `https://${name}:${port}/`]);
  await page.getByRole('option', { name: 'TLS on plain port' }).click();
  await page.getByRole('tab', { name: 'Messages' }).click();
  const card = page.getByRole('region', { name: 'TLS ClientHello' });
  await expect(card.getByRole('button', { name, exact: true })).toBeVisible();
  await expect(card.getByRole('button', { name: 'http/1.1', exact: true })).toBeVisible();
  await expect(card.getByText(/^t1[23]d\d{4}h[12]_[0-9a-f]{12}_[0-9a-f]{12}$/)).toBeVisible();
  await card.getByRole('button', { name, exact: true }).click();
  const grid = page.getByRole('grid', { name: 'Bytes received' });
  await expect(grid).toContainText('62 79 74 65 73 63');
  await expect(page.getByText(/server name\s+bytescope\.test/).first()).toBeVisible();
});
