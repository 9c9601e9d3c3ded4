import { execFileSync } from 'node:child_process';
import { expect, test } from './host.ts';

test('shows a request of curl', async ({ bytescope }) => {
  const reply = execFileSync('curl', ['-s', `http://127.0.0.1:${bytescope.port}/anything/smoke?from=curl`], {
    encoding: 'utf8',
  });
  expect(reply).toContain('/anything/smoke');
  await expect(bytescope.page.getByText('/anything/smoke?from=curl').first()).toBeVisible();
});

test('ends in good order with its page open', async ({ bytescope }) => {
  await expect(bytescope.page).toHaveTitle(/Bytescope/);
  expect(await bytescope.close()).toBe(0);
});
