// The core over a real database and a simulated network of its own, for story tests: one account, wallets of both kinds, a key's principal.

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Backend } from '../../src/backends/port.ts';
import { connectSimulated, type SimulatedBackend } from '../../src/backends/simulated/backend.ts';
import { simulatedSettings } from '../../src/backends/simulated/settings.ts';
import { createWorlds, type Worlds } from '../../src/backends/simulated/worlds.ts';
import type { Asking } from '../../src/commands/table.ts';
import { backendId } from '../../src/lightning/values.ts';
import { type Core, createCore } from '../../src/main/core.ts';
import { defaultPaymentSettings, type PaymentSettings } from '../../src/payments/deps.ts';
import { type Clock, systemClock } from '../../src/platform/clock.ts';
import type { Database } from '../../src/platform/db.ts';
import { type Log, silentLog } from '../../src/platform/log.ts';
import type { MarkFile } from '../../src/platform/mark.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { createOutbound, type Outbound } from '../../src/platform/outbound.ts';
import { addVaultKey, readVault, type Vault } from '../../src/platform/vault.ts';
import { fixedPrice } from '../../src/prices/price.ts';
import type { NewWallet } from '../../src/wallets/store.ts';
import type { Principal } from '../../src/wallets/view.ts';
import { testDatabase } from './database.ts';

export interface TestCore extends Core {
  readonly db: Database;
  readonly backend: SimulatedBackend;
  readonly second: SimulatedBackend;
  readonly accountId: string;
  /** Balance kind node, on `one`, pays by `one` alone. */
  readonly walletId: string;
  /** Balance kind node, receives and pays by `one`, then `two`. */
  readonly twoWalletId: string;
  /** Balance kind ledger, on `one`. */
  readonly ledgerId: string;
  readonly who: Principal;
  readonly asking: (more?: Partial<Asking>) => Asking;
  readonly end: () => Promise<void>;
}

export interface TestCoreOptions {
  readonly clock?: Clock;
  readonly log?: Log;
  readonly payments?: Partial<PaymentSettings>;
  /** Follow and sweep; true unless a test drives them itself. */
  readonly workers?: boolean;
  readonly db?: Database;
  readonly latencyMs?: number;
  /** What the simulated backends are like, beyond that. */
  readonly simulated?: Readonly<Record<string, unknown>>;
  /** Beside the two simulated ones. */
  readonly more?: readonly Backend[];
  /** Instead of one that may ask this machine. */
  readonly outbound?: Outbound;
  /** A second life of a gateway opens what the first one sealed. */
  readonly vault?: Vault;
  /** A second life of a gateway finds the network of the first one. */
  readonly worlds?: Worlds;
  readonly mark?: MarkFile;
  /** No other program uses the nodes. */
  readonly exclusive?: boolean;
}

export const testVault = () => {
  const file = join(mkdtempSync(join(tmpdir(), 'switchyard-vault-')), 'keys');
  addVaultKey(file, new Date());
  return readVault(file);
};

/** Terms of a wallet on the node `one`, that books nothing unless told otherwise. */
export const walletTerms = (name: string, more: Partial<NewWallet> = {}): NewWallet => ({
  name,
  balanceKind: 'node',
  receiveRoute: ['one'],
  payRoute: ['one'],
  acceptFixedAmount: true,
  keylessCreate: false,
  defaultExpirySeconds: null,
  defaultFeeLimitPpm: null,
  ...more,
});

export const testCore = async (options: TestCoreOptions = {}): Promise<TestCore> => {
  const clock = options.clock ?? systemClock;
  const log = options.log ?? silentLog;
  const db = options.db ?? (await testDatabase());
  const worlds = options.worlds ?? createWorlds();
  const settings = simulatedSettings.parse({ latencyMs: options.latencyMs ?? 1, blockSeconds: 0, ...options.simulated });
  const connect = (name: string): Promise<SimulatedBackend> => connectSimulated(backendId(name), settings, { log, clock, worlds });
  const [backend, second] = [await connect('one'), await connect('two')];
  const core = await createCore({
    db,
    backends: [backend, second, ...(options.more ?? [])],
    network: 'regtest',
    clock,
    log,
    metrics: createMetrics(),
    prices: fixedPrice({ currency: 'USD', perBtc: 65_000 }, clock),
    about: { lightningAddressDomain: 'localhost', version: 'test', commit: 'test', simulated: true },
    payments: { ...defaultPaymentSettings, ...options.payments },
    keyless: { perMinute: 60, blockSeconds: 300 },
    onChain: { confirmations: 2, leastSats: 5000, targets: { fast: 1, medium: 6, slow: 24 } },
    outbound: options.outbound ?? createOutbound({ allowPrivate: true, onionProxy: null }),
    simulatedPayer: null,
    simulatedDepositor: null,
    vault: options.vault ?? testVault(),
    holds: { perWalletMsat: 10_000_000_000n, perGatewayMsat: 100_000_000_000n, perNodeMsat: 50_000_000_000n, longestSeconds: 600 },
    ...(options.mark && { mark: options.mark }),
    exclusive: options.exclusive ?? false,
  });
  const accountId = await core.wallets.ensureAccount('operator', null);
  const walletId = await core.wallets.ensureWallet(accountId, walletTerms('atm'));
  const twoWalletId = await core.wallets.ensureWallet(
    accountId,
    walletTerms('two', { receiveRoute: ['one', 'two'], payRoute: ['one', 'two'] }),
  );
  const ledgerId = await core.wallets.ensureWallet(accountId, walletTerms('ledger', { balanceKind: 'ledger', keylessCreate: true }));
  const who: Principal = { accountId, keyId: null, walletId: null, scopes: new Set(['READ', 'RECEIVE', 'WRITE']), waitSeconds: null };
  if (options.workers !== false) core.start();
  return {
    ...core,
    db,
    backend,
    second,
    accountId,
    walletId,
    twoWalletId,
    ledgerId,
    who,
    asking: (more = {}) => ({ who, door: 'graphql', key: null, from: '127.0.0.1', signal: new AbortController().signal, ...more }),
    end: async () => {
      await core.close();
      await core.registry.close();
      if (!options.db) await db.close();
    },
  };
};

/** Asks until `look` answers something, and fails with `what` after `ms`. */
export const until = async <T>(what: string, look: () => Promise<T | null | undefined | false>, ms = 10_000): Promise<T> => {
  const end = Date.now() + ms;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited ${ms} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
};
