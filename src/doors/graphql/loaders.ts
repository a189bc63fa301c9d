// Batches what a list would fan out: one question to the core for all balances that one request shows.
import DataLoader from 'dataloader';
import type { Reads } from '../../commands/reads.ts';
import type { Spent } from '../../wallets/spending.ts';
import type { Loaders } from './context.ts';

/** Fresh loaders: they remember what they loaded, so they live no longer than a request or an event. */
export const createLoaders = (reads: Reads): Loaders => ({
  pendingIncoming: new DataLoader<string, bigint>((walletIds) => reads.pendingIncomingBalances(walletIds)),
  balance: new DataLoader<string, bigint>((walletIds) => reads.balances(walletIds)),
  spent: new DataLoader<string, Spent>((keyIds) => reads.spentByKeys(keyIds)),
});
