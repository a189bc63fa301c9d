// Payments between our own ledger wallets, as a backend like any other: payments need not know invoices, because the few functions that do
// are handed in. What it says is as good as the database: a failure is proof, and `find` is complete.
import type { PaymentHash, Preimage } from '../../lightning/values.ts';
import { type BackendId, zeroMsat } from '../../lightning/values.ts';
import type { Backend, Floor, Network, PayOrder, PayOutcome } from '../port.ts';

/** How one of our invoices stands for somebody who pays it inside. */
export type InsideStanding =
  /** Nobody has begun to pay it inside. */
  | { readonly is: 'untouched' }
  /** Its copy at the backend is being canceled; both sides are posted once that is done. */
  | { readonly is: 'underWay' }
  | { readonly is: 'paid'; readonly preimage: Preimage | null }
  /** Paid from outside, canceled, expired, or never ours: nothing moves inside. */
  | { readonly is: 'closed' };

export interface InsideFunctions {
  readonly stand: (hash: PaymentHash) => Promise<InsideStanding>;
  /** Stores the intention, cancels the invoice at its backend, then posts both sides. Answers how it stands afterwards. */
  readonly pay: (order: Pick<PayOrder, 'hash' | 'bolt11' | 'amount'>) => Promise<InsideStanding>;
}

/** The backend over these functions, which are only called once a payment is made. */
export const connectInside = (id: BackendId, functions: InsideFunctions, network: Network): Backend => ({
  id,
  kind: 'inside',
  pay: {
    traits: { unit: 'msat', amountless: true, feeLimit: true, findIsComplete: true, failureIsProof: true },
    floor: async (hash) => floorOf(await functions.stand(hash)),
    probeFee: async () => ({ is: 'fee', fee: zeroMsat }),
    pay: async (order) => outcomeOf(await functions.pay(order)) ?? { is: 'failed', reason: 'rejectedByPayee', ref: null, routes: [] },
    find: async (hash) => outcomeOf(await functions.stand(hash)) ?? { is: 'notFound' },
  },
  identity: async () => ({ network, key: 'inside', label: 'our own ledger' }),
  facts: async function* (_after, signal) {
    // Everything that happens inside is written by whoever does it: there is nothing to tell.
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  },
  health: async () => ({ ready: true, syncedToChain: null, detail: 'ok' }),
  close: async () => undefined,
});

const floorOf = (standing: InsideStanding): Floor => {
  if (standing.is === 'paid') return { is: 'succeeded', ref: null, preimage: standing.preimage };
  return standing.is === 'underWay' ? { is: 'inFlight', ref: null } : { is: 'nothing' };
};

const outcomeOf = (standing: InsideStanding): PayOutcome | null => {
  switch (standing.is) {
    case 'paid':
      return { is: 'succeeded', preimage: standing.preimage, fee: zeroMsat, ref: null, routes: [] };
    case 'underWay':
      return { is: 'inFlight', ref: null };
    case 'closed':
      return { is: 'failed', reason: 'rejectedByPayee', ref: null, routes: [] };
    case 'untouched':
      return null;
  }
};
