// What every verb of the invoice story is given.
import type { Heights } from '../backends/heights.ts';
import type { Registry } from '../backends/registry.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/db.ts';
import type { Log } from '../platform/log.ts';
import type { Vault } from '../platform/vault.ts';
import type { Prices } from '../prices/price.ts';
import type { WalletView } from '../wallets/view.ts';

export interface InvoiceDeps {
  readonly db: Database;
  readonly registry: Registry;
  /** What blocks are left is counted from here. */
  readonly heights: Heights;
  readonly clock: Clock;
  readonly log: Log;
  readonly prices: Prices;
  /** In which currency an account sees its amounts. */
  readonly displayCurrency: (accountId: string) => Promise<string>;
  readonly wallet: (id: string) => Promise<WalletView | null>;
  /** Seals the preimages that the gateway guards. */
  readonly vault: Vault;
  readonly holds: HoldLimits;
  /** Those that this process is making now: counted beside what is stored (room.ts). */
  readonly holdsInMaking: Set<HoldInMaking>;
  /** Something was committed that others may wait for. */
  readonly poke: () => void;
  /** For metrics: one more of these, on this backend. */
  readonly count: (what: 'invoices_created' | 'invoices_settled', backendId: string) => void;
  /** A person must look: counted and logged; the row itself is written by the statement that saw it. */
  readonly alarm: (kind: string, subject: string, detail: Readonly<Record<string, unknown>>) => void;
}

/** A hold invoice on its way into the database. */
export interface HoldInMaking {
  readonly walletId: string;
  readonly amountMsat: bigint;
  /** Its idempotency key, and whose. */
  readonly asked: { readonly by: string; readonly key: string } | null;
  /** The key of the node that it is asked of now; null before it is asked of any. */
  nodeKey: string | null;
  /** It was refused, or failed: nothing will be stored. */
  cameToNothing: boolean;
}

/** How much may be open or held in hold invoices at once, in msat, for held HTLCs fill channels; and for how long when nobody says. */
export interface HoldLimits {
  readonly perWalletMsat: bigint;
  readonly perGatewayMsat: bigint;
  /** At one node, whoever's wallets it serves and however many backends it is. */
  readonly perNodeMsat: bigint;
  /** Seconds, for a hold invoice whose creator names no longest hold. */
  readonly longestSeconds: number;
}
