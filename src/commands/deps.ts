// What the commands are made of: both stories and the wallets, brought together here because neither story knows the other.

import type { CashOutDeps } from '../cashouts/deps.ts';
import type { DepositDeps } from '../deposits/deps.ts';
import type { InvoiceDeps } from '../invoices/deps.ts';
import type { PaymentDeps } from '../payments/deps.ts';
import type { PayoutDeps } from '../payouts/deps.ts';
import type { Outbound } from '../platform/outbound.ts';
import type { OutgoingSwitch } from '../platform/switches.ts';
import type { WalletStore } from '../wallets/store.ts';
import type { Limits } from './limits.ts';

export interface CommandDeps {
  readonly invoices: InvoiceDeps;
  readonly payments: PaymentDeps;
  readonly deposits: DepositDeps;
  readonly payouts: PayoutDeps;
  readonly restored: CashOutDeps['restored'];
  readonly wallets: WalletStore;
  readonly limits: Limits;
  readonly outgoing: OutgoingSwitch;
  readonly outbound: Outbound;
  /** Null unless a simulated backend is configured: makes its outside payer pay. */
  readonly simulatedPayer:
    | ((order: {
        readonly bolt11: string;
        readonly amountMsat: bigint | null;
      }) => Promise<{ readonly paid: boolean; readonly detail: string }>)
    | null;
  /** Null unless a simulated backend is configured: sends coins from outside to an address, and mines blocks. */
  readonly simulatedDepositor:
    | ((order: { readonly address: string | null; readonly amountMsat: bigint; readonly blocks: number }) => {
        readonly txid: string | null;
        readonly height: number;
      } | null)
    | null;
  readonly about: About;
}

/** What `globals` tells and no story knows. */
export interface About {
  readonly lightningAddressDomain: string;
  readonly version: string;
  readonly commit: string;
  readonly simulated: boolean;
}
