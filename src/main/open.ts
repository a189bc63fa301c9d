// Opens what the configuration names: database, backends, core, and the first accounts. Used by the gateway and by a command line alone.

import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { faultOf } from '../backends/guarded.ts';
import { backendKinds } from '../backends/index.ts';
import type { Backend } from '../backends/port.ts';
import { processWorlds } from '../backends/simulated/backend.ts';
import type { CommandDeps } from '../commands/deps.ts';
import type { LimitSettings } from '../commands/limits.ts';
import type { BackendConfig, Config } from '../config/types.ts';
import { bolt11Text, msat } from '../lightning/values.ts';
import { defaultPaymentSettings } from '../payments/deps.ts';
import { systemClock } from '../platform/clock.ts';
import { type Database, openDatabase } from '../platform/db.ts';
import { createLog, type Log } from '../platform/log.ts';
import { markFile } from '../platform/mark.ts';
import { createMetrics, type Metrics } from '../platform/metrics.ts';
import { createOutbound } from '../platform/outbound.ts';
import { keepPrices } from '../prices/store.ts';
import { type Core, createCore } from './core.ts';
import { type Keys, openKeys } from './keys.ts';
import { openPrices } from './prices.ts';

export interface Opened {
  readonly core: Core;
  readonly db: Database;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly keys: Keys;
  /** Closes core, backends and database, in this order. */
  close(): Promise<void>;
}

export interface OpenOptions {
  readonly version: string;
  /** Instead of the one that the configuration describes. */
  readonly log?: Log;
  /** Instead of the one that the configuration names; closed with the rest. */
  readonly db?: Database;
}

/** Opens everything that a core needs. Never waits for a backend: one that is down is named and asked again. */
export const openCore = async (config: Config, options: OpenOptions): Promise<Opened> => {
  const { level, pretty } = config.log;
  const log = options.log ?? createLog({ level, ...(pretty === null ? {} : { pretty }) });
  const metrics = createMetrics();
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  const db =
    options.db ?? (await openDatabase({ ...databaseOptions(config), migrationsDir: join(packageRoot(), 'prisma', 'migrations'), log }));
  const keys = await openKeys(db, config.holds.keyFile, systemClock);
  const backends = await connectAll(config, log);
  const prices = openPrices(config.price, log);
  const core = await createCore({
    db,
    backends,
    network: config.network,
    clock: systemClock,
    log,
    metrics,
    prices: prices.prices,
    about: {
      lightningAddressDomain: config.lightningAddressDomain,
      version: options.version,
      commit: 'unknown',
      simulated: config.backends.some((one) => one.simulated),
    },
    payments: { ...defaultPaymentSettings, waitSeconds: config.payments.waitSeconds },
    ...limitsOf(config),
    onChain: { confirmations: config.onChain.confirmations, leastSats: config.onChain.leastSats, targets: config.onChain.speeds },
    outbound: createOutbound(config.outbound),
    simulatedPayer: simulatedPayer(config),
    simulatedDepositor: simulatedDepositor(config),
    vault: keys.vault,
    holds: heldAtMost(config),
    exclusive: config.exclusive,
    mark: markFile(join(config.dataDir, 'database.mark')),
  });
  if (config.price === null) log.warn({}, 'no price is configured: display amounts answer zero (set "price" for your currency)');
  // A stated rate makes no graph.
  const isAsked = config.price !== null && config.price.source.is !== 'stated';
  const stopKeeping = isAsked ? keepPrices({ db, prices: prices.prices, clock: systemClock, log }) : async () => undefined;
  await firstAccounts(core, config);
  const close = async (): Promise<void> => {
    await Promise.all([prices.stop(), stopKeeping()]);
    await core.close();
    await core.registry.close();
    await db.close();
  };
  return { core, db, log, metrics, keys, close };
};

const limitsOf = ({ limits }: Config): LimitSettings => ({
  keyless: { perMinute: limits.keylessInvoicesPerMinute, blockSeconds: limits.keylessBlock },
  keyed: {
    key: { invoices: limits.keyInvoicesPerMinute ?? null, addresses: limits.keyAddressesPerHour ?? null },
    account: { invoices: limits.accountInvoicesPerMinute ?? null, addresses: limits.accountAddressesPerHour ?? null },
  },
});

const heldAtMost = ({ holds }: Config) => ({
  perWalletMsat: BigInt(holds.walletSats) * 1000n,
  perGatewayMsat: BigInt(holds.gatewaySats) * 1000n,
  perNodeMsat: BigInt(holds.nodeSats) * 1000n,
  longestSeconds: holds.longestSeconds,
});

const databaseOptions = ({ database }: Config): { url: string | null; dataDir: string; durable: boolean; poolSize?: number } =>
  database.is === 'server'
    ? { url: database.url, dataDir: '', durable: true, poolSize: database.poolSize }
    : { url: null, dataDir: database.dir, durable: database.durable };

/** The folder that holds package.json and prisma/, from the sources as from dist. */
const packageRoot = (): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'prisma', 'migrations')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
};

const connectAll = (config: Config, log: Log): Promise<readonly Backend[]> =>
  Promise.all(
    config.backends.map((one) => {
      const kind = backendKinds[one.kind];
      if (!kind) throw new Error(`there is no kind of backend "${one.kind}"`);
      return kind.connect(one.id, one.settings, { log: log.child({ backend: one.id }), clock: systemClock }).catch((error: unknown) => {
        // Not a node that is down, which keeps nobody from starting: a file of the configuration that cannot be read.
        throw new Error(`backends.${one.id}: ${faultOf(error).detail}`);
      });
    }),
  );

/** What the file names is created once; from then on the database owns it. */
const firstAccounts = async (core: Core, config: Config): Promise<void> => {
  for (const account of config.accounts) {
    const accountId = await core.wallets.ensureAccount(account.name, account.username);
    for (const wallet of account.wallets) await core.wallets.ensureWallet(accountId, wallet);
  }
};

const worldOf = (backend: BackendConfig): string | null => {
  const { settings } = backend;
  return typeof settings === 'object' && settings !== null && 'world' in settings && typeof settings.world === 'string'
    ? settings.world
    : null;
};

const simulatedWorld = (config: Config) => {
  const simulated = config.backends.find((one) => one.simulated);
  const name = simulated ? worldOf(simulated) : null;
  return name === null ? null : processWorlds.get(name);
};

/** The outside payer of the simulated network, for the playground; null with real backends alone. */
const simulatedPayer = (config: Config): CommandDeps['simulatedPayer'] => {
  if (!config.backends.some((one) => one.simulated)) return null;
  return async ({ bolt11, amountMsat }) => {
    const world = simulatedWorld(config);
    if (!world) return { paid: false, detail: 'the simulated network is not there yet' };
    const outcome = await world.payer.pay({ bolt11: bolt11Text(bolt11), ...(amountMsat === null ? {} : { amount: msat(amountMsat) }) });
    return { paid: outcome.is === 'succeeded', detail: outcome.is === 'failed' ? outcome.reason : outcome.is };
  };
};

/** Coins from outside and blocks, for the playground; null with real backends alone. */
const simulatedDepositor = (config: Config): CommandDeps['simulatedDepositor'] => {
  if (!config.backends.some((one) => one.simulated)) return null;
  return ({ address, amountMsat, blocks }) => {
    const network = simulatedWorld(config)?.network;
    if (!network) return null;
    const txid = address === null ? null : network.deposit(address, amountMsat);
    network.mineBlocks(blocks);
    return { txid, height: network.height() };
  };
};

/** An address of somebody outside, for the playground's example of sending. */
export const simulatedAddress = (config: Config): (() => Promise<string>) => {
  return async () => {
    const world = simulatedWorld(config);
    if (!world) throw new Error('the simulated network is not there yet');
    return world.payee.address();
  };
};

/** Makes an invoice of somebody outside, for the playground's examples of paying. */
export const simulatedPayee = (config: Config): (() => Promise<string>) => {
  return async () => {
    const world = simulatedWorld(config);
    if (!world) throw new Error('the simulated network is not there yet');
    return world.payee.createInvoice({ amount: msat(21_000_000n), memo: 'an invoice of somebody outside' }).bolt11;
  };
};
