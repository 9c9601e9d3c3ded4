import { execFileSync } from 'node:child_process';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { TcpClient } from '../support/tcp-client.ts';
import { expect, test } from './host.ts';

const pill = (page: Page) => page.getByRole('button', { name: /^Preset:/ });
const curlStatus = (port: number): string =>
  execFileSync('curl', ['-s', '-o', '/dev/null', '-w', '%{http_code}', `http://127.0.0.1:${port}/`], {
    encoding: 'utf8',
  });

async function pick(page: Page, preset: string): Promise<void> {
  await pill(page).click();
  await page.locator('.pick', { hasText: preset }).first().click();
}

async function set(page: Page, name: string, value: string): Promise<void> {
  const box = page.getByRole('textbox', { name, exact: true });
  await box.fill(value);
  await box.press('Enter');
}

async function bareLfReply(port: number): Promise<string> {
  const client = await TcpClient.open(port);
  await client.send('GET /health HTTP/1.1\nHost: a\nConnection: close\n\n');
  const reply = await client.untilEnd();
  client.close();
  return reply.slice(0, 'HTTP/1.1 200'.length);
}

test('behaves as the preset that is picked, for what is under way too', async ({ bytescope: { page, port } }) => {
  expect(await bareLfReply(port)).toBe('HTTP/1.1 400');
  const client = await TcpClient.open(port);
  await client.send('GET /half HTTP/1.1\r\nHo');
  await page.getByRole('option', { name: 'GET /half' }).click();
  await expect(page.getByRole('timer')).toContainText(/head timeout in \d\.\d s/);

  await pick(page, 'nginx');
  await expect(pill(page)).toContainText('nginx');
  await expect(page.getByRole('textbox', { name: 'Head timeout', exact: true })).toHaveValue('60');
  await expect(page.getByRole('timer')).toContainText(/head timeout in [3-5]\d\.\d s/);
  expect(curlStatus(port)).toBe('200');
  expect(await bareLfReply(port)).toBe('HTTP/1.1 200');

  await pick(page, 'Bytescope');
  await expect(pill(page)).toContainText('Bytescope');
  expect(await bareLfReply(port)).toBe('HTTP/1.1 400');
  client.close();
});

test('counts what is turned, and says what another preset would forget', async ({ bytescope: { page } }) => {
  await set(page, 'Head timeout', '2s');
  await set(page, 'Cost', '1 POST=5');
  await expect(pill(page)).toContainText('+ 2 turned');
  await page.getByRole('button', { name: 'Timeouts' }).click();
  await expect(page.getByRole('button', { name: 'Timeouts' })).toContainText('1 turned');

  await pick(page, 'Kestrel');
  const asked = page.getByRole('dialog', { name: 'Change the preset' });
  await expect(asked.getByRole('row', { name: 'Head timeout 2 s → 30 s' })).toBeVisible();
  await expect(asked.getByRole('row', { name: 'Cost 1 POST=5 → 1' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(asked).toBeHidden();
  await expect(pill(page)).toContainText('Bytescope');

  await pick(page, 'Kestrel');
  await page.getByRole('button', { name: 'Use Kestrel' }).click();
  await expect(pill(page)).toHaveText(/Kestrel\s*$/);
});

test('is worked by keyboard alone, card and choices included', async ({ bytescope: { page, port } }) => {
  await pill(page).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: /^Bytescope/ })).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  const card = page.getByRole('dialog', { name: 'nginx' });
  await expect(card).toContainText('the 408 is in the access log alone');
  await page.keyboard.press('Escape');
  await expect(card).toBeHidden();
  await expect(page.getByRole('dialog', { name: 'Presets' })).toBeVisible();
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: /^Head timeout: how it acts/ }).press('Enter');
  const then = page.getByRole('combobox', { name: 'Head timeout: then, in the fields' });
  await then.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('option', { name: /close silently/ })).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(then).toHaveText(/close silently/);
  await set(page, 'Head timeout', '100ms');
  const client = await TcpClient.open(port);
  await client.send('GET /half HTTP/1.1\r\nHo');
  expect(await client.untilEnd()).toBe('');
  client.close();
});

test('leads from what was refused to the setting that would let it through', async ({ bytescope: { page, port } }) => {
  await bareLfReply(port);
  await page.getByRole('option').first().click();
  await page.getByRole('tab', { name: 'Messages' }).click();
  await page.getByRole('button', { name: 'Strictness › Bare LF ends a line' }).click();
  const tolerance = page.getByRole('switch', { name: 'Bare LF ends a line' });
  await expect(tolerance).toBeFocused();
  await tolerance.press('Space');
  await expect(tolerance).toBeChecked();
  await expect(page.getByRole('img', { name: /^Risk/ })).toBeVisible();
  expect(await bareLfReply(port)).toBe('HTTP/1.1 200');
});

for (const theme of ['light', 'dark'] as const) {
  test(`has nothing axe complains about in the ${theme} theme`, async ({ bytescope: { page } }) => {
    await page.emulateMedia({ colorScheme: theme });
    const complaints = async () => (await new AxeBuilder({ page }).analyze()).violations;
    await set(page, 'Head timeout', '2s');
    await set(page, 'Cost', 'POST=');
    await page.getByRole('button', { name: /^Body timeout: how it acts/ }).click();
    for (const section of ['Strictness', 'Journal']) await page.getByRole('button', { name: section }).click();
    await page.getByRole('switch', { name: 'Repeated Host' }).click();
    expect(await complaints()).toEqual([]);
    await page.getByRole('combobox', { name: 'Body timeout: then' }).click();
    await expect(page.getByRole('option', { name: /504/ })).toBeVisible();
    expect(await complaints()).toEqual([]);
    await page.keyboard.press('Escape');
    await pill(page).click();
    await expect(page.getByRole('dialog', { name: 'Presets' })).toBeVisible();
    expect(await complaints()).toEqual([]);
    await page.getByRole('button', { name: 'About the preset Node 20' }).click();
    await expect(page.getByRole('dialog', { name: 'Node 20' })).toBeVisible();
    expect(await complaints()).toEqual([]);
    await page.getByRole('button', { name: 'Use Node 20' }).click();
    await expect(page.getByRole('dialog', { name: 'Change the preset' })).toBeVisible();
    expect(await complaints()).toEqual([]);
  });
}
