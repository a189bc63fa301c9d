// A simulated backend: the port over one node of a simulated network. Nothing here is real money; everything behaves as if it were.
import type { BackendId } from '../../lightning/values.ts';
import type { Backend, BackendKind, BackendTools, Health, Pay, Receive } from '../port.ts';
import { createFacts } from './facts.ts';
import type { Faults } from './faults.ts';
import { cut, isReady, type Link, over, read, restart } from './link.ts';
import { createPay } from './pay.ts';
import { recallOf } from './recall.ts';
import { createHold, createReceive } from './receive.ts';
import { joinSandbox } from './sandbox.ts';
import { type SimulatedSettings, simulatedSettings } from './settings.ts';
import { createBalance, createChain } from './wallet.ts';
import { createWorlds, type World, type Worlds } from './worlds.ts';

/** The port with every facet, and the handles that tests and the playground turn. */
export interface SimulatedBackend extends Required<Omit<Backend, 'currency' | 'tiedUp'>> {
  readonly pay: Required<Pay>;
  readonly receive: Required<Receive>;
  readonly world: World;
  /** Our node's name in the world. */
  readonly node: string;
  readonly faults: Faults;
  /** Cuts the connection for `downMs`: pending calls end in doubt, streams pause and then repeat some facts, HTLCs in flight go on. */
  restart(downMs: number): void;
}

/** Connects to the world that the settings name, and builds it when nobody has. */
export const connectSimulated = async (
  id: BackendId,
  settings: SimulatedSettings,
  tools: BackendTools & { readonly worlds?: Worlds },
): Promise<SimulatedBackend> => {
  const world = (tools.worlds ?? processWorlds).open(settings, tools.clock);
  const node = settings.node ?? id;
  joinSandbox(world.network, settings, node);
  const link: Link = {
    network: world.network,
    node,
    faults: world.faultsOf(node),
    state: { isUp: true, isClosed: false, lives: 0 },
    cuts: new Set(),
  };
  const { key, alias } = world.network.addNode(node, settings.alias);
  tools.log.debug({ backend: id, world: world.name, node }, 'connected to a simulated node');
  return {
    id,
    kind: 'simulated',
    pay: createPay(link, settings),
    receive: createReceive(link, settings),
    hold: createHold(link, settings),
    chain: createChain(link),
    balance: createBalance(link),
    identity: (signal) => read(link, 'identity', { signal, run: () => ({ network: settings.network, key, label: alias }) }),
    facts: createFacts(link),
    recall: (since, signal) => read(link, 'recall', { signal, run: () => recallOf(link, since) }),
    health: () => healthOf(link),
    close: async () => {
      link.state.isClosed = true;
      cut(link);
    },
    world,
    node,
    faults: link.faults,
    restart: (downMs) => restart(link, downMs),
  };
};

const healthOf = (link: Link): Promise<Health> => {
  const down = (): Health => ({
    ready: false,
    syncedToChain: null,
    detail: 'the simulated node does not answer; set it online',
    trouble: 'down',
  });
  return over<Health>(link, 'health', {
    run: () => (isReady(link) ? { ready: true, syncedToChain: true, detail: 'ok' } : down()),
    unsent: down,
    doubt: down,
  });
};

/** The kind over a given set of worlds. */
export const createSimulatedKind = (worlds: Worlds): BackendKind<SimulatedSettings> => ({
  kind: 'simulated',
  simulated: true,
  settings: simulatedSettings,
  connect: (id, settings, tools) => connectSimulated(id, settings, { ...tools, worlds }),
});

/** The one set of worlds that a whole process shares, so that the playground reaches the network of a backend. `reset()` empties it. */
export const processWorlds: Worlds = createWorlds();

export const simulatedKind: BackendKind<SimulatedSettings> = createSimulatedKind(processWorlds);
