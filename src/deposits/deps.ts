// What every verb of the deposit story is given.
import type { Heights } from '../backends/heights.ts';
import type { Registry } from '../backends/registry.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/db.ts';
import type { Log } from '../platform/log.ts';
import type { Prices } from '../prices/price.ts';
import type { WalletView } from '../wallets/view.ts';

export interface DepositDeps {
  readonly db: Database;
  readonly registry: Registry;
  readonly heights: Heights;
  readonly clock: Clock;
  readonly log: Log;
  readonly prices: Prices;
  readonly wallet: (id: string) => Promise<WalletView | null>;
  readonly displayCurrency: (accountId: string) => Promise<string>;
  /** Something was committed that others may wait for. */
  readonly poke: () => void;
  /** A person must look: counted and logged; the row itself is written by the statement that saw it. */
  readonly alarm: (kind: string, subject: string, detail: Readonly<Record<string, unknown>>) => void;
  readonly settings: DepositSettings;
}

export interface DepositSettings {
  /** How many blocks a deposit needs (its own counts) before it is credited. */
  readonly confirmations: number;
}
