// `npm run simulate -- --seeds n [--from seed] [--jobs n]`, or `--seed s --trace` for one of them again. Prints progress, what was met, and
// every seed that failed; exits with 1 when one did.
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createLog } from '../../src/platform/log.ts';
import { expected, leastSeeds } from './expected.ts';
import { type Report, runSeed } from './run.ts';
import { setStage } from './stage.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
    jobs: { type: 'string', default: String(availableParallelism()) },
    /** Stop after the first seed that fails. */
    first: { type: 'boolean', default: false },
    worker: { type: 'boolean', default: false },
  },
});

type Brief = Omit<Report, 'lines'>;

const one = async (seed: number): Promise<number> => {
  const stage = await setStage();
  const log = values.trace ? { log: createLog({ level: 'debug', pretty: true }), line: (line: string) => console.log(line) } : {};
  const report = await runSeed(seed, stage, log);
  await stage.close();
  console.log(`seed ${seed}: ${report.points} points, digest ${report.digest}`);
  for (const wrong of report.wrong) console.log(`  WRONG ${wrong}`);
  return report.wrong.length === 0 ? 0 : 1;
};

const work = async (): Promise<void> => {
  const stage = await setStage();
  process.on('message', ({ seed }: { seed: number | null }) => {
    if (seed === null) return void stage.close().then(() => process.exit(0));
    runSeed(seed, stage).then(
      ({ lines: _, ...report }) => process.send?.(report),
      (error: unknown) => {
        const wrong = [`the run itself broke: ${error instanceof Error ? error.stack : String(error)}`];
        process.send?.({ seed, wrong, digest: '', faults: {}, crashes: {}, counts: {}, points: 0 } satisfies Brief);
      },
    );
  });
  process.send?.('ready');
};

const add = (sums: Map<string, number>, more: Readonly<Record<string, number>>): void => {
  for (const [name, count] of Object.entries(more)) sums.set(name, (sums.get(name) ?? 0) + count);
};
const print = (title: string, sums: ReadonlyMap<string, number>): void => {
  console.log(`\n${title}`);
  for (const [name, count] of [...sums].sort((a, b) => b[1] - a[1])) console.log(`${String(count).padStart(8)}  ${name}`);
};

const many = async (from: number, count: number, jobs: number): Promise<number> => {
  const began = performance.now();
  const sums = { faults: new Map<string, number>(), crashes: new Map<string, number>(), counts: new Map<string, number>() };
  const failed: Brief[] = [];
  let [next, done, points, told] = [from, 0, 0, 0];
  const seconds = (): number => (performance.now() - began) / 1000;
  const take = (report: Brief): void => {
    done += 1;
    points += report.points;
    add(sums.faults, report.faults);
    add(sums.crashes, report.crashes);
    add(sums.counts, report.counts);
    if (report.wrong.length > 0) {
      failed.push(report);
      console.log(`seed ${report.seed} FAILED (npm run simulate -- --seed ${report.seed} --trace)`);
      for (const wrong of report.wrong) console.log(`  ${wrong}`);
    }
    if (seconds() - told < 5 && done < count) return;
    told = seconds();
    console.log(`${done}/${count} seeds, ${failed.length} failed, ${(done / seconds()).toFixed(1)} seeds/s`);
  };
  const lane = (): Promise<void> =>
    new Promise((resolve) => {
      const child = fork(fileURLToPath(import.meta.url), ['--worker']);
      let running: number | null = null;
      child.on('message', (report: Brief | 'ready') => {
        if (report !== 'ready') take(report);
        const more = next < from + count && !(values.first && failed.length > 0);
        running = more ? next++ : null;
        child.send({ seed: running });
      });
      child.on('exit', (code) => {
        if (running !== null)
          take({ seed: running, wrong: [`the process ended with ${code}`], digest: '', faults: {}, crashes: {}, counts: {}, points: 0 });
        resolve();
      });
    });
  await Promise.all(Array.from({ length: Math.min(jobs, count) }, lane));
  print('what people asked and were answered', sums.counts);
  print('faults that calls met', sums.faults);
  print('crashes by the point where the process died', sums.crashes);
  const crashes = [...sums.crashes.values()].reduce((sum, one) => sum + one, 0);
  console.log(
    `\n${done} seeds from ${from} in ${seconds().toFixed(0)} s, ${points} points passed, ${crashes} crashes: ${failed.length} failed`,
  );
  if (failed.length > 0) console.log(`failed: ${failed.map((one) => one.seed).join(' ')}`);
  const missing = done < leastSeeds ? [] : expected.filter((name) => !sums.faults.has(name) && !sums.counts.has(name));
  if (missing.length > 0) console.log(`never met in so many seeds: ${missing.join('; ')}`);
  return failed.length === 0 && missing.length === 0 ? 0 : 1;
};

if (values.worker) await work();
else
  process.exitCode =
    values.seed === undefined ? await many(Number(values.from), Number(values.seeds), Number(values.jobs)) : await one(Number(values.seed));
