// The simulation itself: the same seed is the same story wherever it is run, and a handful of seeds find nothing wrong. A thousand are run by
// `npm run test:simulation`. On a PostgreSQL server nothing may be wrong either, but its processes decide who comes first: there no seed is
// the same story again.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inMemory } from '../support/database.ts';
import { type Report, runSeed, type Stage } from './run.ts';
import { setStage } from './stage.ts';
import { createTimeline } from './timeline.ts';

let stage: Stage & { readonly close: () => Promise<void> };
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

describe('simulation', () => {
  const reports = new Map<number, Report>();
  test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])('seed %i finds nothing wrong', async (seed) => {
    const report = await runSeed(seed, stage);
    reports.set(seed, report);
    expect(report.wrong).toEqual([]);
    expect(report.points).toBeGreaterThan(100);
  });

  const alone = async (seed: number): Promise<Report> => {
    const own = await setStage(inMemory);
    return runSeed(seed, own).finally(() => own.close());
  };
  test.each([9, 3])('seed %i is the same story again, on a database of its own', async (seed) => {
    const told = stage.ground.db.embedded ? reports.get(seed) : await alone(seed);
    const again = await alone(seed);
    expect(again.lines).toEqual(told?.lines);
    expect(again.digest).toBe(told?.digest);
  });

  test('another seed is another story', () => {
    expect(new Set([...reports.values()].map((report) => report.digest)).size).toBe(reports.size);
  });
});

describe('virtual time', () => {
  test('runs what falls due in order, and waits for what is under way', async () => {
    const timeline = createTimeline(Date.UTC(2026, 0, 1));
    const seen: string[] = [];
    timeline.after(20, () => seen.push(`second at ${timeline.elapsed()}`));
    timeline.after(10, () => {
      const work = new Promise<void>((resolve) => setTimeout(resolve, 30));
      void timeline.busy(work).then(() => seen.push(`first at ${timeline.elapsed()}`));
    });
    const off = timeline.after(15, () => seen.push('never'));
    off();
    await timeline.runTo(25);
    expect(seen).toEqual(['first at 10', 'second at 20']);
    expect(timeline.elapsed()).toBe(25);
  });
});
