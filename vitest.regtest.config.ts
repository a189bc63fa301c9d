// Tests on real LND nodes: one network for all of them, one file after the other, because they share its chain and its channels.
import { defineConfig, mergeConfig } from 'vitest/config';
import base from './vitest.config.ts';

export default defineConfig({
  ...mergeConfig(base, {}),
  test: {
    include: ['test/regtest/**/*.test.ts'],
    globalSetup: ['test/regtest/globalSetup.ts'],
    fileParallelism: false,
    // On a machine that others share a wait may be too short once; what fails twice has failed.
    retry: process.env.CI ? 1 : 0,
    testTimeout: 180_000,
    hookTimeout: 180_000,
    teardownTimeout: 60_000,
  },
});
