// The simulated worlds of a process, by name. Backends that name the same world are nodes of one network and can pay each other.

import { createFaults, type Faults } from './faults.ts';
import { openJournal } from './journal.ts';
import type { Network } from './network.ts';
import { createNetwork } from './network.ts';
import { createOutside, type Outside } from './outside.ts';
import { buildSandbox } from './sandbox.ts';
import type { SimulatedSettings } from './settings.ts';
import { realTime, type Time } from './time.ts';

export interface World extends Outside {
  readonly name: string;
  readonly network: Network;
  /** What goes wrong between the backend of this node and the node; kept while backends come and go. */
  faultsOf(node: string): Faults;
}

export interface Worlds {
  /** The world that the settings name; built at the first call. */
  open(settings: SimulatedSettings, clock: { now(): Date }): World;
  get(name: string): World | null;
  names(): readonly string[];
  /** Forgets all worlds and closes their files. */
  reset(): void;
}

export interface WorldsOptions {
  /** Virtual time for tests; the clock of the first backend and real timers when absent. */
  readonly time?: Time;
}

export const createWorlds = (options: WorldsOptions = {}): Worlds => {
  const worlds = new Map<string, World>();
  return {
    open(settings, clock) {
      const known = worlds.get(settings.world);
      if (known !== undefined) return known;
      const world = createWorld(settings, options.time ?? realTime(clock));
      worlds.set(settings.world, world);
      return world;
    },
    get: (name) => worlds.get(name) ?? null,
    names: () => [...worlds.keys()],
    reset() {
      for (const world of worlds.values()) world.network.close();
      worlds.clear();
    },
  };
};

const createWorld = (settings: SimulatedSettings, time: Time): World => {
  const { journal, saved } = openJournal(settings.stateFile ?? null, time.now());
  const network = createNetwork({
    seed: settings.seed,
    time,
    blockSeconds: settings.blockSeconds,
    journal,
    ...(saved === null ? {} : { saved }),
  });
  if (saved === null) journal.life(network.sim.life);
  buildSandbox(network, settings);
  const faults = new Map<string, Faults>();
  const faultsOf = (node: string): Faults => {
    const known = faults.get(node);
    if (known !== undefined) return known;
    const created = createFaults();
    faults.set(node, created);
    return created;
  };
  return { name: settings.world, network, faultsOf, ...createOutside(network) };
};
