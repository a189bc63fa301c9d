// What happened, as tables in Markdown, so that they can go into docs/chaos.md as they are printed.
import { isInside, type Killed, type Outcome } from './chaos.ts';
import { kinds } from './deeds.ts';

const states = ['nothing', 'open', 'held', 'sending', 'settling', 'canceling', 'succeeded', 'failed', 'settled', 'canceled'];

const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
const tableOf = (heads: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [row(heads), row(heads.map((_, at) => (at === 0 ? '---' : '--:'))), ...rows.map(row)].join('\n');

const count = (killed: readonly Killed[], is: (one: Killed) => boolean): number => killed.filter(is).length;

/** Rounds whose kill came while a row of that round said sending, settling or canceling. */
export const roundsInside = (killed: readonly Killed[]): number => new Set(killed.filter(isInside).map(({ round }) => round)).size;

export const report = ({ killed, wrong, books }: Outcome): string => {
  const rounds = new Set(killed.map(({ round }) => round)).size;
  const inside = roundsInside(killed);
  const most = Math.max(1, ...states.map((state) => count(killed, (one) => one.state === state)));
  const bar = (n: number): string => '█'.repeat(Math.round((n / most) * 30));
  const ends = ['paid', 'failed', 'settled', 'canceled'] as const;
  const of = (what: string): number => wrong.filter((line) => line.startsWith(what)).length;
  return [
    `${rounds} kills, ${inside} of them (${Math.round((inside / Math.max(1, rounds)) * 100)} %) inside sending, settling or canceling; ${killed.length} payments and receipts under way.`,
    '',
    'How their rows stood when the gateway was killed:',
    '',
    tableOf(
      ['state', 'rows', ''],
      states.map((state) => [state, count(killed, (one) => one.state === state), bar(count(killed, (one) => one.state === state))]),
    ),
    '',
    'What became of them:',
    '',
    tableOf(
      ['', 'under way', 'killed inside', ...ends, 'not ended'],
      kinds.map((kind) => {
        const mine = killed.filter((one) => one.kind === kind);
        return [
          kind,
          mine.length,
          count(mine, isInside),
          ...ends.map((end) => count(mine, (one) => one.end === end)),
          count(mine, ({ end }) => end === null),
        ];
      }),
    ),
    '',
    tableOf(
      ['lost', 'double', 'told FAILURE and paid', 'not ended', 'books'],
      [[of('LOST'), of('DOUBLE'), of('LIED'), of('STUCK'), of('BOOKS') === 0 ? 'equal' : 'DIFFERENT']],
    ),
    '',
    `ledger ${books.ledgerMsat} msat, node ${books.nodeMsat} msat, payments and receipts ${books.deedsMsat} msat`,
    ...wrong.map((line) => `WRONG ${line}`),
  ].join('\n');
};
