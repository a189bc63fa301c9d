// Everything that comes to an account as one stream, as upstream tells it: prices at once and every half minute, and between them each
// receipt, by Lightning, by wallet id or on the chain, and each payment on the chain. Read from the outbox, so that every replica tells it.
import { pendingTransaction } from '../deposits/pending.ts';
import { depositById } from '../deposits/store.ts';
import type { FeedEvent } from '../platform/feed.ts';
import { transactionById, transactionOf } from '../wallets/transactions.ts';
import type { Principal, TransactionView } from '../wallets/view.ts';
import type { CommandDeps } from './deps.ts';
import { type PriceView, priceEveryMs, priceReads } from './pricing.ts';
import { wakeable } from './wake.ts';

export type UpdateView =
  | { readonly is: 'price' | 'realtimePrice'; readonly price: PriceView }
  /** `about`: what upstream calls it. */
  | { readonly is: 'lightning' | 'intraledger' | 'onchain'; readonly about: UpdateKind; readonly transaction: TransactionView };

export type UpdateKind =
  | 'IntraLedgerReceipt'
  | 'LigtningReceipt' // Upstream's spelling, which is its schema's.
  | 'OnchainPayment'
  | 'OnchainReceipt'
  | 'OnchainReceiptPending';

export interface UpdateReads {
  /** Never ends by itself, but for a reader who has fallen far behind: who comes again starts anew. */
  watchUpdates(who: Principal, signal: AbortSignal): AsyncIterable<UpdateView>;
}

// A reader who takes nothing must not fill the memory.
const mostWaiting = 5_000;
const untilFirstMs = 1_000;

export const updateReads = (deps: CommandDeps): UpdateReads => ({ watchUpdates: (who, signal) => watchUpdates(deps, who, signal) });

async function* watchUpdates(deps: CommandDeps, who: Principal, signal: AbortSignal): AsyncGenerator<UpdateView> {
  const { clock, feed } = deps.payments;
  const wake = wakeable(signal);
  const waiting: FeedEvent[] = [];
  const stop = await feed.listen(`account:${who.accountId}`, (event) => {
    if (who.walletId === null || event.walletId === who.walletId) waiting.push(event);
    wake.up();
  });
  let nextPrice = 0;
  try {
    while (!signal.aborted && waiting.length < mostWaiting) {
      if (clock.now().getTime() >= nextPrice) {
        const told = await prices(deps, who);
        yield* told;
        nextPrice = clock.now().getTime() + (told.length > 0 ? priceEveryMs : untilFirstMs);
      }
      for (const event of waiting.splice(0)) {
        const update = await updateOf(deps, event);
        if (update) yield update;
      }
      if (waiting.length === 0) await wake.sleep(clock, Math.max(1, nextPrice - clock.now().getTime()));
    }
  } finally {
    stop();
  }
}

/** The older kind of price is told in dollars alone. */
const prices = async (deps: CommandDeps, who: Principal): Promise<readonly UpdateView[]> => {
  const reads = priceReads(deps.payments);
  const shown = reads.shown(await deps.wallets.displayCurrency(who.accountId));
  if (deps.payments.prices.quote(shown) === null) return [];
  const price = reads.price(shown);
  return shown === 'USD'
    ? [
        { is: 'price', price },
        { is: 'realtimePrice', price },
      ]
    : [{ is: 'realtimePrice', price }];
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;
const textIn = (payload: unknown, name: string): string | null => {
  const found = isObject(payload) ? payload[name] : null;
  return typeof found === 'string' ? found : null;
};

/** Null for what is no receipt. */
const updateOf = async (deps: CommandDeps, { topic, walletId, payload }: FeedEvent): Promise<UpdateView | null> => {
  const { db } = deps.payments;
  if (walletId === null) return null;
  if (topic === 'invoice' && textIn(payload, 'state') === 'settled') {
    const transaction = await transactionOf(db, textIn(payload, 'invoiceId') ?? '', walletId);
    return transaction && { is: 'lightning', about: 'LigtningReceipt', transaction };
  }
  if (topic === 'transfer' && textIn(payload, 'direction') === 'receive') {
    const transaction = await transactionById(db, [walletId], textIn(payload, 'transactionId') ?? '');
    return transaction && { is: 'intraledger', about: 'IntraLedgerReceipt', transaction };
  }
  return onChainUpdate(deps, { topic, walletId, payload });
};

const onChainUpdate = async (
  deps: CommandDeps,
  { topic, walletId, payload }: { readonly topic: string; readonly walletId: string; readonly payload: unknown },
): Promise<UpdateView | null> => {
  const { db } = deps.payments;
  const state = textIn(payload, 'state');
  if (topic === 'payout' && state === 'sent') {
    const transaction = await transactionOf(db, textIn(payload, 'payoutId') ?? '', walletId);
    return transaction && { is: 'onchain', about: 'OnchainPayment', transaction };
  }
  if (topic !== 'deposit') return null;
  const id = textIn(payload, 'depositId') ?? '';
  if (state === 'credited') {
    const transaction = await transactionOf(db, id, walletId);
    return transaction && { is: 'onchain', about: 'OnchainReceipt', transaction };
  }
  const deposit = state === 'pending' ? await depositById(db, id) : null;
  return deposit && { is: 'onchain', about: 'OnchainReceiptPending', transaction: await pendingTransaction(deps.deposits, deposit) };
};
