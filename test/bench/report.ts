// What was measured, as a table for a person and as data for a program; and each target with what was reached.
import { historyTargets } from './history.ts';
import type { Added } from './lightning.ts';
import type { Row } from './measure.ts';
import type { Starts } from './starts.ts';

export interface Report {
  readonly at: string;
  readonly machine: string;
  readonly rows: readonly Row[];
  readonly payments: readonly Added[];
  readonly starts: readonly Starts[];
  readonly skipped: readonly { readonly what: string; readonly why: string }[];
}

export interface Target {
  readonly what: string;
  readonly wanted: string;
  readonly measured: string;
  readonly met: boolean;
}

const columns = ['what', 'database', 'c', 'requests/s', 'p50 ms', 'p95 ms', 'p99 ms', 'CPU ms/req', 'behind', 'RSS MB'];

const cells = (row: Row): readonly string[] => [
  ...[row.what, row.database, String(row.concurrency), row.perSecond.toFixed(0)],
  ...[row.p50, row.p95, row.p99].map((ms) => ms.toFixed(2)),
  ...[row.cpuMs.toFixed(3), row.behindCpuMs === null ? '' : row.behindCpuMs.toFixed(3), row.rssMb.toFixed(0)],
];

/** Words to the left, numbers to the right. */
const table = (head: readonly string[], body: readonly (readonly string[])[], words: number): string => {
  const all = [head, ...body];
  const widths = head.map((_name, column) => Math.max(...all.map((line) => line[column]?.length ?? 0)));
  const line = (texts: readonly string[]): string =>
    texts.map((text, column) => (column < words ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0))).join('  ');
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].map((text) => text.trimEnd()).join('\n');
};

const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0;

const paymentCells = ({ database, payments, raw, ours, around, cpuMs }: Added): readonly string[] => [
  ...['payment on LND', database, String(payments)],
  ...[...raw, ...ours, ours[0] - raw[0], ours[1] - raw[1], around, cpuMs].map((ms) => ms.toFixed(2)),
];
const paymentColumns = [
  'what',
  'database',
  'payments',
  'raw p50',
  'raw p95',
  'ours p50',
  'ours p95',
  'added p50',
  'added p95',
  'around',
  'CPU ms',
];

const startCells = ({ what, database, ms, cpuMs }: Starts): readonly string[] => [
  ...[what, database, String(ms.length), ...[median(ms), Math.max(...ms), median(cpuMs)].map((one) => one.toFixed(0))],
];

export const printed = (report: Report): string => {
  const parts = [`${report.at}  ${report.machine}`];
  if (report.rows.length > 0) parts.push(table(columns, report.rows.map(cells), 2));
  if (report.payments.length > 0) parts.push(table(paymentColumns, report.payments.map(paymentCells), 2));
  if (report.starts.length > 0) {
    parts.push(
      table(
        ['later start, to the first answer', 'database', 'starts', 'median ms', 'worst ms', 'CPU ms'],
        report.starts.map(startCells),
        2,
      ),
    );
  }
  for (const { what, why } of report.skipped) parts.push(`skipped: ${what}: ${why}`);
  const targets = targetsOf(report);
  const lines = targets.map((one) => [one.met ? 'met' : 'MISSED', one.what, one.wanted, one.measured]);
  if (targets.length > 0) parts.push(table(['', 'target', 'wanted', 'measured'], lines, 4));
  return `${parts.join('\n\n')}\n`;
};

/** How many times as cheap in CPU, and how many times as many a second, the first is compared with the second. */
const ratios = (one: Row, other: Row): { readonly cpu: number; readonly rate: number } => ({
  cpu: other.cpuMs / one.cpuMs,
  rate: one.perSecond / other.perSecond,
});

const compared = (what: string, wanted: number, [one, other]: readonly [Row, Row]): Target => {
  const { cpu, rate } = ratios(one, other);
  const measured = `${cpu.toFixed(2)} by CPU per request (${rate.toFixed(2)} by requests/s)`;
  return { what: `${what} (${one.database})`, wanted: `at least ${wanted.toFixed(2)}`, measured, met: cpu >= wanted };
};

export const targetsOf = ({ rows, payments, starts }: Report): readonly Target[] => {
  const at = (what: string): readonly Row[] => rows.filter((row) => row.what === what && row.concurrency === 32);
  const against = (what: string, other: string, wanted: readonly (readonly [string, number])[]): readonly Target[] => {
    const [reference] = at(other);
    if (reference === undefined) return [];
    return at(what).flatMap((row) => wanted.map(([text, ratio]) => compared(text, ratio, [row, reference])));
  };
  const simulated = at('lnInvoiceCreate, simulated').filter((row) => row.database === 'PostgreSQL');
  const latency = (added: Added, index: 0 | 1, most: number): Target => {
    const ms = added.ours[index] - added.raw[index];
    const what = `payment on LND, added p${index === 0 ? 50 : 95} (${added.database})`;
    return { what, wanted: `at most ${most} ms`, measured: `${ms.toFixed(2)} ms`, met: ms <= most };
  };
  return [
    ...against('status poll, 100000 invoices', 'bare yoga', [
      ['status poll / bare yoga', 0.4],
      ['status poll / bare yoga, mark to beat', 0.6],
    ]),
    ...simulated.map((row) => ({
      ...{ what: 'simulated invoices on PostgreSQL', wanted: 'at least 1000/s' },
      ...{ measured: `${row.perSecond.toFixed(0)}/s, ${(1000 / row.cpuMs).toFixed(0)}/s a core`, met: row.perSecond >= 1000 },
    })),
    ...against('lnInvoiceCreate on LND', "LND: ln-service's createInvoice", [["LND invoices / ln-service's createInvoice", 1.2]]),
    ...against('lnInvoiceCreate on LND', 'LND: raw addInvoice', [['LND invoices / raw addInvoice', 0.6]]),
    ...historyTargets(rows),
    ...payments.flatMap((added) => [latency(added, 0, 3), latency(added, 1, 10)]),
    ...starts.map(({ what, database, ms, cpuMs }) => ({
      ...{ what: `later start: ${what} (${database})`, wanted: 'at most 1000 ms' },
      ...{ measured: `${median(ms).toFixed(0)} ms, ${median(cpuMs).toFixed(0)} ms of CPU`, met: median(ms) <= 1000 },
    })),
  ];
};
