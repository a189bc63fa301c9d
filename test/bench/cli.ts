// `npm run bench`: measures the gateway next to what it is made of, in one run on one machine, and says which targets are met.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { accessTo, createSite, type Gateway, startGateway } from './gateways.ts';
import { measureHistory } from './history.ts';
import { findGround, type Ground, invoiceTurns, type LndSite, measurePayments } from './lightning.ts';
import { measureAll, type Pace, type Row, ready, type Subject } from './measure.ts';
import { type Postgres, startPostgres } from './postgres.ts';
import { startProc, stopAll } from './procs.ts';
import { printed, type Report, targetsOf } from './report.ts';
import { bareWork, createBody, gatewayWork, pollBody } from './requests.ts';
import { makeInvoices, type Stored, seed } from './seed.ts';
import { measureStarts } from './starts.ts';

const parts = ['poll', 'create', 'history', 'lnd', 'payments', 'starts'] as const;
type Part = (typeof parts)[number];

const HELP = `npm run bench -- [--only <parts>] [--quick] [--json <file>] [--profile <folder>]
Measures requests/s, latency, CPU per request and memory, next to bare servers and bare LND calls, and compares with the targets.

  --only <parts>       some of ${parts.join(',')} (default: all, about twenty minutes on an idle machine)
      poll       bare node:http, bare yoga, and our status poll with 100,000 invoices stored
      create     lnInvoiceCreate on the simulated backend
      history    pages of transactions and look-ups by hash, with 10,000 movements stored and with 1,000,000
      lnd        lnInvoiceCreate on real LND, next to ln-service's createInvoice and the raw addInvoice
      payments   lnInvoicePaymentSend on real LND, next to the raw sendPaymentV2
      starts     later starts, to the first answer
  --quick              shorter and once: to see that it works, not to believe its figures
  --seconds <n>        how long each figure is measured, a round (default: 4; quick: 2)
  --rounds <n>         how often, taking turns (default: 3; quick: 1)
  --invoices <n>       how many are stored for the poll (default: 100000)
  --movements <n>      how many the long history holds (default: 1000000)
  --database <names>   embedded, postgres, or both with a comma (default: both)
  --json <file>        the same figures as JSON
  --profile <folder>   the gateways write CPU profiles there (they then run slower)
  --help               this text

Progress goes to standard error, the table to standard output. Without PostgreSQL or Go, what needs them is skipped and named.`;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

interface Bench {
  readonly folder: string;
  readonly pace: Pace;
  readonly quick: boolean;
  readonly profileDir: string | null;
  readonly invoices: number;
  readonly movements: number;
  readonly embedded: boolean;
  readonly postgres: Postgres | null;
}

/** Null: embedded. */
const databases = async ({ embedded, postgres }: Bench, name: string): Promise<readonly (string | null)[]> => [
  ...(embedded ? [null] : []),
  ...(postgres === null ? [] : [await postgres.create(name)]),
];

const simulated = { kind: 'simulated', world: 'bench', latencyMs: 0 };

const startBare = async (which: 'http' | 'yoga', what: string): Promise<Subject> => {
  const server = startProc({ script: 'bare.js', args: [which] });
  const port = await server.next((message) => (Object(message).is === 'listening' ? Number(Object(message).port) : undefined));
  return { what, database: '-', work: bareWork(port), server, behind: null };
};

const gatewayOn = async (bench: Bench, name: string, databaseUrl: string | null, before?: (gateway: Gateway) => Promise<void>) => {
  const folder = join(bench.folder, `${name}-${databaseUrl === null ? 'embedded' : 'postgres'}`);
  const site = await createSite({ folder, backend: simulated, databaseUrl });
  if (before !== undefined) {
    const first = await startGateway(site, null);
    await first.proc.stop();
    await before(first);
  }
  return startGateway(site, bench.profileDir);
};

const behindOf = (bench: Bench, { site }: Gateway): string | null => (site.databaseUrl === null ? null : (bench.postgres?.mark ?? null));

const stopAllOf = async (subjects: readonly Subject[]): Promise<void> => {
  for (const { server } of subjects) await server?.stop();
};

const measurePolls = async (bench: Bench): Promise<readonly Row[]> => {
  say(`signing ${bench.invoices} invoices`);
  const stored: readonly Stored[] = makeInvoices(bench.invoices);
  const file = join(bench.folder, 'polls');
  writeFileSync(file, stored.map((one) => pollBody(one.bolt11)).join('\n'));
  const subjects: Subject[] = [await startBare('http', 'bare node:http'), await startBare('yoga', 'bare yoga')];
  for (const url of await databases(bench, 'polls')) {
    say(`storing them, ${url === null ? 'embedded' : 'PostgreSQL'}`);
    const gateway = await gatewayOn(bench, 'polls', url, ({ site }) => seed(site, stored));
    const { key } = await accessTo(gateway);
    const { site, proc } = gateway;
    const work = gatewayWork({ url: site.url, key }, { file }, '"status":"PENDING"');
    subjects.push({
      ...{ what: `status poll, ${bench.invoices} invoices`, database: site.database, work, server: proc, behind: behindOf(bench, gateway) },
    });
  }
  const rows = await measureAll(subjects.map(ready), bench.pace, say);
  await stopAllOf(subjects);
  return rows;
};

const measureCreations = async (bench: Bench): Promise<readonly Row[]> => {
  const subjects: Subject[] = [];
  for (const url of await databases(bench, 'creations')) {
    const gateway = await gatewayOn(bench, 'creations', url);
    const { key, walletId } = await accessTo(gateway);
    const { site, proc } = gateway;
    const work = gatewayWork({ url: site.url, key }, [createBody(walletId, 1500)], '"paymentRequest"');
    subjects.push({
      ...{ what: 'lnInvoiceCreate, simulated', database: site.database, work, server: proc, behind: behindOf(bench, gateway) },
    });
  }
  const rows = await measureAll(subjects.map(ready), bench.pace, say);
  await stopAllOf(subjects);
  return rows;
};

const lndSites = ({ folder, embedded, postgres }: Bench, name: string): readonly LndSite[] => {
  let made = 0;
  const next = (): string => {
    made += 1;
    return `${name}_${made}`;
  };
  const onEmbedded: LndSite = { database: 'embedded', plan: async () => ({ folder: join(folder, next()), databaseUrl: null }) };
  if (postgres === null) return embedded ? [onEmbedded] : [];
  const plan = async () => {
    const database = next();
    return { folder: join(folder, database), databaseUrl: await postgres.create(database) };
  };
  return [...(embedded ? [onEmbedded] : []), { database: 'PostgreSQL', plan }];
};

type Collected = { -readonly [K in 'rows' | 'payments' | 'starts' | 'skipped']: Report[K] };

const onLightning = async (bench: Bench, wanted: ReadonlySet<Part>, collected: Collected): Promise<void> => {
  if (!wanted.has('lnd') && !wanted.has('payments')) return;
  const ground: Ground | string = await findGround(say);
  if (typeof ground === 'string') {
    collected.skipped = [...collected.skipped, { what: 'everything on LND', why: ground }];
    return;
  }
  const { network } = ground;
  try {
    if (wanted.has('lnd')) {
      say('invoices on LND');
      const turns = invoiceTurns(network, lndSites(bench, 'lnd'), bench.profileDir);
      collected.rows = [...collected.rows, ...(await measureAll(turns, bench.pace, say))];
    }
    if (!wanted.has('payments')) return;
    for (const site of lndSites(bench, 'payments')) {
      say(`payments on LND (${site.database})`);
      const added = await measurePayments(network, site, { pairs: bench.quick ? 30 : 100, profileDir: bench.profileDir });
      say(`  p50 and p95 in ms: raw ${added.raw.map((ms) => ms.toFixed(1))}, ours ${added.ours.map((ms) => ms.toFixed(1))}`);
      collected.payments = [...collected.payments, added];
    }
  } finally {
    await ground.end();
  }
};

const runAll = async (bench: Bench, wanted: ReadonlySet<Part>, why: Report['skipped']): Promise<Report> => {
  const collected: Collected = { rows: [], payments: [], starts: [], skipped: why };
  const machine = `${availableParallelism()} cores, Node ${process.versions.node}, ${process.platform}`;
  if (wanted.has('poll')) collected.rows = [...collected.rows, ...(await measurePolls(bench))];
  if (wanted.has('create')) {
    say('invoices on the simulated backend');
    collected.rows = [...collected.rows, ...(await measureCreations(bench))];
  }
  if (wanted.has('history')) {
    const { pace, movements: many } = bench;
    const shared = { databases: (name: string) => databases(bench, name), behindOf: (gateway: Gateway) => behindOf(bench, gateway) };
    const gateways = { gatewayOn: gatewayOn.bind(null, bench) };
    collected.rows = [...collected.rows, ...(await measureHistory({ ...shared, ...gateways, pace, many, say }))];
  }
  await onLightning(bench, wanted, collected);
  if (wanted.has('starts')) {
    say('later starts');
    for (const databaseUrl of await databases(bench, 'starts')) {
      const folder = join(bench.folder, `starts-${databaseUrl === null ? 'embedded' : 'postgres'}`);
      const site = await createSite({ folder, backend: simulated, databaseUrl });
      collected.starts = [...collected.starts, ...(await measureStarts(site, bench.quick ? 3 : 5))];
    }
  }
  return { at: new Date().toISOString(), machine, ...collected };
};

const partsOf = (text: string | undefined): ReadonlySet<Part> => {
  const asked = text === undefined ? [...parts] : text.split(',').map((word) => word.trim());
  const isPart = (word: string): word is Part => parts.some((part) => part === word);
  const wrong = asked.find((word) => !isPart(word));
  if (wrong !== undefined) throw new Error(`there is no part "${wrong}": ${parts.join(', ')}`);
  return new Set(asked.filter(isPart));
};

const options = {
  only: { type: 'string' },
  quick: { type: 'boolean' },
  seconds: { type: 'string' },
  rounds: { type: 'string' },
  invoices: { type: 'string' },
  movements: { type: 'string' },
  database: { type: 'string' },
  json: { type: 'string' },
  profile: { type: 'string' },
  help: { type: 'boolean' },
} as const;

const main = async (): Promise<number> => {
  const { values } = parseArgs({ options });
  if (values.help) {
    process.stdout.write(`${HELP}\n`);
    return 0;
  }
  const wanted = partsOf(values.only);
  const quick = values.quick ?? false;
  const names = (values.database ?? 'embedded,postgres').split(',');
  const postgres = names.includes('postgres') ? await startPostgres() : null;
  const skipped = typeof postgres === 'string' ? [{ what: 'everything on PostgreSQL', why: postgres }] : [];
  // A second signal ends it at once; what was started ends with it all the same.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stopAll);
  const server = typeof postgres === 'string' ? null : postgres;
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-bench-'));
  const profileDir = values.profile === undefined ? null : resolve(values.profile);
  if (profileDir !== null) mkdirSync(profileDir, { recursive: true });
  const ms = Number(values.seconds ?? (quick ? 2 : 4)) * 1000;
  const pace = { warmMs: quick ? 1500 : 2000, ms, rounds: Number(values.rounds ?? (quick ? 1 : 3)) };
  const bench: Bench = {
    ...{ folder, pace, quick, profileDir, invoices: Number(values.invoices ?? 100_000), movements: Number(values.movements ?? 1_000_000) },
    ...{ embedded: names.includes('embedded'), postgres: server },
  };
  try {
    const report = await runAll(bench, wanted, skipped);
    process.stdout.write(`\n${printed(report)}`);
    if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ ...report, targets: targetsOf(report) }, null, 2)}\n`);
    return 0;
  } finally {
    stopAll();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
};

const code = await main().catch((error: unknown) => {
  say(error instanceof Error ? (error.stack ?? error.message) : JSON.stringify(error));
  return 1;
});
process.exit(code);
