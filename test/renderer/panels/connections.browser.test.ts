/** Real layout: what a row of the list shows where the list is as narrow as it gets. */
import type { ConnectionRow } from '@contract/connections';
import type { Component } from 'svelte';
import { expect, test } from 'vitest';
import { render } from 'vitest-browser-svelte';
import '../../../src-renderer/theme.css';
import { linkOver } from '../../../src-renderer/link/connect';
import { createModels } from '../../../src-renderer/model/models';
import ConnectionsPanel from '../../../src-renderer/panels/connections/ConnectionsPanel.svelte';
import { FakeEngine } from '../../support/fake-engine';
import PanelHarness from '../../support/PanelHarness.svelte';
import { relayedRows, TLS_INFO } from '../../support/proxy-views';
import { makeRow, makeSnapshot, variedRows } from '../../support/rows';

async function showList(rows: readonly ConnectionRow[], width: number): Promise<HTMLElement[]> {
  const engine = new FakeEngine(makeSnapshot({ nowMs: Date.now(), rows }));
  const link = linkOver(engine.transport);
  const models = createModels(link);
  models.live.start(link);
  await render(PanelHarness as unknown as Component<Record<string, unknown>>, { models, panel: ConnectionsPanel });
  for (const box of document.querySelectorAll<HTMLElement>('body > div')) {
    box.style.cssText = `display: grid; height: 2400px; width: ${width}px`;
  }
  const options = () => [...document.querySelectorAll<HTMLElement>('[role=option]')];
  await expect.poll(() => options().length).toBe(rows.length);
  return options();
}

const LONG = makeRow({
  id: 12_345,
  client: '[2001:db8:85a3:8d3:1319:8a2e:370:7348]:51234',
  upstream: 'a-service-with-a-long-name · https://10.20.30.40:8443',
  tls: TLS_INFO,
  bytesIn: 1_234_567_890,
  marks: ['TLS_UPSTREAM_WANTS_CERTIFICATE'],
});
const rows = [...relayedRows(), ...variedRows(), LONG];

// A window of 900 px, and the narrowest the list can be made in the narrowest window.
test.each([297, 246])('shows the whole amount of every row in a list of %i px', async (width) => {
  for (const option of await showList(rows, width)) {
    const part = (name: string) => option.querySelector<HTMLElement>(name)!;
    const [about, amount, badge] = [part('.about'), part('.amount'), part('.badge')];
    expect(amount.scrollWidth, option.ariaLabel ?? '').toBeLessThanOrEqual(amount.clientWidth);
    expect(about.scrollWidth, option.ariaLabel ?? '').toBeLessThanOrEqual(about.clientWidth);
    expect(about.getBoundingClientRect().right).toBeLessThanOrEqual(badge.getBoundingClientRect().left);
    expect(badge.getBoundingClientRect().right).toBeLessThanOrEqual(option.getBoundingClientRect().right);
    expect(about.title).toContain('· ');
  }
});
