// The gateway under simulation: its lives one after another, on the same database and the same simulated network.
import { connectSimulated, type SimulatedBackend } from '../../src/backends/simulated/backend.ts';
import { simulatedSettings } from '../../src/backends/simulated/settings.ts';
import { createWorlds, type World, type Worlds } from '../../src/backends/simulated/worlds.ts';
import { backendId } from '../../src/lightning/values.ts';
import { type Core, createCore } from '../../src/main/core.ts';
import { defaultPaymentSettings } from '../../src/payments/deps.ts';
import { type Log, silentLog } from '../../src/platform/log.ts';
import type { Metrics } from '../../src/platform/metrics.ts';
import type { Vault } from '../../src/platform/vault.ts';
import { fixedPrice } from '../../src/prices/price.ts';
import { backendOf, createWitness, databaseOf, type Witness } from './boundary.ts';
import type { Ground } from './ground.ts';
import { type Chances, createLife, type Life } from './life.ts';
import type { Timeline } from './timeline.ts';
import type { Virtual } from './virtual.ts';

export const backendNames = ['one', 'two', 'mux'] as const;
export type BackendName = (typeof backendNames)[number];

export interface House {
  readonly world: World;
  readonly witness: Witness;
  readonly backends: ReadonlyMap<BackendName, SimulatedBackend>;
  /** Null while the process is down. */
  current(): { readonly life: Life; readonly core: Core } | null;
  /** Starts a life when there is none. */
  start(): Promise<void>;
  /** Points at which it died. */
  readonly deaths: readonly string[];
  /** What subscribers were told, by life, as cursors. */
  readonly told: readonly (readonly string[])[];
  close(): Promise<void>;
}

export interface HouseParts {
  readonly seed: string;
  readonly ground: Ground;
  readonly timeline: Timeline;
  readonly virtual: Virtual;
  readonly chances: Chances;
  readonly vault: Vault;
  readonly metrics: Metrics;
  /** `two` is a custodian whose failure proves nothing. */
  readonly custodian: boolean;
  /** Somebody listens to every event. */
  readonly watched: boolean;
  readonly hideRate: () => number;
  /** Called when the process has died and is to be started again. */
  readonly onDeath: (life: Life, point: string) => void;
  readonly log?: Log;
}

const settingsOf = (parts: HouseParts, name: BackendName) =>
  simulatedSettings.parse({
    world: parts.seed,
    seed: parts.seed,
    latencyMs: 30,
    blockSeconds: 0,
    ...(name === 'two' && parts.custodian && { failureIsProof: false }),
    ...(name === 'mux' && { holdHashFrom: 'backend', heldSeconds: 60, heldUntilSettled: true }),
  });

/** With a grace of a minute behind `sendBy`, a payment may be invisible for this long and everything must still come right. */
const hiddenMs = 45_000;

export const buildHouse = async (parts: HouseParts): Promise<House> => {
  const { timeline, chances } = parts;
  const worlds = createWorlds({ time: timeline });
  const world = worlds.open(settingsOf(parts, 'one'), timeline);
  const witness = createWitness();
  const backends = new Map<BackendName, SimulatedBackend>();
  const deaths: string[] = [];
  const told: string[][] = [];
  let lives = 0;
  let current: { readonly life: Life; readonly core: Core } | null = null;
  let starting = false;
  const start = async (): Promise<void> => {
    if (current !== null || starting) return;
    starting = true;
    const timers: (() => void)[] = [];
    const life = createLife(++lives, {
      timeline,
      chances,
      onDeath: (point) => {
        deaths.push(point);
        current = null;
        starting = false;
        for (const cancel of timers) cancel();
        // Its connections are gone with it; what it had sent is on its way.
        for (const backend of backends.values()) void backend.close();
        parts.onDeath(life, point);
      },
    });
    const core = await parts.virtual.during(timers, () => createFor(parts, { life, worlds, witness, backends }));
    // Whoever listens has done so before anything happens.
    if (parts.watched) await watch(core, told);
    current = { life, core };
    starting = false;
    core.start();
  };
  return {
    world,
    witness,
    backends,
    deaths,
    told,
    current: () => current,
    start,
    close: async () => {
      current?.life.kill('the end');
      worlds.reset();
    },
  };
};

const watch = async (core: Core, told: string[][]): Promise<void> => {
  const mine: string[] = [];
  told.push(mine);
  await core.feed.listen('*', (event) => mine.push(event.cursor));
};

interface Making {
  readonly life: Life;
  readonly worlds: Worlds;
  readonly witness: Witness;
  readonly backends: Map<BackendName, SimulatedBackend>;
}

const createFor = async (parts: HouseParts, { life, worlds, witness, backends }: Making): Promise<Core> => {
  const { timeline, chances, ground } = parts;
  const log = parts.log ?? silentLog;
  const observing = { life, timeline, witness, db: ground.db, random: chances.random, hideRate: parts.hideRate, hiddenMs };
  const wrapped = [];
  for (const name of backendNames) {
    const backend = await connectSimulated(backendId(name), settingsOf(parts, name), { log, clock: timeline, worlds });
    backends.set(name, backend);
    wrapped.push(backendOf(backend, observing));
  }
  return createCore({
    db: databaseOf(ground.db, life, timeline),
    backends: wrapped,
    network: 'regtest',
    clock: life.clock,
    log,
    metrics: parts.metrics,
    prices: fixedPrice({ currency: 'USD', perBtc: 65_000 }, life.clock),
    about: { lightningAddressDomain: 'localhost', version: 'simulation', commit: 'simulation', simulated: true },
    payments: defaultPaymentSettings,
    keyless: { perMinute: 60, blockSeconds: 300 },
    onChain: { confirmations: 2, leastSats: 5000, targets: { fast: 2, medium: 6, slow: 24 } },
    outbound: () => Promise.reject(new Error('nobody is asked over HTTP here')),
    simulatedPayer: null,
    simulatedDepositor: null,
    vault: parts.vault,
    holds: { perWalletMsat: 10_000_000_000n, perGatewayMsat: 100_000_000_000n, perNodeMsat: 50_000_000_000n, longestSeconds: 600 },
  });
};
