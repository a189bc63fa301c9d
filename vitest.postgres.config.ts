// The suites of `npm test` once more, on the PostgreSQL server that TEST_DATABASE_URL names, and those that need a server (test/postgres).
import { defineConfig, mergeConfig } from 'vitest/config';
import base from './vitest.config.ts';

export default mergeConfig(
  base,
  defineConfig({
    test: {
      include: ['test/postgres/**/*.test.ts'],
      // These are about the embedded database itself, or touch no database.
      exclude: ['test/unit/platform/embedded*.test.ts', 'test/unit/lightning/**'],
    },
  }),
);
