// A cluster of simulated nodes behind one virtual node: the payer sees an ordinary payee, its HTLCs end at us. What LND does between lnmux and the
// network, here the simulated network does.

import type { PayOutcome } from '../../src/backends/port.ts';
import { whenAwake } from '../../src/backends/simulated/core.ts';
import { failAtPayee, settleHtlc } from '../../src/backends/simulated/htlcs.ts';
import type { Htlc, HtlcFailure } from '../../src/backends/simulated/model.ts';
import { createNetwork, type Network } from '../../src/backends/simulated/network.ts';
import { createOutside } from '../../src/backends/simulated/outside.ts';
import { type Bolt11, fromSat, msat } from '../../src/lightning/values.ts';
import { htlcKey, virtualChannel } from './derive.ts';

export interface HeldHtlc {
  readonly key: string;
  /** Name of the node of the cluster that it came to. */
  readonly node: string;
  readonly hash: string;
  readonly secret: string;
  readonly amount: bigint;
  readonly total: bigint;
  readonly expiry: number;
  /** `final` is called when the node has it from its own peer, which waits while the node is away. */
  settle(preimage: string, final: (settled: boolean) => void): void;
  fail(code: HtlcFailure): void;
}

export interface Cluster {
  readonly network: Network;
  readonly key: string;
  readonly privateKey: Uint8Array;
  readonly nodes: readonly { readonly name: string; readonly key: string; readonly channel: string }[];
  height(): number;
  /** Every HTLC that reaches the virtual node, and again those that wait there, when somebody begins to listen. Null: nobody does. */
  listen(listener: ((htlc: HeldHtlc) => void) | null): void;
  /** Payer outside, with a channel to each node. */
  pay(bolt11: Bolt11, more?: { readonly amount?: bigint; readonly parts?: number; readonly from?: string }): Promise<PayOutcome>;
  setOnline(name: string, online: boolean): void;
  isOnline(name: string): boolean;
  close(): void;
}

export interface ClusterOptions {
  readonly seed?: string;
  readonly nodes?: number;
  /** Satoshis that the payer can send to each node. */
  readonly channelSats?: number;
  readonly latencyMs?: number;
}

const virtual = 'lnmux';
// Nobody's money is in it: what arrives at the virtual node stays with the cluster.
const endless = 10n ** 18n;
const noFee = { baseMsat: 0n, ppm: 0n, cltvDelta: 40 };

export const createCluster = (options: ClusterOptions = {}): Cluster => {
  const network = createNetwork({ seed: options.seed ?? 'lnmux' });
  const { sim } = network;
  const { key, privateKey } = network.addNode(virtual);
  const latencyMs = options.latencyMs ?? 2;
  for (const name of ['alice', 'bob']) network.addNode(name);
  const half = fromSat(options.channelSats ?? 5_000_000);
  const nodes = Array.from({ length: options.nodes ?? 2 }, (_, index) => {
    const node = network.addNode(`node-${index + 1}`);
    network.openChannel({ between: ['alice', node.name], balances: [half, half], latencyMs });
    return { name: node.name, key: node.key, channel: openVirtual(network, node) };
  });
  network.openChannel({ between: ['bob', 'alice'], balances: [half, half], latencyMs });

  let listener: ((htlc: HeldHtlc) => void) | null = null;
  const keys = new Map(nodes.map((node) => [node.name, node.key]));
  const heldOf = (htlc: Htlc): HeldHtlc | null => {
    const [before, last] = [htlc.hops.at(-2), htlc.hops.at(-1)];
    const node = last === undefined ? undefined : keys.get(last.from);
    if (before === undefined || last === undefined || node === undefined) return null;
    return {
      key: htlcKey({ node, channel: before.channel, id: htlc.id }),
      node: last.from,
      hash: htlc.hash,
      secret: htlc.secret,
      amount: htlc.amount,
      total: htlc.total,
      expiry: last.expiry,
      fail: (code) => failAtPayee(sim, htlc, code),
      settle: (preimage, final) => {
        settleHtlc(sim, htlc, preimage);
        // Right behind the preimage itself: when the node has passed it on.
        sim.time.after(0, () => whenAwake(sim, last.from, () => sim.time.after(1, () => final(true))));
      },
    };
  };
  const isOurs = (htlc: Htlc): boolean => htlc.hops.at(-1)?.to === virtual && !htlc.isProbe;
  const arrived = (htlc: Htlc): void => {
    const held = heldOf(htlc);
    if (held === null) failAtPayee(sim, htlc, 'incorrectPaymentDetails');
    else listener?.(held);
  };
  const otherwise = sim.hooks.atPayee;
  sim.hooks.atPayee = (htlc) => (isOurs(htlc) ? arrived(htlc) : otherwise(htlc));
  // While nobody intercepts, a node of a cluster forwards nothing; what it has already passed on waits.
  const intercept = (on: boolean): void => {
    for (const { channel } of nodes) network.setEnabled(must(sim.records.channels.get(channel)), on);
  };
  const outside = createOutside(network);
  return {
    network,
    key,
    privateKey,
    nodes,
    height: () => network.height(),
    listen: (next) => {
      listener = next;
      intercept(next !== null);
      if (next === null) return;
      for (const htlc of [...sim.records.htlcs.values()]) if (htlc.stage === 'waiting' && isOurs(htlc)) arrived(htlc);
    },
    pay: (bolt11, { amount, parts = 16, from = 'alice' } = {}) =>
      outside.payer.pay({ bolt11, parts, from, ...(amount === undefined ? {} : { amount: msat(amount) }) }),
    setOnline: (name, online) => network.setOnline(name, online),
    isOnline: (name) => sim.nodes.get(name)?.online === true,
    close: () => network.close(),
  };
};

const openVirtual = ({ sim }: Network, node: { readonly name: string; readonly key: string }): string => {
  const id = virtualChannel(node.key);
  const sides = { a: node.name, b: virtual, balanceA: endless, balanceB: 0n, capacity: endless, policyA: noFee, policyB: noFee };
  sim.save('channels', id, { id, ...sides, isPrivate: true, latencyMs: 0, enabled: false });
  return id;
};

const must = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('no such channel in the cluster');
  return value;
};
