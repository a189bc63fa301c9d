// The long simulations: a thousand seeds, and the planted bugs. Each uses all cores by itself, so one after the other.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/simulation/{thousand,mutants}.test.ts'],
    fileParallelism: false,
    testTimeout: 1_800_000,
    hookTimeout: 120_000,
  },
});
