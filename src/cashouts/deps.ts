// What every verb of a cash-out is given: both stories below it.
import type { InvoiceDeps } from '../invoices/deps.ts';
import type { PaymentDeps } from '../payments/deps.ts';
import type { Restored } from '../platform/restored.ts';

export interface CashOutDeps {
  readonly invoices: InvoiceDeps;
  readonly payments: PaymentDeps;
  /** The last time that the database was put back to an earlier moment, looked for now; null: never. */
  readonly restored: () => Promise<Restored | null>;
}
