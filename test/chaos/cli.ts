// `npm run chaos`: a network of real LND nodes, a gateway on one of them, and SIGKILL in the middle of its payments, as often as is asked for.
import { appendFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createRandom } from '../../src/backends/simulated/random.ts';
import { startPostgres } from '../bench/postgres.ts';
import { BuildFault } from '../regtest/build.ts';
import { startNetwork } from '../regtest/network.ts';
import { type Outcome, runChaos } from './chaos.ts';
import { report } from './report.ts';
import { openSite } from './site.ts';

const HELP = `npm run chaos -- [--rounds <n>] [--seed <text>] [--database embedded|postgres]
Starts btcd and five LND nodes (built at the first run, for which Go is needed), a gateway on one of them, and kills it (kill -9) in the middle of
payments, receipts and holds; starts it again; asks again as its clients would; and holds what it says against the nodes. Nothing is left running.
Ctrl-c ends it after the round and prints what there is.

  --rounds <n>     kills, 1 to 10000; default 200
  --seed <text>    what is drawn: kinds, amounts, moments; default: another one each time, printed at the start. The nodes' own pace is not drawn
  --database       where the gateway keeps its rows; default: postgres where PostgreSQL 15 is installed, else embedded
  --report <file>  also writes the tables there
  --help           this text

Exit code 1: something was lost, paid twice or told wrongly, or the books differ. 3: Go is missing or too old.`;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

interface Asked {
  readonly rounds: number;
  readonly seed: string;
  readonly database: string | undefined;
}

const run = async ({ rounds, seed, database }: Asked): Promise<Outcome> => {
  const postgres = database === 'embedded' ? 'not asked for' : await startPostgres();
  if (database === 'postgres' && typeof postgres === 'string') throw new Error(postgres);
  const server = typeof postgres === 'string' ? null : postgres;
  let isEnough = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      isEnough = true;
      say('no further round; ctrl-c once more ends at once');
    });
  say(`seed ${seed}; ${server ? `PostgreSQL ${server.version}` : 'embedded database'}`);
  const network = await startNetwork({ say });
  try {
    const site = await openSite({ node: network.nodes.a, databaseUrl: server ? await server.create('chaos') : null });
    try {
      return await runChaos({ network, site, random: createRandom(seed).fraction }, { rounds, say, isEnough: () => isEnough });
    } finally {
      await site.gateway.remove();
    }
  } finally {
    await network.stop();
    await server?.stop();
  }
};

const main = async (): Promise<number> => {
  const options = {
    rounds: { type: 'string', default: '200' },
    seed: { type: 'string' },
    database: { type: 'string' },
    report: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  } as const;
  try {
    const { values } = parseArgs({ options });
    if (values.help) {
      say(HELP);
      return 0;
    }
    const rounds = Number(values.rounds);
    if (!Number.isInteger(rounds) || rounds < 1 || rounds > 10_000)
      throw new Error(`--rounds holds "${values.rounds}"; expected 1 to 10000`);
    if (values.database !== undefined && !['embedded', 'postgres'].includes(values.database))
      throw new Error(`--database holds "${values.database}"; expected embedded or postgres`);
    const began = performance.now();
    const outcome = await run({ rounds, seed: values.seed ?? String(Date.now()), database: values.database });
    const text = `${report(outcome)}\n`;
    say(`\n${text}${Math.round((performance.now() - began) / 1000)} s`);
    if (values.report !== undefined) appendFileSync(values.report, text);
    return outcome.wrong.length === 0 ? 0 : 1;
  } catch (fault) {
    process.stderr.write(`${fault instanceof Error ? fault.message : JSON.stringify(fault)}\n`);
    return fault instanceof BuildFault ? fault.exitCode : 1;
  }
};

process.exit(await main());
