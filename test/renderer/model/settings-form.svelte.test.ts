import { fail, ok } from '@contract/errors';
import { createClient } from '@contract/client';
import { withSetting } from '@contract/settings';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Clock } from '../../../src-renderer/model/clock.svelte';
import { Live } from '../../../src-renderer/model/live.svelte';
import { SettingsForm } from '../../../src-renderer/model/settings-form.svelte';
import { FakeTransport } from '../../support/fake-transport';
import { settingsState } from '../../support/rows';

let transport: FakeTransport;
let live: Live;
let form: SettingsForm;
const sent = () => transport.paramsOf('settings.set').map((params) => params.value);

beforeEach(() => {
  vi.useFakeTimers();
  const state = settingsState();
  transport = new FakeTransport({
    'settings.set': ({ value }) =>
      ok({ ...state, values: withSetting(state.values, 'headTimeoutMs', value as number) }),
    'settings.reset': () => ok(state),
  });
  live = new Live(new Clock());
  form = new SettingsForm(
    createClient(transport, () => () => undefined),
    live,
  );
});

afterEach(() => {
  vi.useRealTimers();
});

describe('turning', () => {
  test('shows the value at once, before the engine has answered', () => {
    form.set('headTimeoutMs', 2_000);
    expect(form.value('headTimeoutMs')).toBe(2_000);
    expect(live.settings.values.headTimeoutMs).toBe(10_000);
  });

  test('puts the value in force with the answer', async () => {
    form.set('headTimeoutMs', 2_000);
    await vi.advanceTimersByTimeAsync(100);
    expect(live.settings.values.headTimeoutMs).toBe(2_000);
  });

  test('a drag of a second sends at most twenty values, and always the last', async () => {
    for (let value = 1_000; value < 1_200; value++) {
      form.set('headTimeoutMs', value);
      await vi.advanceTimersByTimeAsync(5);
    }
    await vi.advanceTimersByTimeAsync(200);
    expect(sent().length).toBeLessThanOrEqual(22);
    expect(sent().at(-1)).toBe(1_199);
    expect(form.value('headTimeoutMs')).toBe(1_199);
  });

  test('does not queue while the engine is slow', async () => {
    const answers: (() => void)[] = [];
    transport.answers['settings.set'] = () =>
      new Promise((resolve) => answers.push(() => resolve(ok(settingsState()))));
    for (const value of [1, 2, 3, 4]) {
      form.set('headTimeoutMs', value * 1_000);
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(sent()).toEqual([1_000]);
    answers[0]?.();
    await vi.advanceTimersByTimeAsync(100);
    expect(sent()).toEqual([1_000, 4_000]);
  });
});

describe('a refused value', () => {
  test('gives way to the one in force, and says why', async () => {
    transport.answers['settings.set'] = () =>
      fail('CFG_TOO_SMALL', { name: 'headTimeoutMs', value: 1, min: 10, max: 3_600_000 });
    form.set('headTimeoutMs', 1);
    await vi.advanceTimersByTimeAsync(100);
    expect(form.value('headTimeoutMs')).toBe(10_000);
    expect(form.problem('headTimeoutMs')).toMatch(
      /^Head timeout cannot be 1 ms: it starts at 10 ms\. Choose a number from 10 ms to 1 h\.$/,
    );
  });

  test('is forgotten with the next good one', async () => {
    form.refuse('headTimeoutMs', { code: 'CFG_NOT_WHOLE' });
    form.set('headTimeoutMs', 2_000);
    expect(form.problem('headTimeoutMs')).toBeNull();
  });

  test('that an earlier drag position caused does not disturb the present one', async () => {
    transport.answers['settings.set'] = ({ value }) => (value === 1 ? fail('CFG_TOO_SMALL') : ok(settingsState()));
    form.set('headTimeoutMs', 1);
    form.set('headTimeoutMs', 5_000);
    expect(form.value('headTimeoutMs')).toBe(5_000);
    await vi.advanceTimersByTimeAsync(0);
    expect(form.problem('headTimeoutMs')).toBeNull();
  });
});

test('a reset asks for one or for all', async () => {
  await form.reset('headTimeoutMs');
  await form.reset(null);
  expect(transport.paramsOf('settings.reset')).toEqual([{ name: 'headTimeoutMs' }, { name: null }]);
});
