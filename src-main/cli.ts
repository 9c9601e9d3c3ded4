#!/usr/bin/env node
/** The program without a window of its own: the engine, the command line and, on request, the web host. */
import { join } from 'node:path';
import { version } from '../package.json';
import { runCommandLine } from './hosts/cli/command-line';
import { openBrowser } from './hosts/cli/open-browser';
import { onStopSignals } from './hosts/cli/stop-signals';
import { startWebHost } from './hosts/web/web-host';
import { createInspector } from './inspector/inspector';

/** What shells show for a program ended by Ctrl+C. */
const INTERRUPTED = 130;

// Whoever read it has left; there is nobody to tell.
process.stderr.on('error', () => undefined);

let reload = (): boolean => false;
/** There a closed console is told as SIGHUP, and nobody can send one. */
const hasHangup = process.platform !== 'win32';

const exitCode = await runCommandLine(process.argv.slice(2), {
  version,
  createEngine: createInspector,
  startUi: (engine, address) =>
    startWebHost({ engine, ...address, rendererDir: join(import.meta.dirname, '..', 'renderer') }),
  openBrowser,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  onStop: (stop) =>
    onStopSignals(process, {
      first: stop,
      second: () => process.exit(INTERRUPTED),
      hungUp: () => hasHangup && reload(),
    }),
  onReload: (given) => (reload = given),
});
// A reader of standard output that has stopped reading must not keep the program.
process.exit(exitCode);
