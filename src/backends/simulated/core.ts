// The heart that all parts of a simulated network share: records, time, randomness, the fact log of every node, and what waits for a node
// to wake up. Rule: whoever changes a record saves it in the same turn, so that a state file is never behind what anybody was told.
import { type BlockHeight, blockHeight } from '../../lightning/values.ts';
import { cursor, type Fact } from '../port.ts';
import type { Htlc, LoggedFact, RecordKind, Records, SimChannel, SimInvoice, SimNode } from './model.ts';
import type { Random } from './random.ts';
import type { Time } from './time.ts';

/** What keeps the records beyond the process; `saveNothing` when nobody asked for that. */
export interface Journal {
  save(kind: RecordKind, key: string, value: unknown): void;
  fact(entry: LoggedFact): void;
  close(): void;
}
export const saveNothing: Journal = { save: () => undefined, fact: () => undefined, close: () => undefined };

export interface NodeLog {
  readonly facts: LoggedFact[];
  readonly listeners: Set<() => void>;
  /** Called with the height of every new block. */
  readonly blocks: Set<(height: BlockHeight) => void>;
}

export interface Sim {
  readonly seed: string;
  /** Names this life of the network: a cursor of another life means nothing here. */
  readonly life: string;
  readonly time: Time;
  readonly random: Random;
  readonly nodes: Map<string, SimNode>;
  readonly records: Records;
  readonly logs: Map<string, NodeLog>;
  readonly journal: Journal;
  /** Writes a record where it belongs, and into the journal. */
  save<K extends RecordKind>(kind: K, key: string, value: Records[K] extends Map<string, infer V> ? V : never): void;
  /** Invoice key by bolt11. */
  readonly requests: Map<string, string>;
  /** Invoices by the moment of their expiry, in ms. */
  readonly expiries: Map<number, SimInvoice[]>;
  readonly asleep: Map<string, (() => void)[]>;
  /** What a probe has provisionally taken from each direction of a channel, by attempt: probes never contend with anybody else. */
  readonly overlays: Map<number, Map<string, bigint>>;
  readonly hooks: { atPayee(htlc: Htlc): void; ended(htlc: Htlc): void };
}

export const emptyRecords = (): Records => ({
  channels: new Map(),
  invoices: new Map(),
  payments: new Map(),
  htlcs: new Map(),
  transactions: new Map(),
  addresses: new Map(),
  wallets: new Map(),
  counters: new Map(),
});

/** Writes a record into its map and into the journal. */
export const saver =
  (records: Records, journal: Journal): Sim['save'] =>
  (kind, key, value) => {
    const map: Map<string, unknown> = records[kind];
    map.set(key, value);
    journal.save(kind, key, value);
  };

export const erase = (sim: Sim, kind: RecordKind, key: string): void => {
  if (sim.records[kind].delete(key)) sim.journal.save(kind, key, null);
};

/** The next number of a series: 1, 2, 3 … */
export const count = (sim: Sim, series: string): number => {
  const next = Number(sim.records.counters.get(series) ?? 0) + 1;
  sim.save('counters', series, next);
  return next;
};

export const heightOf = (sim: Sim): BlockHeight => blockHeight(Number(sim.records.counters.get('height') ?? 0));

/** @throws RangeError when there is no such node. */
export const nodeNamed = (sim: Sim, name: string): SimNode => {
  const node = sim.nodes.get(name);
  if (node === undefined) throw new RangeError(`no such node in the simulated network: ${name}`);
  return node;
};

/** @throws RangeError when there is no such channel. */
export const channelOf = (sim: Sim, id: string): SimChannel => {
  const channel = sim.records.channels.get(id);
  if (channel === undefined) throw new RangeError(`no such channel in the simulated network: ${id}`);
  return channel;
};

export const isAwake = (node: SimNode): boolean => node.online && !node.frozen;

/** Runs now, or as soon as the node is online and thawed. */
export const whenAwake = (sim: Sim, name: string, run: () => void): void => {
  const waiting = sim.asleep.get(name);
  if (isAwake(nodeNamed(sim, name))) run();
  else if (waiting === undefined) sim.asleep.set(name, [run]);
  else waiting.push(run);
};

/** Changes a node's condition; what waited for it runs when it is awake again. */
export const setCondition = (sim: Sim, name: string, condition: { readonly online?: boolean; readonly frozen?: boolean }): void => {
  const node = nodeNamed(sim, name);
  node.online = condition.online ?? node.online;
  node.frozen = condition.frozen ?? node.frozen;
  for (const wake of logOf(sim, name).listeners) wake();
  if (!isAwake(node)) return;
  const waiting = sim.asleep.get(name) ?? [];
  sim.asleep.delete(name);
  for (const run of waiting) run();
};

export const logOf = (sim: Sim, node: string): NodeLog => {
  const known = sim.logs.get(node);
  if (known !== undefined) return known;
  const created: NodeLog = { facts: [], listeners: new Set(), blocks: new Set() };
  sim.logs.set(node, created);
  return created;
};

// A fact without its place in the log. Distributes over the union, which Omit alone does not.
type Placeless<T> = T extends unknown ? Omit<T, 'cursor' | 'at'> : never;
export type News = Placeless<Fact>;

// Older facts are dropped: whoever was away for longer asks with `find`.
const longestLog = 50_000;

/** Appends to a node's fact log and wakes whoever follows it. */
export const emit = (sim: Sim, node: string, news: News): void => {
  const log = logOf(sim, node);
  const index = (log.facts.at(-1)?.index ?? 0) + 1;
  const entry = { node, index, fact: { ...news, cursor: cursor(`${sim.life}:${index}`), at: sim.time.now() } };
  log.facts.push(entry);
  if (log.facts.length > longestLog) log.facts.splice(0, longestLog / 10);
  sim.journal.fact(entry);
  for (const wake of log.listeners) wake();
};
