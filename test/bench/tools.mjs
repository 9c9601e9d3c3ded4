import { ensureDependencies } from '../setup/dependencies.mjs';
import { ensurePrograms } from '../setup/system-tools.mjs';

/** wrk and slowhttptest make the load, taskset keeps it off the server's core. Null when everything is there. */
export const ensureTools = () =>
  ensureDependencies() ?? ensurePrograms({ wrk: 'wrk', taskset: 'util-linux', slowhttptest: 'slowhttptest' });
