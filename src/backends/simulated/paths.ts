// Finding the cheapest way for one part of a payment. A node knows the balances of its own channels and only the size of everybody else's:
// what it learns beyond that, it learns by trying (`limits`).
import { heightOf, type Sim } from './core.ts';
import { directionOf, liquidity } from './htlcs.ts';
import type { FeePolicy, Hop, SimChannel } from './model.ts';

export interface Journey {
  readonly from: string;
  readonly to: string;
  /** What the payee gets by this part, in msat. */
  readonly amount: bigint;
  readonly finalCltvDelta: number;
  /** Ids of the private channels that the invoice's hints name. */
  readonly hints: ReadonlySet<string>;
  /** By direction: an amount that is known not to pass. */
  readonly limits: ReadonlyMap<string, bigint>;
  readonly probe: number | null;
  readonly maxTimeoutHeight: number | null;
}

export interface Path {
  readonly hops: readonly Hop[];
  readonly fee: bigint;
}

interface Label {
  /** What the node must receive, so that the rest of the way works. */
  readonly need: bigint;
  readonly expiry: number;
  readonly length: number;
  readonly hop: Hop | null;
}

/** Blocks that a sender adds to the payee's own delta, because a block may come in between. */
const blockPadding = 3;

/** The way with the least fee, then the fewest hops, then the first channel id; null when nothing known is left. */
export const findPath = (sim: Sim, journey: Journey): Path | null => {
  const channels = [...sim.records.channels.values()].filter((channel) => isKnown(channel, journey)).sort((x, y) => (x.id < y.id ? -1 : 1));
  const labels = new Map<string, Label>([
    [journey.to, { need: journey.amount, expiry: heightOf(sim) + journey.finalCltvDelta + blockPadding, length: 0, hop: null }],
  ]);
  const done = new Set<string>();
  for (let at = cheapest(labels, done); at !== null; at = cheapest(labels, done)) {
    if (at === journey.from) return pathFrom(journey, labels);
    done.add(at);
    for (const channel of channels) relax({ sim, journey, labels, done }, channel, at);
  }
  return null;
};

const isKnown = (channel: SimChannel, { from, hints }: Journey): boolean =>
  channel.enabled && (!channel.isPrivate || channel.a === from || channel.b === from || hints.has(channel.id));

const cheapest = (labels: ReadonlyMap<string, Label>, done: ReadonlySet<string>): string | null => {
  let best: { node: string; label: Label } | null = null;
  for (const [node, label] of labels) {
    if (!done.has(node) && (best === null || isBetter(label, best.label))) best = { node, label };
  }
  return best?.node ?? null;
};

const isBetter = (one: Label, other: Label): boolean => one.need < other.need || (one.need === other.need && one.length < other.length);

interface Search {
  readonly sim: Sim;
  readonly journey: Journey;
  readonly labels: Map<string, Label>;
  readonly done: ReadonlySet<string>;
}

// One step back from `at`: may the channel's other end forward to it, and is that better than what it has?
const relax = ({ sim, journey, labels, done }: Search, channel: SimChannel, at: string): void => {
  const from = channel.a === at ? channel.b : channel.b === at ? channel.a : null;
  const ahead = labels.get(at);
  if (from === null || ahead === undefined || done.has(from)) return;
  if (!passes(sim, journey, { channel, from, to: at, amount: ahead.need })) return;
  const isFirst = from === journey.from;
  const policy = channel.a === from ? channel.policyA : channel.policyB;
  const expiry = ahead.expiry + (isFirst ? 0 : policy.cltvDelta);
  if (journey.maxTimeoutHeight !== null && expiry > journey.maxTimeoutHeight) return;
  const hop: Hop = { channel: channel.id, from, to: at, amount: ahead.need, expiry: ahead.expiry };
  const label: Label = { need: ahead.need + (isFirst ? 0n : forwardingFee(policy, ahead.need)), expiry, length: ahead.length + 1, hop };
  const known = labels.get(from);
  if (known === undefined || isBetter(label, known)) labels.set(from, label);
};

const passes = (sim: Sim, journey: Journey, step: { channel: SimChannel; from: string; to: string; amount: bigint }): boolean => {
  const { channel, from, to, amount } = step;
  if (channel.capacity < amount) return false;
  const limit = journey.limits.get(directionOf(channel.id, from));
  if (limit !== undefined && amount >= limit) return false;
  if (from !== journey.from) return true;
  // Of its own channels a node knows the balance, and whether the peer is there.
  return liquidity(sim, { channel, from, probe: journey.probe }) >= amount && sim.nodes.get(to)?.online === true;
};

/** What a node asks for forwarding this amount, in msat, rounded down. */
export const forwardingFee = (policy: FeePolicy, amount: bigint): bigint => policy.baseMsat + (amount * policy.ppm) / 1_000_000n;

const pathFrom = (journey: Journey, labels: ReadonlyMap<string, Label>): Path | null => {
  const hops: Hop[] = [];
  for (let at = journey.from; at !== journey.to; ) {
    const hop = labels.get(at)?.hop;
    if (hop === null || hop === undefined) return null;
    hops.push(hop);
    at = hop.to;
  }
  return { hops, fee: (hops[0]?.amount ?? journey.amount) - journey.amount };
};
