// Many seeds over all cores: processes that are given one seed after the other, and the sums of what their seeds met.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expected, leastSeeds } from './expected.ts';
import { type Report, runSeed } from './run.ts';
import { setStage } from './stage.ts';

/** What a process tells of a seed. */
type Brief = Omit<Report, 'lines'>;

const nothing = { digest: '', faults: {}, crashes: {}, counts: {}, points: 0 };
const broken = (seed: number, why: string): Brief => ({ seed, wrong: [why], ...nothing });

/** A process is replaced after so many seeds: its database never shrinks and has 0.9 GB by then. */
const seedsPerProcess = 2_500;

/** What `--worker` does: plays the seeds that the parent sends, until it sends null or is gone. */
export const work = async (): Promise<void> => {
  // Ctrl-c in a terminal is told to every process of it; the parent decides what it means.
  process.on('SIGINT', () => undefined);
  process.on('disconnect', () => process.exit(1));
  const stage = await setStage();
  process.on('message', ({ seed }: { seed: number | null }) => {
    if (seed === null) return void stage.close().then(() => process.exit(0));
    runSeed(seed, stage).then(
      ({ lines: _, ...report }) => process.send?.(report),
      (error: unknown) => process.send?.(broken(seed, `the run itself broke: ${error instanceof Error ? error.stack : String(error)}`)),
    );
  });
  process.send?.('ready');
};

interface Seeds {
  /** The next one, or null when there is none or none is wanted any more. */
  readonly next: () => number | null;
  readonly take: (report: Brief) => void;
}

/** One process, until it has had its share or there are no more seeds. Rejects when it could not even begin. */
const runProcess = (cli: URL, { next, take }: Seeds): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(cli), ['--worker'], { execArgv: ['--max-semi-space-size=64'] });
    let running: number | null = null;
    let left = seedsPerProcess;
    let hasBegun = false;
    child.on('message', (report: Brief | 'ready') => {
      hasBegun = true;
      if (report !== 'ready') take(report);
      running = left > 0 ? next() : null;
      left -= 1;
      child.send({ seed: running });
    });
    child.on('exit', (code, signal) => {
      if (running !== null) take(broken(running, `the process ended with ${code ?? signal}`));
      if (hasBegun) resolve();
      else reject(new Error(`a process ended with ${code ?? signal} before its first seed`));
    });
  });

const add = (sums: Map<string, number>, more: Readonly<Record<string, number>>): void => {
  for (const [name, count] of Object.entries(more)) sums.set(name, (sums.get(name) ?? 0) + count);
};
const print = (title: string, sums: ReadonlyMap<string, number>): void => {
  console.log(`\n${title}`);
  for (const [name, count] of [...sums].sort((a, b) => b[1] - a[1])) console.log(`${String(count).padStart(8)}  ${name}`);
};

const secondsBetweenLines = 5;

const createSums = (count: number) => {
  const began = performance.now();
  const sums = { faults: new Map<string, number>(), crashes: new Map<string, number>(), counts: new Map<string, number>() };
  const failed: number[] = [];
  let [done, points, told] = [0, 0, 0];
  const seconds = (): number => (performance.now() - began) / 1000;
  return {
    failed,
    take: (report: Brief): void => {
      done += 1;
      points += report.points;
      add(sums.faults, report.faults);
      add(sums.crashes, report.crashes);
      add(sums.counts, report.counts);
      if (report.wrong.length > 0) {
        failed.push(report.seed);
        console.log(`seed ${report.seed} FAILED (npm run simulate -- --seed ${report.seed} --trace)`);
        for (const wrong of report.wrong) console.log(`  ${wrong}`);
      }
      if (seconds() - told < secondsBetweenLines && done < count) return;
      told = seconds();
      const rate = done / told;
      console.log(
        `${done}/${count} seeds, ${failed.length} failed, ${rate.toFixed(1)} seeds/s, ${Math.ceil((count - done) / rate)} s left`,
      );
    },
    /** Prints all of it; whether nothing failed and, of so many seeds that it must be, everything was met. */
    end: (from: number): boolean => {
      print('what people asked and were answered', sums.counts);
      print('faults that calls met', sums.faults);
      print('crashes by the point where the process died', sums.crashes);
      const crashes = [...sums.crashes.values()].reduce((sum, one) => sum + one, 0);
      console.log(
        `\n${done} seeds from ${from} in ${seconds().toFixed(0)} s, ${points} points passed, ${crashes} crashes: ${failed.length} failed`,
      );
      if (failed.length > 0) console.log(`failed: ${failed.join(' ')}`);
      const missing = done < leastSeeds ? [] : expected.filter((name) => !sums.faults.has(name) && !sums.counts.has(name));
      if (missing.length > 0) console.log(`never met in so many seeds: ${missing.join('; ')}`);
      return failed.length === 0 && missing.length === 0;
    },
  };
};

export interface Asked {
  readonly from: number;
  readonly count: number;
  /** Processes at once. */
  readonly jobs: number;
  /** Whether the first seed that fails ends it. */
  readonly isFirstEnough: boolean;
}

/** Plays the seeds with progress and prints what they met. Whether all is well. `cli` is what each process runs, with `--worker`. */
export const many = async (cli: URL, { from, count, jobs, isFirstEnough }: Asked): Promise<boolean> => {
  const sums = createSums(count);
  let upcoming = from;
  let isEnough = false;
  process.once('SIGINT', () => {
    isEnough = true;
    console.log('no further seed; ctrl-c once more ends at once');
  });
  const isOver = (): boolean => isEnough || upcoming >= from + count || (isFirstEnough && sums.failed.length > 0);
  const seeds: Seeds = { next: () => (isOver() ? null : upcoming++), take: sums.take };
  const lane = async (): Promise<void> => {
    while (!isOver()) await runProcess(cli, seeds);
  };
  await Promise.all(Array.from({ length: Math.min(jobs, count) }, lane));
  return sums.end(from);
};
