// docs/STATES.md says what the tables say: whoever changes a table prints the page anew (`npm run generate`).
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { statesPage } from '../../scripts/states-page.mjs';
import { cashOutAlarms, cashOutTable, cashOutTerminal } from '../../src/cashouts/states.ts';
import { depositAlarms, depositTable, depositTerminal } from '../../src/deposits/states.ts';
import { invoiceAlarms, invoiceTable, invoiceTerminal } from '../../src/invoices/states.ts';
import { attemptAlarms, attemptTable } from '../../src/payments/states.ts';
import { payoutAlarms, payoutTable, payoutTerminal } from '../../src/payouts/states.ts';

const page = statesPage({
  invoice: { table: invoiceTable, alarms: invoiceAlarms, terminal: invoiceTerminal },
  attempt: { table: attemptTable, alarms: attemptAlarms, terminal: new Set(['succeeded', 'failed']) },
  deposit: { table: depositTable, alarms: depositAlarms, terminal: depositTerminal },
  payout: { table: payoutTable, alarms: payoutAlarms, terminal: payoutTerminal },
  cashOut: { table: cashOutTable, alarms: cashOutAlarms, terminal: cashOutTerminal },
});

it('is the page printed from the tables', () => {
  expect(readFileSync(new URL('../../docs/STATES.md', import.meta.url), 'utf8')).toBe(page);
});

it('shows every cell of the tables', () => {
  const tables = [invoiceTable, attemptTable, depositTable, payoutTable, cashOutTable];
  for (const [state, row] of tables.flatMap((table) => Object.entries(table))) {
    expect(page).toContain(`\`${state}\``);
    for (const event of Object.keys(row)) expect(page).toContain(`| \`${event}\` |`);
  }
  expect(page.match(/⚠/g)).toHaveLength(
    [invoiceAlarms, attemptAlarms, depositAlarms, payoutAlarms, cashOutAlarms].reduce((sum, { size }) => sum + size, 1),
  );
});
