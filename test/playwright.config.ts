import { resolve } from 'node:path';
import { defineConfig, type PlaywrightTestConfig } from '@playwright/test';
import { findElectron } from '../src-main/launch/electron-binary.mjs';
import { CHROMIUM_ARGS, CHROMIUM_PATH } from './chromium.ts';
import type { HostOptions } from './e2e/host.ts';

const electron = findElectron(resolve(import.meta.dirname, '..'));
// Workers read this file too; it is said once.
if (electron === null && process.env['TEST_WORKER_INDEX'] === undefined) {
  console.log("Electron's binary is not installed: the end-to-end tests run in Chromium alone.");
}

const projects: PlaywrightTestConfig<HostOptions>['projects'] = [{ name: 'web', use: { hostKind: 'web' } }];
if (electron !== null) projects.push({ name: 'electron', use: { hostKind: 'electron' } });

export default defineConfig<HostOptions>({
  testDir: 'e2e',
  outputDir: '../node_modules/.cache/bytescope/e2e',
  timeout: 60_000,
  // Two cores, one engine for each test: one after the other is quicker than against one another.
  workers: 1,
  forbidOnly: process.env['CI'] !== undefined,
  projects,
  use: {
    browserName: 'chromium',
    launchOptions: { executablePath: CHROMIUM_PATH, args: CHROMIUM_ARGS },
    viewport: { width: 1440, height: 900 },
    trace: 'retain-on-failure',
  },
});
