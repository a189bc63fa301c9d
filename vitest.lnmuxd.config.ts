// The real lnmuxd alone, on a network of its own: `npm run record-lnmux`, and for whoever works on the adapter.
import { defineConfig, mergeConfig } from 'vitest/config';
import base from './vitest.config.ts';

export default defineConfig({
  ...mergeConfig(base, {}),
  test: { include: ['test/regtest/lnmuxd.test.ts'], testTimeout: 180_000, hookTimeout: 300_000, teardownTimeout: 60_000 },
});
