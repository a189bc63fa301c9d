// What every verb of the payment story is given.

import type { Network } from '../backends/port.ts';
import type { Registry } from '../backends/registry.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/db.ts';
import type { Feed } from '../platform/feed.ts';
import type { Log } from '../platform/log.ts';
import type { Prices } from '../prices/price.ts';
import type { WalletView } from '../wallets/view.ts';

/** An invoice of this gateway that somebody wants to pay; handed in, because payments know no invoices. */
export interface OwnInvoice {
  readonly walletId: string;
  readonly bolt11: string;
  /** BOLT 11 field `s`, 64 hex digits. */
  readonly paymentSecret: string;
  readonly backendIdentity: string;
  /**
   * A plain, open invoice of a ledger wallet whose preimage we hold: another ledger wallet may pay it inside, unless the backend that would have to
   * cancel its copy is missing.
   */
  readonly inside: 'now' | 'backendMissing' | 'never';
}

export interface PaymentDeps {
  readonly db: Database;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: Log;
  readonly feed: Feed;
  readonly prices: Prices;
  /** In which currency an account sees its amounts. */
  readonly displayCurrency: (accountId: string) => Promise<string>;
  readonly network: Network;
  readonly wallet: (id: string) => Promise<WalletView | null>;
  readonly ownInvoice: (hash: string) => Promise<OwnInvoice | null>;
  /** True while outgoing payments are halted. */
  readonly halted: () => Promise<boolean>;
  /** For metrics: an attempt has ended so. */
  readonly ended: (outcome: 'succeeded' | 'failed') => void;
  readonly alarm: (kind: string, subject: string, detail: Readonly<Record<string, unknown>>) => void;
  readonly settings: PaymentSettings;
  /** Sends of this process that have not had their answer yet. */
  readonly underWay: Set<Promise<unknown>>;
  /** Attempts whose call to the backend this process is in: their failure is the caller's to write, for it may go on with another backend. */
  readonly calling: Set<string>;
}

export interface PaymentSettings {
  /** Seconds that a send waits for its end before it is answered as pending (Galoy: 45). */
  readonly waitSeconds: number;
  /** Seconds from the insert within which the call to the backend must have begun. */
  readonly sendWithinSeconds: number;
  /** Seconds after `sendBy` from which a complete `notFound` proves that nothing was sent. */
  readonly graceSeconds: number;
}

export const defaultPaymentSettings: PaymentSettings = { waitSeconds: 45, sendWithinSeconds: 20, graceSeconds: 60 };
