// Tests that need a program of the system: a browser, a proxy. Each suite has a script that first looks whether the program is there.
import { defineConfig, mergeConfig } from 'vitest/config';
import base from './vitest.config.ts';

export default defineConfig({
  ...mergeConfig(base, {}),
  test: {
    include: ['test/{browser,proxy}/**/*.test.ts'],
    fileParallelism: false,
    // On a machine that others share a wait may be too short once; what fails twice has failed.
    retry: process.env.CI ? 1 : 0,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
