import { fireEvent, screen } from '@testing-library/svelte';
import { DEFAULT_SETTINGS, withSetting } from '@contract/settings';
import { describe, expect, test } from 'vitest';
import BucketList from '../../../src-renderer/panels/buckets/BucketList.svelte';
import TripLog from '../../../src-renderer/panels/log/TripLog.svelte';
import { renderPanel } from '../../support/render-panel';
import { makeStats, settingsState, variedLog } from '../../support/rows';

describe('the trip log', () => {
  test('lists the newest first, limit against measured', async () => {
    await renderPanel(TripLog, { log: variedLog() });
    const [first, second] = screen.getAllByRole('listitem');
    expect(first?.textContent).toMatch(/#38\s*head timeout 10 s\s*408/);
    expect(second?.textContent).toContain('body size 1 B over 10 MiB');
  });

  test('leads to the byte a verdict fell at', async () => {
    const { models } = await renderPanel(TripLog, { log: variedLog() });
    await fireEvent.click(screen.getByRole('button', { name: /#35/ }));
    expect(models.selection).toMatchObject({ connectionId: 35, target: { direction: 'in', offset: 52 } });
  });

  test('says so when there is nothing', async () => {
    await renderPanel(TripLog, { stats: makeStats({ trips: 0, faults: 0 }) });
    expect(screen.getByText('Nothing was refused yet.')).toBeTruthy();
  });

  test('says that it was cleared', async () => {
    await renderPanel(TripLog, { stats: makeStats({ trips: 3, faults: 0 }) });
    expect(screen.getByText('Nothing was refused since the log was cleared.')).toBeTruthy();
  });
});

describe('the buckets', () => {
  const slow = settingsState({
    values: withSetting(withSetting(DEFAULT_SETTINGS, 'bucketCapacity', 10), 'bucketRefillPerSec', 0.1),
  });
  const statsWith = (level: number) =>
    makeStats({ bucketCount: 3, buckets: [{ slot: 0, label: '10.0.0.7', level, atMs: Date.now() }] });

  test('show the level and the time to the next token', async () => {
    await renderPanel(BucketList, { stats: statsWith(0.5), settings: slow });
    expect(screen.getByRole('listitem').textContent).toMatch(/10\.0\.0\.7\s*0\.5 \/ 10\s*\+1 in (5\.0|4\.9) s/);
    expect(screen.getByRole('meter').getAttribute('aria-valuemax')).toBe('10');
    expect(screen.getByText('and 2 fuller buckets')).toBeTruthy();
  });

  test('say that the limit is off', async () => {
    await renderPanel(BucketList, {
      stats: statsWith(1),
      settings: settingsState({ values: withSetting(DEFAULT_SETTINGS, 'bucketCapacity', null) }),
    });
    expect(screen.getByText(/rate limit is off/)).toBeTruthy();
  });
});
