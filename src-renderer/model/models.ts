import type { Link } from '../link/link';
import { Clock } from './clock.svelte';
import { ConnectionList } from './connections.svelte';
import type { Models } from './context';
import { LimitsView } from './limits-view.svelte';
import { ListenerControl } from './listener.svelte';
import { Live } from './live.svelte';
import { ProxyControl } from './proxy.svelte';
import { Selection } from './selection.svelte';
import { SettingsForm } from './settings-form.svelte';
import { Theme } from './theme.svelte';
import { TopologyView } from './topology-view.svelte';

/** Builds what the panels share. Nothing runs until `live.start(link)`. */
export function createModels({ client }: Link): Models {
  const clock = new Clock();
  const live = new Live(clock);
  const selection = new Selection();
  return {
    client,
    clock,
    live,
    selection,
    connections: new ConnectionList(live, selection),
    settingsForm: new SettingsForm(client, live),
    limitsView: new LimitsView(),
    listener: new ListenerControl(client, live),
    proxy: new ProxyControl(client, live),
    topologyView: new TopologyView(),
    theme: new Theme(),
  };
}
