// `npm run simulate`: the money path in virtual time, seed by seed, and whether anything was lost. What it is: docs/simulation.md.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { createLog } from '../../src/platform/log.ts';
import { many, work } from './many.ts';
import { runSeed } from './run.ts';
import { setStage } from './stage.ts';

const HELP = `npm run simulate -- [--seeds <n>] [--from <seed>] [--jobs <n>] [--first]
npm run simulate -- --seed <seed> [--trace]
Plays people, faults and crashes around the gateway in virtual time, then counts all money and says whether any is missing.
Ctrl-c ends it after the seeds that are being played and prints what there is.

  --seeds <n>      how many, 1 to 1000000; default 100
  --from <seed>    the first of them; default 1
  --jobs <n>       processes at once, of up to 1 GB each; default: one per core
  --first          end at the first seed that fails
  --seed <seed>    this one only: the same story each time, as long as the sources are the same
  --trace          with --seed: line by line, with the gateway's log
  --help           this text

With TEST_DATABASE_URL set, on that PostgreSQL server instead of the embedded one (whose processes then decide who comes first: no story is the same
again). Exit code 1: a seed failed, or so many seeds have not met what they must. 2: it was asked for something that cannot be.`;

class Refusal extends Error {}

const options = {
  seeds: { type: 'string', default: '100' },
  from: { type: 'string', default: '1' },
  seed: { type: 'string' },
  trace: { type: 'boolean', default: false },
  jobs: { type: 'string', default: String(availableParallelism()) },
  first: { type: 'boolean', default: false },
  worker: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const read = () => {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    throw new Refusal(error instanceof Error ? error.message : String(error));
  }
};

const whole = (option: string, text: string, [least, most]: readonly [number, number]): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most)
    throw new Refusal(`--${option} holds "${text}"; expected ${least} to ${most}`);
  return value;
};
/** Later seeds live later in virtual time, six hours each: these end before the year 9000. */
const seedRange = [0, 10_000_000] as const;

const one = async (seed: number, isTraced: boolean): Promise<boolean> => {
  const stage = await setStage();
  const tell = isTraced ? { log: createLog({ level: 'debug', pretty: true }), line: (line: string) => console.log(line) } : {};
  const report = await runSeed(seed, stage, tell);
  await stage.close();
  console.log(`seed ${seed}: ${report.points} points, digest ${report.digest}`);
  for (const wrong of report.wrong) console.log(`  WRONG ${wrong}`);
  return report.wrong.length === 0;
};

const main = async (): Promise<boolean> => {
  const values = read();
  if (values.help) {
    console.log(HELP);
    return true;
  }
  if (values.seed !== undefined) return one(whole('seed', values.seed, seedRange), values.trace);
  if (values.trace) throw new Refusal('--trace is for one seed: give it with --seed');
  return many(new URL(import.meta.url), {
    from: whole('from', values.from, seedRange),
    count: whole('seeds', values.seeds, [1, 1_000_000]),
    jobs: whole('jobs', values.jobs, [1, 256]),
    isFirstEnough: values.first,
  });
};

if (process.argv.includes('--worker')) await work();
else
  try {
    process.exitCode = (await main()) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
