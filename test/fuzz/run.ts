// `npm run fuzz`: hostile requests at a gateway of this process.
import { parseArgs } from 'node:util';
import { startTestGateway } from '../support/gateway-inprocess.ts';
import { type FuzzReport, fuzz, type Tally } from './fuzz.ts';

const HELP = `npm run fuzz -- [--requests <n>] [--seed <n>] [--only <number>] [--concurrency <n>]
Sends hostile requests to a gateway of this process, beside a control group that makes and pays invoices, and looks at every answer.

  --requests <n>      how many, 1 to 100000000; default 100000
  --seed <n>          what is drawn, 0 to 999999999; default: another one each time, printed at the start
  --only <number>     of that seed only the request with this number
  --concurrency <n>   requests at once, 1 to 1000; default 16
  --help              this text

Progress goes to standard error, the tables to standard output. Exit code 1: an answer was wrong, a row was written that should not be, or memory
grew without bound. 2: it broke itself, or was asked for something that cannot be.`;

const refuse = (why: string): never => {
  process.stderr.write(`${why}\n`);
  return process.exit(2);
};
const options = {
  requests: { type: 'string' },
  seed: { type: 'string' },
  only: { type: 'string' },
  concurrency: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;
const read = () => {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
};
const values = read();
if (values.help) {
  process.stdout.write(`${HELP}\n`);
  process.exit(0);
}
const wholeOr = (
  option: 'requests' | 'seed' | 'only' | 'concurrency',
  otherwise: number,
  [least, most]: readonly [number, number],
): number => {
  const text = values[option];
  if (text === undefined) return otherwise;
  const value = Number(text);
  return Number.isInteger(value) && value >= least && value <= most
    ? value
    : refuse(`--${option} holds "${text}"; expected ${least} to ${most}`);
};

const requests = wholeOr('requests', 100_000, [1, 100_000_000]);
const seed = wholeOr('seed', Date.now() % 1_000_000_000, [0, 999_999_999]);
const only = values.only === undefined ? null : wholeOr('only', 0, [0, 100_000_000]);
const concurrency = wholeOr('concurrency', 16, [1, 1_000]);

/** Most growth of the heap between a tenth of the run and its end, after collecting garbage. */
const mostGrowth = 150_000_000;

const unforeseen: string[] = [];
const watchForUnforeseen = (): void => {
  process.on('unhandledRejection', (reason) => void unforeseen.push(`unhandled rejection: ${String(reason)}`));
  process.on('uncaughtException', (error) => void unforeseen.push(`uncaught exception: ${error.stack ?? error.message}`));
};

const heaps: { readonly sent: number; readonly heap: number }[] = [];
const collect = globalThis.gc;
const weigh = (sent: number): number => {
  collect?.();
  const { heapUsed } = process.memoryUsage();
  heaps.push({ sent, heap: heapUsed });
  return heapUsed;
};
const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;

const began = performance.now();
const progress = (sent: number, tally: Tally): void => {
  const heap = sent % 5000 === 0 ? ` heap ${megabytes(weigh(sent))}, rss ${megabytes(process.memoryUsage.rss())}` : '';
  const rate = Math.round(sent / ((performance.now() - began) / 1000));
  process.stderr.write(
    `fuzz: ${sent} of ${requests} sent, ${tally.reached} reached a resolver, ${rate}/s${heap}, ${tally.failures.length} wrong\n`,
  );
};

const byCount = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `  ${name.padEnd(20)} ${String(count).padStart(7)}`)
    .join('\n');

const growth = (): number => {
  const first = heaps.find(({ sent }) => sent >= requests / 10) ?? heaps[0];
  const last = heaps.at(-1);
  return first && last ? last.heap - first.heap : 0;
};

const verdicts = (report: FuzzReport): readonly string[] => [
  ...report.failures.map(
    ({ number, why, request, answer }) =>
      `request ${number} (--seed ${seed} --only ${number}): ${why}\n    ${show(request)}\n    ${answer}`,
  ),
  ...report.written.map((row) => `written: ${row}`),
  ...[...new Set(report.logged)].slice(0, 20).map((line) => `logged: ${line}`),
  ...report.control.failures.map((failure) => `control group: ${failure}`),
  ...unforeseen,
  ...(only === null && report.reached * 2 < report.sent ? [`only ${report.reached} of ${report.sent} reached a resolver`] : []),
  ...(collect && growth() > mostGrowth ? [`the heap grew by ${megabytes(growth())}`] : []),
];

const show = (request: object): string =>
  JSON.stringify(request, (_key, value) => (typeof value === 'string' && value.length > 1500 ? `${value.slice(0, 1500)}…` : value));

process.stderr.write(`fuzz: seed ${seed}, ${requests} requests\n`);
const gateway = await startTestGateway();
watchForUnforeseen();
const report = await fuzz(gateway, { requests, seed, only, concurrency, progress }).catch((error: unknown) => {
  process.stderr.write(`fuzz: it broke itself: ${error instanceof Error ? error.stack : String(error)}\n`);
  return process.exit(2);
});
weigh(report.sent);
const wrong = verdicts(report);
const { sent, reached, seconds, control } = report;
process.stdout.write(
  [
    `seed ${seed}: ${sent} hostile requests in ${Math.round(seconds)} s (${Math.round(sent / seconds)}/s)`,
    `${reached} of them (${((100 * reached) / sent).toFixed(1)} %) reached a resolver`,
    `by kind:\n${byCount(report.kinds)}`,
    `by status:\n${byCount(report.statuses)}`,
    `slowest: ${Math.round(report.slowestMs)} ms (${report.slowestKind})`,
    `control group: ${control.created} invoices created, ${control.paid} paid, ${control.sent} sends, slowest ${Math.round(control.slowestMs)} ms`,
    `heap after collection: ${heaps.map(({ sent: at, heap }) => `${at}: ${megabytes(heap)}`).join(', ')}`,
    wrong.length === 0 ? 'nothing wrong, nothing written but by the control group' : `WRONG:\n${wrong.join('\n')}`,
    '',
  ].join('\n'),
);
await gateway.close();
process.exit(wrong.length === 0 ? 0 : 1);
