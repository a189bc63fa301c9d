// Runs every scenario on a backend. What it cannot do is skipped by its own facets and traits, visibly: the matrix names each with its reason.
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { type Ears, earsOn, type Rig } from './rig.ts';
import { scenarios } from './scenarios.ts';

/** Where the matrix is collected; `npm run conformance` prints it. */
export const resultsFile = fileURLToPath(new URL('../../node_modules/.cache/switchyard/conformance.jsonl', import.meta.url));

const note = (backend: string, scenario: string, result: string): void => {
  mkdirSync(dirname(resultsFile), { recursive: true });
  appendFileSync(resultsFile, `${JSON.stringify({ backend, scenario, result })}\n`);
};

/** `connect` makes a rig of its own for this backend; it is ended after the last scenario. */
export const describeBackend = (name: string, connect: () => Promise<Rig>): void => {
  describe(`conformance of ${name}`, () => {
    let rig: Rig;
    let ears: Ears;
    beforeAll(async () => {
      rig = await connect();
      // As in a gateway, which follows the facts of every backend at all times.
      ears = earsOn(rig.backend);
      ears.start(null);
    }, 120_000);
    afterAll(async () => {
      await ears?.stop();
      await rig?.end();
    });
    test.for(scenarios)('$name', { timeout: 60_000 }, async ({ name: scenario, skip, run }, context) => {
      const why = skip(rig.backend, rig);
      if (why !== null) {
        note(name, scenario, `skipped: ${why}`);
        return context.skip(why);
      }
      note(name, scenario, 'failed');
      await run({ ...rig, ears });
      note(name, scenario, 'passed');
    });
  });
};
