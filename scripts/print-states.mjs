// Writes docs/STATES.md from the built state tables.
import { mkdirSync, writeFileSync } from 'node:fs';
import { cashOutAlarms, cashOutTable, cashOutTerminal } from '../dist/src/cashouts/states.js';
import { depositAlarms, depositTable, depositTerminal } from '../dist/src/deposits/states.js';
import { invoiceAlarms, invoiceTable, invoiceTerminal } from '../dist/src/invoices/states.js';
import { attemptAlarms, attemptTable } from '../dist/src/payments/states.js';
import { payoutAlarms, payoutTable, payoutTerminal } from '../dist/src/payouts/states.js';
import { statesPage } from './states-page.mjs';

const docs = new URL('../docs/', import.meta.url);
mkdirSync(docs, { recursive: true });
writeFileSync(
  new URL('STATES.md', docs),
  statesPage({
    invoice: { table: invoiceTable, alarms: invoiceAlarms, terminal: invoiceTerminal },
    attempt: { table: attemptTable, alarms: attemptAlarms, terminal: new Set(['succeeded', 'failed']) },
    deposit: { table: depositTable, alarms: depositAlarms, terminal: depositTerminal },
    payout: { table: payoutTable, alarms: payoutAlarms, terminal: payoutTerminal },
    cashOut: { table: cashOutTable, alarms: cashOutAlarms, terminal: cashOutTerminal },
  }),
);
