// Writes a payout that begins: the row `sending`, its reservation, its transaction and its event by one statement, before any byte leaves.
import { bookReserve } from '../wallets/ledger.ts';
import type { WalletView } from '../wallets/view.ts';
import type { PayoutDeps } from './deps.ts';
import { payoutEvent, storedPayout, transactionRow } from './rows.ts';
import { insertPayout, type NewPayout } from './store.ts';

/** Throws what `insertPayout` throws; then nothing is written. */
export const beginPayout = async (deps: PayoutDeps, wallet: WalletView, row: NewPayout): Promise<void> => {
  const stored = storedPayout(row);
  const now = row.created_at;
  const reserve = { msat: row.amount_msat + row.max_fee_msat };
  const price = deps.prices.current(await deps.displayCurrency(row.account_id));
  await insertPayout(deps.db, row, {
    transactions: [transactionRow(stored, { status: 'pending', set: {}, price, now })],
    journals: bookReserve({ wallet, subjectId: row.id, at: now }, reserve, 'payout'),
    events: [payoutEvent(stored, { state: 'sending', set: {}, now })],
  });
  deps.feed.poke();
};
