// The default world: a handful of outside nodes with money on both sides of their channels, one of them behind a private channel, and our own
// nodes connected to two of them. Everything follows from the settings, never from the order of connecting.
import type { FeePolicy } from './model.ts';
import type { Network } from './network.ts';
import { derive } from './random.ts';
import type { SimulatedSettings } from './settings.ts';

const people = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace', 'heidi'] as const;

const outsideName = (at: number): string => people[at] ?? `node-${at + 1}`;

const policies: readonly [FeePolicy, ...FeePolicy[]] = [
  { baseMsat: 1_000n, ppm: 100n, cltvDelta: 40 },
  { baseMsat: 1_000n, ppm: 250n, cltvDelta: 40 },
  { baseMsat: 500n, ppm: 1_000n, cltvDelta: 80 },
];
const policyOf = (at: number): FeePolicy => policies[at % policies.length] ?? policies[0];

interface Link {
  readonly from: string;
  readonly to: string;
  /** In tenths of an ordinary channel. */
  readonly size: number;
  readonly isPrivate?: boolean;
  readonly policies: readonly [FeePolicy, FeePolicy];
}

/** Outside nodes in a row with a short cut over every second one; the last is reachable by a private channel only. */
export const buildSandbox = (network: Network, settings: SimulatedSettings): void => {
  const last = settings.nodes - 1;
  for (let at = 0; at <= last; at++) network.addNode(outsideName(at));
  for (let at = 0; at < last; at++) {
    const isPrivate = at + 1 === last && last >= 2;
    open(network, settings, {
      from: outsideName(at),
      to: outsideName(at + 1),
      size: isPrivate ? 5 : 20,
      isPrivate,
      policies: [policyOf(at), policyOf(at + 1)],
    });
    if (at + 2 < last)
      open(network, settings, { from: outsideName(at), to: outsideName(at + 2), size: 8, policies: [policyOf(at), policyOf(at + 2)] });
  }
};

/** Our own node joins: a large channel to the first outside node, an ordinary one to the second. */
export const joinSandbox = (network: Network, settings: SimulatedSettings, node: string): void => {
  network.addNode(node, settings.alias);
  open(network, settings, { from: node, to: outsideName(0), size: 20, policies: [policyOf(0), policyOf(0)] });
  open(network, settings, { from: node, to: outsideName(1), size: 10, policies: [policyOf(0), policyOf(1)] });
};

const open = (network: Network, settings: SimulatedSettings, link: Link): void => {
  const half = (BigInt(settings.channelSats) * 1000n * BigInt(link.size)) / 20n;
  network.openChannel({
    between: [link.from, link.to],
    balances: [half, half],
    policies: link.policies,
    isPrivate: link.isPrivate ?? false,
    latencyMs: latencyOf(settings, link),
  });
};

// Half to one and a half times the mean, from the names.
const latencyOf = ({ latencyMs, seed }: SimulatedSettings, { from, to }: Link): number => {
  const drawn = Number.parseInt(derive('latency', seed, from, to).slice(0, 8), 16) / 2 ** 32;
  return Math.round(latencyMs * (0.5 + drawn));
};
