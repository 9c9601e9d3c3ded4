import type { Client } from '@contract/client';
import { createContext } from 'svelte';
import type { Clock } from './clock.svelte';
import type { ConnectionList } from './connections.svelte';
import type { LimitsView } from './limits-view.svelte';
import type { ListenerControl } from './listener.svelte';
import type { Live } from './live.svelte';
import type { ProxyControl } from './proxy.svelte';
import type { Selection } from './selection.svelte';
import type { SettingsForm } from './settings-form.svelte';
import type { Theme } from './theme.svelte';
import type { TopologyView } from './topology-view.svelte';

/** What every panel may reach: one instance of each per page. */
export interface Models {
  readonly client: Client;
  readonly clock: Clock;
  readonly live: Live;
  readonly selection: Selection;
  readonly connections: ConnectionList;
  readonly settingsForm: SettingsForm;
  readonly limitsView: LimitsView;
  readonly listener: ListenerControl;
  readonly proxy: ProxyControl;
  readonly topologyView: TopologyView;
  readonly theme: Theme;
}

export const [getModels, setModels] = createContext<Models>();
