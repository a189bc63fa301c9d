// What every verb of the payout story is given.
import type { Heights } from '../backends/heights.ts';
import type { Network } from '../backends/port.ts';
import type { Registry } from '../backends/registry.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/db.ts';
import type { Feed } from '../platform/feed.ts';
import type { Log } from '../platform/log.ts';
import type { Prices } from '../prices/price.ts';
import type { WalletView } from '../wallets/view.ts';
import type { Speed } from './view.ts';

export interface PayoutDeps {
  readonly db: Database;
  readonly registry: Registry;
  readonly heights: Heights;
  readonly clock: Clock;
  readonly log: Log;
  readonly feed: Feed;
  readonly prices: Prices;
  readonly network: Network;
  readonly wallet: (id: string) => Promise<WalletView | null>;
  readonly displayCurrency: (accountId: string) => Promise<string>;
  /** Ledger balance in msat, read now. */
  readonly available: (walletId: string) => Promise<bigint>;
  /** The wallet that an address of this gateway belongs to; handed in, because payouts know no deposits. */
  readonly ownAddress: (address: string) => Promise<WalletView | null>;
  /** True while outgoing payments are halted. */
  readonly halted: () => Promise<boolean>;
  readonly alarm: (kind: string, subject: string, detail: Readonly<Record<string, unknown>>) => void;
  readonly settings: PayoutSettings;
  /** Sends of this process that have not had their answer yet. */
  readonly underWay: Set<Promise<void>>;
}

export interface PayoutSettings {
  /** Seconds that a send waits for its answer before it is told as pending. */
  readonly waitSeconds: number;
  /** Seconds from the insert within which the call to the backend must have begun. */
  readonly sendWithinSeconds: number;
  /** Seconds after `sendBy` from which a complete `notFound` proves that nothing was sent. A node may hold a call for long. */
  readonly graceSeconds: number;
  /** Smallest amount in satoshis that is sent on the chain. */
  readonly leastSats: number;
  /** In how many blocks each speed shall be confirmed. */
  readonly targets: { readonly [S in Speed]: number };
}

export const payoutTimes = { sendWithinSeconds: 20, graceSeconds: 600 } as const;
