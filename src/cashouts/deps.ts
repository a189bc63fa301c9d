// What every verb of a cash-out is given: both stories below it.
import type { InvoiceDeps } from '../invoices/deps.ts';
import type { PaymentDeps } from '../payments/deps.ts';

export interface CashOutDeps {
  readonly invoices: InvoiceDeps;
  readonly payments: PaymentDeps;
}
