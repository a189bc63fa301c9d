// `npm run fuzz -- --requests 100000 --seed 7 [--only 1234] [--concurrency 16]`: hostile requests at a gateway of this process. Ends with
// code 1 when one answer was wrong, one row was written that should not be, or memory grew without bound.
import { parseArgs } from 'node:util';
import { startTestGateway } from '../support/gateway-inprocess.ts';
import { type FuzzReport, fuzz, type Tally } from './fuzz.ts';

const { values } = parseArgs({
  options: { requests: { type: 'string' }, seed: { type: 'string' }, only: { type: 'string' }, concurrency: { type: 'string' } },
});
const wholeOr = (text: string | undefined, otherwise: number): number => (text === undefined ? otherwise : Number.parseInt(text, 10));

const requests = wholeOr(values.requests, 100_000);
const seed = wholeOr(values.seed, Date.now() % 1_000_000_000);
const only = values.only === undefined ? null : wholeOr(values.only, 0);

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
const report = await fuzz(gateway, { requests, seed, only, concurrency: wholeOr(values.concurrency, 16), progress }).catch(
  (error: unknown) => {
    process.stderr.write(`fuzz: it broke itself: ${error instanceof Error ? error.stack : String(error)}\n`);
    return process.exit(2);
  },
);
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
