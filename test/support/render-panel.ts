/** Renders one panel with its models over a fake engine, as the page would. */
import { render } from '@testing-library/svelte';
import type { FeedSnapshot } from '@contract/feed';
import { tick, type Component } from 'svelte';
import { linkOver } from '../../src-renderer/link/connect';
import type { Models } from '../../src-renderer/model/context';
import { createModels } from '../../src-renderer/model/models';
import { FakeEngine } from './fake-engine';
import PanelHarness from './PanelHarness.svelte';
import { makeSnapshot } from './rows';

export interface RenderedPanel {
  readonly engine: FakeEngine;
  readonly models: Models;
}

/** The snapshot is taken in before the panel is drawn. */
export async function renderPanel(
  panel: unknown,
  snapshot: Partial<FeedSnapshot> = {},
  props: Record<string, unknown> = {},
): Promise<RenderedPanel> {
  const engine = new FakeEngine(makeSnapshot({ nowMs: Date.now(), ...snapshot }));
  const link = linkOver(engine.transport);
  const models = createModels(link);
  models.live.start(link);
  await settled();
  render(PanelHarness as unknown as Component<Record<string, unknown>>, {
    props: { models, panel, panelProps: props },
  });
  await tick();
  return { engine, models };
}

/** Lets calls be answered and the page be drawn. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  await tick();
}

/** Lets a pushed batch reach the page: it is taken in with the next animation frame. */
export async function flushed(): Promise<void> {
  await new Promise((resolve) => requestAnimationFrame(resolve));
  await settled();
}
