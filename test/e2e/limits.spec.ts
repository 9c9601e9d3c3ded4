import { execFileSync } from 'node:child_process';
import { TcpClient } from '../support/tcp-client.ts';
import { expect, test } from './host.ts';

test('cuts a request under way when the head timeout is lowered', async ({ bytescope: { page, port } }) => {
  const client = await TcpClient.open(port);
  await client.send('GET /slow HTTP/1.1\r\nHo');
  await expect(page.getByRole('option', { name: 'GET /slow' })).toBeVisible();
  const box = page.getByRole('textbox', { name: 'Head timeout', exact: true });
  await box.fill('100ms');
  await box.press('Enter');
  expect(await client.untilEnd()).toMatch(/^HTTP\/1\.1 408 /);
  await expect(page.getByRole('option', { name: /GET \/slow, status 408.*head timeout/ })).toBeVisible();
  await expect(page.getByRole('group', { name: 'Timeouts' })).toContainText('1 trip');
  client.close();
});

test('drags a limit while the request is under way', async ({ bytescope: { page, port } }) => {
  const client = await TcpClient.open(port);
  await client.send('GET /dragged HTTP/1.1\r\nHo');
  await expect(page.getByRole('option', { name: 'GET /dragged' })).toBeVisible();
  const slider = page.getByRole('slider', { name: 'Head timeout' });
  const track = (await slider.boundingBox())!;
  await page.mouse.move(track.x + track.width * 0.65, track.y + track.height / 2);
  await page.mouse.down();
  await page.mouse.move(track.x + 2, track.y + track.height / 2, { steps: 10 });
  await page.mouse.up();
  expect(await client.untilEnd()).toMatch(/^HTTP\/1\.1 408 /);
  client.close();
});

test('refuses a value it cannot take, says why, and keeps the old one', async ({ bytescope: { page } }) => {
  const box = page.getByRole('textbox', { name: 'Head size' });
  await box.fill('1B');
  await box.press('Enter');
  await expect(page.getByRole('region', { name: 'Limits' })).toContainText(/it starts at 64/);
  await expect(box).toHaveValue('16');
});

test('answers 429 from an empty bucket, and shows it refill', async ({ bytescope: { page, port } }) => {
  const set = async (name: string, value: string): Promise<void> => {
    const box = page.getByRole('textbox', { name, exact: true });
    await box.fill(value);
    await box.press('Enter');
    await expect(box).toHaveValue(value);
  };
  await set('Capacity', '3');
  await set('Refill', '0.5');
  const url = `http://127.0.0.1:${port}/health`;
  const codes = execFileSync('curl', ['-s', '-o', '/dev/null', '-w', '%{http_code} ', url, url, url, url, url], {
    encoding: 'utf8',
  });
  expect(codes).toMatch(/429/);
  await expect(page.getByRole('option', { name: /rate limit/ }).first()).toBeVisible();
  const meter = page.getByRole('meter', { name: 'Tokens of 127.0.0.1' });
  const level = async (): Promise<number> => Number(await meter.getAttribute('aria-valuenow'));
  const emptied = await level();
  expect(emptied).toBeLessThan(3);
  await expect.poll(level).toBeGreaterThan(emptied + 0.5);
});

test('switches a guard off and on', async ({ bytescope: { page, port } }) => {
  await page.getByRole('textbox', { name: 'Idle timeout', exact: true }).fill('150ms');
  await page.getByRole('textbox', { name: 'Idle timeout', exact: true }).press('Enter');
  const cut = await TcpClient.open(port);
  expect(await cut.untilEnd()).toBe('');
  await page.getByRole('switch', { name: /^Idle timeout/ }).click();
  await expect(page.getByRole('switch', { name: /^Idle timeout/ })).not.toBeChecked();
  const kept = await TcpClient.open(port);
  await expect(page.getByRole('option', { name: /open, idle/ })).toBeVisible();
  await kept.send('GET /health HTTP/1.1\r\nHost: a\r\n\r\n');
  await kept.until(/200 OK/);
  kept.close();
  cut.close();
});

test('stops the server and starts it on another port', async ({ bytescope: { page, port } }) => {
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Start', exact: true })).toBeVisible();
  expect(() => execFileSync('curl', ['-s', `http://127.0.0.1:${port}/`], { stdio: 'ignore' })).toThrow();
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Stop', exact: true })).toBeVisible();
});
