// What leaves the invoice story: no row does. A preimage is in a view only after the invoice was settled.
import type { InvoiceState } from './states.ts';

export interface InvoiceView {
  readonly id: string;
  readonly accountId: string;
  readonly walletId: string;
  readonly kind: 'plain' | 'hold';
  readonly state: InvoiceState;
  readonly paymentHash: string;
  readonly bolt11: string;
  /** BOLT 11 field `s`. */
  readonly paymentSecret: string;
  /** Null: the payer chooses. */
  readonly amountMsat: bigint | null;
  readonly receivedMsat: bigint | null;
  readonly memo: string | null;
  readonly externalId: string;
  /** Null until settled. */
  readonly preimage: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly settledAt: Date | null;
  /** Of hold invoices; null for others. */
  readonly hold: HoldView | null;
}

/** What is promised about a hold, and when it ends. */
export interface HoldView {
  readonly longestHoldSeconds: number;
  readonly onDeadline: 'settle' | 'cancel';
  /** True when the gateway made the preimage and can settle by hash. */
  readonly guardsPreimage: boolean;
  readonly heldAt: Date | null;
  /** Block height before which it ends; null unless held. */
  readonly deadlineHeight: number | null;
  /** Time at which it ends even if no block is mined; null unless held. */
  readonly deadlineAt: Date | null;
}

/** How a payer or a machine sees an invoice (contract §5.9); canceling shows only once the expiry has passed. */
export type InvoiceStatus = 'PENDING' | 'PAID' | 'EXPIRED';

/** PAID when settled, else EXPIRED once the request's own expiry has passed, else PENDING. */
export const statusOf = (invoice: { readonly state: InvoiceState; readonly expiresAt: Date }, now: Date): InvoiceStatus => {
  if (invoice.state === 'settled') return 'PAID';
  // Money that is held or being settled is not expired, whatever the clock says.
  if (invoice.state === 'held' || invoice.state === 'claimed' || invoice.state === 'settling') return 'PENDING';
  return invoice.expiresAt <= now ? 'EXPIRED' : 'PENDING';
};
