// A simulated Lightning network as a whole: nodes, channels, blocks, and the commands that outside people give it. Everything that happens in
// it follows from the seed, the clock and the order of the commands.
import { pointFromScalar } from 'tiny-secp256k1';
import type { BlockHeight } from '../../lightning/values.ts';
import { broadcast, mineBlock, reorganise } from './chain.ts';
import { channelOf, emptyRecords, heightOf, type Journal, logOf, nodeNamed, type Sim, saveNothing, saver, setCondition } from './core.ts';
import { expireHtlcs, resume } from './htlcs.ts';
import { expireHeld, receiveHtlc, waitForParts, watchExpiry, watchHeld } from './invoices.ts';
import type { FeePolicy, Htlc, LoggedFact, Records, SimChannel, SimNode } from './model.ts';
import { partEnded, probeArrived, resumeAttempts, type Sessions } from './payments.ts';
import { createRandom, derive } from './random.ts';
import { realTime, type Time } from './time.ts';

export interface NetworkOptions {
  /** Same seed, same keys, same latencies, same run. */
  readonly seed: string;
  readonly time?: Time;
  readonly journal?: Journal;
  /** What a state file remembers of an earlier life. */
  readonly saved?: SavedNetwork;
  /** A block every so many seconds; 0: only when somebody mines. */
  readonly blockSeconds?: number;
}

export interface SavedNetwork {
  readonly life: string;
  readonly records: Records;
  readonly facts: readonly LoggedFact[];
}

export interface ChannelPlan {
  readonly between: readonly [string, string];
  /** In msat, on either side. */
  readonly balances: readonly [bigint, bigint];
  readonly policies?: readonly [FeePolicy, FeePolicy];
  readonly isPrivate?: boolean;
  readonly latencyMs?: number;
}

export interface Network {
  readonly sim: Sim;
  readonly sessions: Sessions;
  /** Adds a node, or gives the one of that name. Its key follows from seed and name. */
  addNode(name: string, alias?: string): SimNode;
  /** Opens a channel, or gives the one between the two that there is. */
  openChannel(plan: ChannelPlan): SimChannel;
  channelBetween(a: string, b: string): SimChannel;
  mineBlocks(count: number): void;
  height(): BlockHeight;
  /** Moves all that `from` could send in the channel to the other side, or `amount` of it. */
  drain(channel: SimChannel, from: string, amount?: bigint): void;
  setOnline(name: string, online: boolean): void;
  /** A frozen node takes what arrives and does nothing with it: HTLCs get stuck. */
  setFrozen(name: string, frozen: boolean): void;
  setEnabled(channel: SimChannel, enabled: boolean): void;
  /** Coins from outside; they confirm with the next block. Answers the txid. */
  deposit(address: string, amount: bigint): string;
  /** Takes the last blocks back; the named transactions are gone for good, the others wait for a block again. */
  reorganise(blocks: number, gone?: readonly string[]): void;
  close(): void;
}

const firstHeight = 800;
const defaultPolicy: FeePolicy = { baseMsat: 1_000n, ppm: 100n, cltvDelta: 40 };

/** Creates a network, empty or as it was saved. */
export const createNetwork = (options: NetworkOptions): Network => {
  const sim = createSim(options);
  const sessions: Sessions = new Map();
  const probe = probeArrived(sim, sessions);
  sim.hooks.atPayee = (htlc) => (htlc.isProbe ? probe(htlc) : receiveHtlc(sim, htlc));
  sim.hooks.ended = (htlc) => partEnded(sim, sessions, htlc);
  if (options.saved !== undefined) restore(sim, sessions, options.saved);
  const stopMining = mineEvery(sim, options.blockSeconds ?? 0);
  return {
    sim,
    sessions,
    addNode: (name, alias = name) => addNode(sim, name, alias),
    openChannel: (plan) => openChannel(sim, plan),
    channelBetween: (a, b) => channelBetween(sim, a, b),
    mineBlocks: (count) => mine(sim, count),
    height: () => heightOf(sim),
    drain: (channel, from, amount) => drain(sim, channel, { from, amount }),
    setOnline: (name, online) => setCondition(sim, name, { online }),
    setFrozen: (name, frozen) => setCondition(sim, name, { frozen }),
    setEnabled: (channel, enabled) => {
      channel.enabled = enabled;
      sim.save('channels', channel.id, channel);
    },
    deposit: (address, amount) => broadcast(sim, { from: null, label: null, outputs: [{ address, amount }], fee: 0n }).txid,
    reorganise: (blocks, gone) => reorganise(sim, blocks, gone),
    close: () => {
      stopMining();
      sim.journal.close();
    },
  };
};

const createSim = (options: NetworkOptions): Sim => {
  const time = options.time ?? realTime();
  const journal = options.journal ?? saveNothing;
  const records = options.saved?.records ?? emptyRecords();
  if (!records.counters.has('height')) records.counters.set('height', firstHeight);
  return {
    seed: options.seed,
    life: options.saved?.life ?? time.now().getTime().toString(36),
    time,
    random: createRandom(options.seed),
    nodes: new Map(),
    records,
    logs: new Map(),
    journal,
    save: saver(records, journal),
    requests: new Map(),
    expiries: new Map(),
    asleep: new Map(),
    overlays: new Map(),
    hooks: { atPayee: () => undefined, ended: () => undefined },
  };
};

const addNode = (sim: Sim, name: string, alias: string): SimNode => {
  const known = sim.nodes.get(name);
  if (known !== undefined) {
    known.alias = alias;
    return known;
  }
  const privateKey = Buffer.from(derive('node', sim.seed, name), 'hex');
  const key = Buffer.from(pointFromScalar(privateKey, true) ?? []).toString('hex');
  const node: SimNode = { name, alias, key, privateKey, online: true, frozen: false };
  sim.nodes.set(name, node);
  return node;
};

const openChannel = (sim: Sim, plan: ChannelPlan): SimChannel => {
  const [a, b] = plan.between;
  const id = channelId(sim, a, b);
  const known = sim.records.channels.get(id);
  if (known !== undefined) return known;
  const [balanceA, balanceB] = plan.balances;
  const [policyA, policyB] = plan.policies ?? [defaultPolicy, defaultPolicy];
  const channel: SimChannel = {
    id,
    a: nodeNamed(sim, a).name,
    b: nodeNamed(sim, b).name,
    capacity: balanceA + balanceB,
    balanceA,
    balanceB,
    policyA,
    policyB,
    isPrivate: plan.isPrivate ?? false,
    latencyMs: plan.latencyMs ?? 0,
    enabled: true,
  };
  sim.save('channels', id, channel);
  return channel;
};

// From the names, so that it does not depend on the order in which channels are opened.
const channelId = (sim: Sim, a: string, b: string): string => {
  const drawn = Buffer.from(derive('channel', sim.seed, ...[a, b].sort()), 'hex');
  return `${100 + (drawn.readUInt32BE(0) % 600)}x${1 + (drawn.readUInt32BE(4) % 4_000)}x${drawn.readUInt32BE(8) % 4}`;
};

const channelBetween = (sim: Sim, a: string, b: string): SimChannel => channelOf(sim, channelId(sim, a, b));

const mine = (sim: Sim, count: number): void => {
  for (let block = 0; block < count; block++) {
    mineBlock(sim);
    expireHeld(sim);
    expireHtlcs(sim);
  }
};

const mineEvery = (sim: Sim, seconds: number): (() => void) => {
  if (seconds <= 0) return () => undefined;
  let stop = (): void => undefined;
  const arm = (): void => {
    stop = sim.time.after(seconds * 1000, () => {
      mine(sim, 1);
      arm();
    });
  };
  arm();
  return () => stop();
};

const drain = (sim: Sim, channel: SimChannel, { from, amount }: { readonly from: string; readonly amount: bigint | undefined }): void => {
  const isA = channel.a === from;
  const all = isA ? channel.balanceA : channel.balanceB;
  const moved = amount === undefined || amount > all ? all : amount;
  channel.balanceA += isA ? -moved : moved;
  channel.balanceB += isA ? moved : -moved;
  sim.save('channels', channel.id, channel);
};

const restore = (sim: Sim, sessions: Sessions, saved: SavedNetwork): void => {
  for (const channel of sim.records.channels.values()) for (const name of [channel.a, channel.b]) addNode(sim, name, name);
  for (const entry of saved.facts) restoreFact(sim, entry);
  for (const [key, invoice] of sim.records.invoices) {
    sim.requests.set(invoice.bolt11, key);
    if (invoice.state === 'open') watchExpiry(sim, invoice);
    if (invoice.state === 'held') watchHeld(sim, invoice);
  }
  resumeAttempts(sim, sessions);
  for (const htlc of [...sim.records.htlcs.values()]) restoreHtlc(sim, htlc);
};

const restoreFact = (sim: Sim, entry: LoggedFact): void => {
  logOf(sim, entry.node).facts.push(entry);
};

const restoreHtlc = (sim: Sim, htlc: Htlc): void => {
  if (htlc.stage === 'waiting') waitForParts(sim, htlc.id);
  else resume(sim, htlc);
};
