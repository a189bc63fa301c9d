// The core put together: stories, commands and workers over a database and its backends, without any door. Tests build it as main does.

import { createHeights } from '../backends/heights.ts';
import { connectInside, type InsideFunctions } from '../backends/inside/backend.ts';
import type { Backend, Network } from '../backends/port.ts';
import { createRegistry, insideId, type Registry } from '../backends/registry.ts';
import { createAsk } from '../commands/ask.ts';
import type { About, CommandDeps } from '../commands/deps.ts';
import { createLimits, type LimitSettings } from '../commands/limits.ts';
import { createReads } from '../commands/looking.ts';
import type { Reads } from '../commands/reads.ts';
import type { Ask } from '../commands/table.ts';
import type { DepositSettings } from '../deposits/deps.ts';
import { hastenChainWatch, knownAddresses } from '../deposits/store.ts';
import type { HoldLimits, InvoiceDeps } from '../invoices/deps.ts';
import { canVoid, payableInside, payInside, standInside } from '../invoices/inside.ts';
import { hastenInvoices, invoiceByHash } from '../invoices/store.ts';
import type { PaymentSettings } from '../payments/deps.ts';
import { sendsAtRest } from '../payments/send.ts';
import { hastenAttempts } from '../payments/store.ts';
import { type PayoutSettings, payoutTimes } from '../payouts/deps.ts';
import { payoutsAtRest } from '../payouts/send.ts';
import { hastenPayouts, hastenSentPayouts } from '../payouts/store.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/db.ts';
import { createFeed, type Feed } from '../platform/feed.ts';
import { recordIncident } from '../platform/incidents.ts';
import type { Log } from '../platform/log.ts';
import type { MarkFile } from '../platform/mark.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Outbound } from '../platform/outbound.ts';
import { ratesInMemory, ratesInTable } from '../platform/rates.ts';
import { Refused, refuse } from '../platform/refusal.ts';
import { lastRestore } from '../platform/restored.ts';
import { type OutgoingSwitch, outgoingSwitch } from '../platform/switches.ts';
import type { Vault } from '../platform/vault.ts';
import type { Prices } from '../prices/price.ts';
import { createWalletStore, type WalletStore } from '../wallets/store.ts';
import { type CashOutGuard, createCashOutGuard } from '../workers/cashouts.ts';
import { createDeadlineGuard, type DeadlineGuard } from '../workers/deadlines.ts';
import { type FollowDeps, follow } from '../workers/follow.ts';
import { startGauges } from '../workers/gauges.ts';
import { createRestoreWatch, type RestoreWatch } from '../workers/restore.ts';
import { createStrangerWatch, type StrangerWatch } from '../workers/strangers.ts';
import { createSweep, type Sweep } from '../workers/sweep.ts';
import { createWatchdog, type Watchdog } from '../workers/watchdog.ts';

export interface CoreParts {
  readonly db: Database;
  readonly backends: readonly Backend[];
  readonly network: Network;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly prices: Prices;
  readonly about: About;
  readonly payments: PaymentSettings;
  readonly onChain: OnChainSettings;
  readonly outbound: Outbound;
  readonly keyless: LimitSettings['keyless'];
  /** Absent: keys are not limited. */
  readonly keyed?: LimitSettings['keyed'];
  readonly simulatedPayer: CommandDeps['simulatedPayer'];
  readonly simulatedDepositor: CommandDeps['simulatedDepositor'];
  readonly vault: Vault;
  readonly holds: HoldLimits;
  /** No other program uses the nodes; false when absent. */
  readonly exclusive?: boolean;
  /** Beside the database; absent: nobody notices that it was restored. */
  readonly mark?: MarkFile;
}

export type OnChainSettings = DepositSettings & Pick<PayoutSettings, 'leastSats' | 'targets'>;

export interface Core {
  readonly ask: Ask;
  readonly reads: Reads;
  readonly wallets: WalletStore;
  readonly registry: Registry;
  readonly feed: Feed;
  readonly outgoing: OutgoingSwitch;
  readonly deps: CommandDeps;
  readonly sweep: Sweep;
  readonly deadlines: DeadlineGuard;
  readonly cashOuts: CashOutGuard;
  readonly watchdog: Watchdog;
  readonly restore: RestoreWatch;
  readonly strangers: StrangerWatch;
  /** Follows the backends and sweeps what waits, until `close`. */
  start(): void;
  /** Resolves when no send is between its insert and its answer. */
  atRest(): Promise<void>;
  /** Stops the workers; the backends and the database stay with whoever opened them. */
  close(): Promise<void>;
}

export const createCore = async (parts: CoreParts): Promise<Core> => {
  const { db, clock, log, metrics } = parts;
  const feed = await createFeed({ db, log });
  const wallets = createWalletStore(db, clock);
  const outgoing = outgoingSwitch(db, clock);
  // The stories are built over the registry, and the backend inside is built over a story: it asks when it is called, not before.
  const late: { deps: CommandDeps | null; restore: RestoreWatch | null } = { deps: null, restore: null };
  const inside = connectInside(insideId, insideFunctions(late), parts.network);
  const registry = createRegistry([...parts.backends, inside], {
    db,
    clock,
    log,
    network: parts.network,
    observed: (backend, call, outcome, seconds) => metrics.observe('backend_call_seconds', { backend, call, outcome }, seconds),
  });
  const deps = storiesOf(parts, { feed, wallets, registry, outgoing, notice: async () => late.restore?.notice() });
  late.deps = deps;
  const stopping = new AbortController();
  const workers = { db, clock, log, invoices: deps.invoices, payments: deps.payments, deposits: deps.deposits, payouts: deps.payouts };
  const sweep = createSweep({ ...workers, swept: (story, rows) => metrics.count('sweep_rows', { story }, rows) });
  const deadlines = createDeadlineGuard({ clock, log, cashOuts: deps });
  const cashOuts = createCashOutGuard({ clock, log, cashOuts: deps });
  const watchdog = createWatchdog({ db, clock, log, registry, outgoing, metrics, alarm: deps.payments.alarm });
  const restore = createRestoreWatch({ ...workers, mark: parts.mark ?? null, alarm: deps.payments.alarm });
  late.restore = restore;
  const strangers = createStrangerWatch({ db, clock, log, registry, exclusive: parts.exclusive ?? false, alarm: deps.payments.alarm });
  let stopGauges: () => Promise<void> = async () => undefined;
  let following: readonly Promise<void>[] = [];

  const onBlock: FollowDeps['block'] = (backendId, height) => {
    deadlines.block(backendId, height);
    hastenSentPayouts(db, backendId, clock.now()).catch((error: unknown) =>
      log.warn({ err: error, backend: backendId }, 'payouts that wait for a block are asked about at their usual time'),
    );
  };
  const start = (): void => {
    following = registry.configured.map((one) =>
      follow({ ...workers, block: onBlock, due: deadlines.due, reconnected: hasten(parts, log) }, one, stopping.signal),
    );
    sweep.start();
    deadlines.start();
    cashOuts.start();
    watchdog.start();
    restore.start();
    strangers.start();
    stopGauges = startGauges({ db, clock, log, metrics, registry, outgoing, prices: parts.prices });
  };

  return {
    ask: measured(createAsk(deps), metrics),
    reads: createReads(deps),
    wallets,
    registry,
    feed,
    outgoing,
    deps,
    sweep,
    deadlines,
    cashOuts,
    watchdog,
    restore,
    strangers,
    start,
    atRest: async () => {
      await Promise.all([sendsAtRest(deps.payments), payoutsAtRest(deps.payouts)]);
    },
    close: async () => {
      stopping.abort();
      await Promise.all([sweep.stop(), deadlines.stop(), cashOuts.stop(), watchdog.stop(), restore.stop(), strangers.stop(), stopGauges()]);
      await Promise.allSettled(following);
      await feed.close();
    },
  };
};

const insideFunctions = (late: { readonly deps: CommandDeps | null }): InsideFunctions => {
  const invoices = (): InvoiceDeps => late.deps?.invoices ?? refuse({ is: 'backendUnavailable' });
  return { stand: (hash) => standInside(invoices(), hash), pay: (order) => payInside(invoices(), order) };
};

/** The same way in, with how long it took and what it refused. */
const measured =
  (ask: Ask, metrics: Metrics): Ask =>
  async (name, input, asking) => {
    const start = performance.now();
    const ended = (outcome: string): void =>
      metrics.observe('command_seconds', { command: name, door: asking.door, outcome }, (performance.now() - start) / 1000);
    try {
      const answer = await ask(name, input, asking);
      ended('ok');
      return answer;
    } catch (error) {
      ended(error instanceof Refused ? 'refused' : 'error');
      if (error instanceof Refused) metrics.count('refusals_total', { refusal: error.refusal.is });
      throw error;
    }
  };

/** A backend that is there again: what waits for it is asked about at once. */
const hasten =
  (parts: CoreParts, log: Log) =>
  (backendId: string): void => {
    const now = parts.clock.now();
    const all = [hastenAttempts, hastenInvoices, hastenPayouts, hastenChainWatch];
    Promise.all(all.map((one) => one(parts.db, backendId, now))).catch((error: unknown) =>
      log.warn({ err: error, backend: backendId }, 'what waits for this backend is asked about at its usual time'),
    );
  };

interface Shared {
  readonly feed: Feed;
  readonly wallets: WalletStore;
  readonly registry: Registry;
  readonly outgoing: OutgoingSwitch;
  /** Notices now whether the database was put back. */
  readonly notice: () => Promise<void>;
}

const storiesOf = (parts: CoreParts, shared: Shared): CommandDeps => {
  const { db, clock, log, prices, metrics } = parts;
  const { feed, wallets, registry, outgoing } = shared;
  const alarm = (kind: string, subject: string, detail: Readonly<Record<string, unknown>>): void => {
    metrics.count('incidents_total', { kind });
    log.error({ incident: kind, subject, ...detail }, 'incident: a person must look at this');
    // Most were written by the statement that saw them; this keeps the others, and changes nothing about those.
    recordIncident(db, clock.now(), { kind, subject, detail }).catch((error: unknown) =>
      log.error({ err: error }, 'an incident was not stored'),
    );
  };
  const heights = createHeights();
  const common = { db, registry, clock, log, prices, alarm, wallet: wallets.wallet, displayCurrency: wallets.displayCurrency };
  const halted = async (): Promise<boolean> => (await outgoing.reason()) !== null;
  return {
    wallets,
    about: parts.about,
    simulatedPayer: parts.simulatedPayer,
    simulatedDepositor: parts.simulatedDepositor,
    deposits: { ...common, heights, poke: feed.poke, settings: { confirmations: parts.onChain.confirmations } },
    payouts: {
      ...common,
      heights,
      feed,
      halted,
      network: parts.network,
      underWay: new Set(),
      available: async (id) => (await wallets.available([id])).get(id) ?? 0n,
      ownAddress: async (address) => {
        const [known] = await knownAddresses(db, [address]);
        return known ? wallets.wallet(known.walletId) : null;
      },
      settings: { ...payoutTimes, ...parts.onChain, waitSeconds: parts.payments.waitSeconds },
    },
    // The embedded database has one process: nobody else counts.
    limits: createLimits(parts, db.embedded ? ratesInMemory(clock) : ratesInTable(db, clock)),
    outgoing,
    restored: async () => {
      // A standby may have taken over within the last second.
      await shared.notice();
      return lastRestore(db);
    },
    outbound: parts.outbound,
    invoices: {
      ...common,
      count: (what, backend) => metrics.count(what, { backend }),
      poke: feed.poke,
      heights,
      vault: parts.vault,
      holds: parts.holds,
      holdsInMaking: new Set(),
    },
    payments: {
      ...common,
      feed,
      network: parts.network,
      settings: parts.payments,
      underWay: new Set(),
      calling: new Set(),
      ended: (outcome) => metrics.count('payments_total', { outcome }),
      halted,
      ownInvoice: async (hash) => {
        const row = await invoiceByHash(db, hash);
        if (!row) return null;
        const ledger = (await wallets.wallet(row.walletId))?.balanceKind === 'ledger';
        const { walletId, bolt11, paymentSecret, backendIdentity } = row;
        const own = { walletId, bolt11, paymentSecret, backendIdentity };
        if (!ledger || !payableInside(row, clock.now())) return { ...own, inside: 'never' };
        return { ...own, inside: (await canVoid({ registry }, row)) ? 'now' : 'backendMissing' };
      },
    },
  };
};
