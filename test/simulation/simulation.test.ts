// The simulation itself: the same seed is the same story wherever it is run, and a handful of seeds find nothing wrong. A thousand are run by
// `npm run test:simulation`.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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

  test.each([9, 3])('seed %i is the same story again, on a database of its own', async (seed) => {
    const other = await setStage();
    const again = await runSeed(seed, other).finally(() => other.close());
    expect(again.lines).toEqual(reports.get(seed)?.lines);
    expect(again.digest).toBe(reports.get(seed)?.digest);
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
