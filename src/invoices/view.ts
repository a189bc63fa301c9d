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
  /** Of a wallet that settles late: held is paid to whoever looks at the status. */
  readonly paidWhenHeld: boolean;
  /** Of hold invoices; null for others. */
  readonly hold: HoldView | null;
}

/** What is promised about a hold, and when it ends. */
export interface HoldView {
  /** Where it is held: whose blocks count. */
  readonly backendId: string;
  readonly longestHoldSeconds: number;
  readonly onDeadline: 'settle' | 'cancel';
  /** True when the gateway made the preimage and can settle by hash. */
  readonly guardsPreimage: boolean;
  readonly heldAt: Date | null;
  readonly canceledAt: Date | null;
  /** When it is settled by itself unless somebody undoes it before; null unless held for a wallet that settles late. */
  readonly settleAt: Date | null;
  /** Block height before which it ends; null unless held. */
  readonly deadlineHeight: number | null;
  /** Time at which it ends even if no block is mined; null unless held. */
  readonly deadlineAt: Date | null;
}

/** How a payer or a machine sees an invoice (contract §5.9); canceling shows only once the expiry has passed. */
export type InvoiceStatus = 'PENDING' | 'PAID' | 'EXPIRED';

/** PAID when settled (or held, where held is paid), else EXPIRED once the request's own expiry has passed, else PENDING. */
export const statusOf = (
  invoice: { readonly state: InvoiceState; readonly expiresAt: Date; readonly paidWhenHeld?: boolean },
  now: Date,
): InvoiceStatus => {
  if (invoice.state === 'settled') return 'PAID';
  if (invoice.paidWhenHeld === true && (invoice.state === 'held' || invoice.state === 'settling')) return 'PAID';
  // Money that is held or being settled is not expired, whatever the clock says.
  if (invoice.state === 'held' || invoice.state === 'claimed' || invoice.state === 'settling') return 'PENDING';
  return invoice.expiresAt <= now ? 'EXPIRED' : 'PENDING';
};

/** A hold invoice's own status (additive; never a value of Galoy's). EXPIRED is a view: past its expiry and never paid. */
export type HoldStatus = 'OPEN' | 'HELD' | 'CLAIMED' | 'SETTLING' | 'CANCELING' | 'SETTLED' | 'CANCELED' | 'EXPIRED';

const holdStatuses: { readonly [S in InvoiceState]: HoldStatus } = {
  open: 'OPEN',
  held: 'HELD',
  claimed: 'CLAIMED',
  settling: 'SETTLING',
  canceling: 'CANCELING',
  settled: 'SETTLED',
  canceled: 'CANCELED',
};

/** How its creator sees a hold invoice. */
export const holdStatusOf = (invoice: Pick<InvoiceView, 'state' | 'expiresAt' | 'hold'>, now: Date): HoldStatus => {
  const { state, expiresAt, hold } = invoice;
  if (state === 'open') return expiresAt <= now ? 'EXPIRED' : 'OPEN';
  const endedBy = hold?.canceledAt ?? null;
  const lapsed = state === 'canceled' && (hold?.heldAt ?? null) === null && endedBy !== null && endedBy >= expiresAt;
  return lapsed ? 'EXPIRED' : holdStatuses[state];
};
