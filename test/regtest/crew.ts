// The programs of one network: btcd and the LND nodes, each in its folder and on its ports. They are this process's own and end with it.
import { join } from 'node:path';
import { type BtcdAccess, btcdAccess, btcdArguments, callBtcd } from './btcd.ts';
import type { Binaries } from './build.ts';
import { type Daemon, startDaemon, whileRunning } from './daemon.ts';
import { CHANNEL_NODES, describeNode, isNodeName, lndArguments, type NodeDescription, type NodeName, type NodePlace } from './lnd.ts';
import { freePorts } from './ports.ts';
import { waitUntil } from './wait.ts';

/** Starting and ending nodes, whichever process they belong to. */
export interface NodeControl {
  /** Resolves when it answers; one that runs already is left alone. */
  readonly start: (name: NodeName) => Promise<NodeDescription>;
  /** The orderly way; one that does not run is left alone. */
  readonly stop: (name: NodeName) => Promise<void>;
  /** SIGKILL: what a power cut does. */
  readonly kill: (name: NodeName) => Promise<void>;
  readonly running: () => Promise<readonly NodeName[]>;
}

export interface Crew extends NodeControl {
  readonly btcd: BtcdAccess;
  /** A fresh, empty chain whose blocks pay to `miner`. Resolves, with the running program, when btcd answers. */
  readonly startBtcd: (miner: string) => Promise<Daemon>;
  readonly stopBtcd: () => Promise<void>;
  /** Ends all of them at once and waits until they are gone. */
  readonly end: () => Promise<void>;
}

export interface CrewOptions {
  readonly binaries: Binaries;
  readonly folder: string;
  readonly cluster: boolean;
}

const STOP_MS = 30_000;

function placesOf(folder: string, ports: readonly number[]): ReadonlyMap<NodeName, NodePlace> {
  const names: readonly NodeName[] = [...CHANNEL_NODES, 'f'];
  return new Map(
    names.map((name, index) => [
      name,
      { name, home: join(folder, name), rpcPort: ports[2 * index] ?? 0, p2pPort: ports[2 * index + 1] ?? 0 },
    ]),
  );
}

export async function createCrew({ binaries, folder, cluster }: CrewOptions): Promise<Crew> {
  const [rpcPort = 0, p2pPort = 0, ...ports] = await freePorts(14, 'later');
  const places = placesOf(folder, ports);
  const home = join(folder, 'btcd');
  const btcd = btcdAccess(home, [rpcPort, p2pPort]);
  const daemons = new Map<string, Daemon>();

  const endOne = async (name: string, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    const daemon = daemons.get(name);
    if (!daemon) return;
    daemon.signal(signal);
    const late = setTimeout(() => daemon.signal('SIGKILL'), STOP_MS);
    await daemon.ended;
    clearTimeout(late);
  };
  const isRunning = (name: string) => daemons.get(name)?.isRunning() === true;
  const launch = (name: string, command: string, args: readonly string[]): Daemon => {
    const daemon = startDaemon({ name, command, args, home: join(folder, name) });
    daemons.set(name, daemon);
    return daemon;
  };
  return {
    btcd,
    startBtcd: async (miner) => {
      const daemon = launch('btcd', binaries.btcd, btcdArguments(home, btcd, miner));
      await whileRunning(
        daemon,
        waitUntil('btcd to answer', async () => (await callBtcd(btcd, 'getblockcount')) !== undefined),
      );
      return daemon;
    },
    stopBtcd: () => endOne('btcd', 'SIGTERM'),
    start: async (name) => {
      const place = places.get(name);
      if (!place) throw new Error(`there is no node ${name}`);
      const old = daemons.get(name);
      const isCluster = cluster && (name === 'a' || name === 'c');
      const daemon = old?.isRunning() ? old : launch(name, binaries.lnd, lndArguments(place, btcd, isCluster));
      return whileRunning(daemon, describeNode(place));
    },
    stop: (name) => endOne(name, 'SIGTERM'),
    kill: (name) => endOne(name, 'SIGKILL'),
    running: async () => [...daemons.keys()].filter(isNodeName).filter(isRunning),
    // Nothing of them is kept: the chain is wiped at the next start anyway.
    end: async () => void (await Promise.all([...daemons.keys()].map((name) => endOne(name, 'SIGKILL')))),
  };
}
