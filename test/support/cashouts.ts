// A machine and its customer for the stories of cash-outs: what they do over the commands, and what the rows say of it.
import { expect } from 'vitest';
import type { CashOutView } from '../../src/cashouts/view.ts';
import type { CreateCashOut } from '../../src/commands/table.ts';
import { invoiceByHash } from '../../src/invoices/store.ts';
import { bolt11Text, type Msat, msat } from '../../src/lightning/values.ts';
import { sql } from '../../src/platform/db.ts';
import { incidentsAbout } from '../../src/platform/incidents.ts';
import { type TestCore, until } from './core.ts';

export const amountMsat = 20_000_000n;

export const machineOf = (core: TestCore) => {
  const ask = core.ask;
  const look = async (id: string) => (await core.reads.cashOut(core.who, id)) ?? expect.fail('no such cash-out');
  const row = async (cashOut: CashOutView) => (await invoiceByHash(core.db, cashOut.invoice.paymentHash)) ?? expect.fail('no invoice');
  const create = (more: Partial<CreateCashOut> = {}, key: string | null = null): Promise<CashOutView> =>
    ask(
      'createCashOut',
      {
        ...{ walletId: core.ledgerId, amountMsat, memo: null, expirySeconds: null, externalId: null },
        ...{ startSeconds: null, dispenseSeconds: null, longestHoldSeconds: null, refundSeconds: null },
        ...more,
      },
      core.asking({ key }),
    );
  const pay = (cashOut: CashOutView, amount?: Msat) =>
    core.backend.world.payer.pay({ bolt11: bolt11Text(cashOut.invoice.bolt11), ...(amount === undefined ? {} : { amount }) });
  const reaches = (cashOut: CashOutView, state: string) => until(`invoice ${state}`, async () => (await row(cashOut)).state === state);
  const becomes = (id: string, state: string) =>
    until(`cash-out ${state}`, async () => {
      const now = await look(id);
      return now.state === state ? now : null;
    });
  const start = (id: string) => ask('startDispense', { id }, core.asking());
  const report = (id: string, result: 'all' | 'none' | 'partial', dispensedMsat: bigint | null = null) =>
    ask('reportDispense', { id, result, dispensedMsat, note: null }, core.asking());
  const redeem = (id: string, bolt11: string) => ask('redeemRefund', { id, bolt11 }, core.asking());
  /** Held, with the customer's payment still under way. */
  const held = async (more: Partial<CreateCashOut> = {}) => {
    const cashOut = await create(more);
    const paid = pay(cashOut);
    await reaches(cashOut, 'held');
    return { cashOut, id: cashOut.id, paid };
  };
  const dispensing = async (more: Partial<CreateCashOut> = {}) => {
    const found = await held(more);
    await start(found.id);
    return found;
  };
  /** Settled, and two million msat of it are to be paid back. */
  const refundable = async () => {
    const { id, cashOut, paid } = await dispensing();
    await report(id, 'partial', 18_000_000n);
    await paid;
    await reaches(cashOut, 'settled');
    return id;
  };
  const set = (what: string, id: string) =>
    sql(core.db, { name: `test_${what.replaceAll(/\W/g, '').slice(0, 50)}`, text: `UPDATE ${what} WHERE id = $1` }, [id]);
  return {
    ...{ look, row, create, pay, reaches, becomes, start, report, redeem, held, dispensing, refundable },
    balance: async () => (await core.wallets.available([core.ledgerId])).get(core.ledgerId) ?? 0n,
    incidents: async (cashOut: CashOutView) => (await incidentsAbout(core.db, cashOut.invoice.paymentHash)).map(({ kind }) => kind),
    /** The customer's own request for a refund. */
    request: (amount: bigint | null) => core.backend.world.payee.createInvoice({ amount: amount === null ? null : msat(amount) }).bolt11,
    startIsLate: (id: string) => set(`invoices SET held_at = held_at - interval '10 minutes'`, id),
    reportIsLate: (id: string) => set(`cash_outs SET report_by = now() - interval '1 second'`, id),
    holdEndsIn: (id: string, seconds: number) => set(`invoices SET deadline_at = now() + interval '${seconds} seconds'`, id),
  };
};
