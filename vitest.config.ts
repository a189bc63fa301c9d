// Test projects: `npm test` runs all that need Node alone; real nodes and PostgreSQL have scripts of their own.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // graphql 16 has no "exports": Vite would take its .mjs and Node its .js, two copies that refuse each other's schemas.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/{unit,story,conformance,contract,doors,lnmux}/**/*.test.ts', 'test/simulation/simulation.test.ts'],
    // On a machine that others share a wait may be too short once; what fails twice has failed.
    retry: process.env.CI ? 1 : 0,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
