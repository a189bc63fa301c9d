// What tests and people do with a network that is up. It is built from plain data and a way to start and end nodes, so it is the same for
// the process that owns the network and for one that found it running.
import { getChannels, getNetworkGraph, openChannel } from 'ln-service';
import { type BtcdAccess, callBtcd } from './btcd.ts';
import type { NodeControl } from './crew.ts';
import {
  type ChannelNode,
  connectNode,
  disconnect,
  type NetNode,
  type NodeDescription,
  type NodeName,
  waitForChannels,
  waitForHeight,
} from './lnd.ts';
import { waitUntil } from './wait.ts';

/** How to reach a network; plain data, written to `network.json`. */
export interface NetworkDescription {
  /** The process that owns the network. */
  readonly pid: number;
  /** Whether nodes a and c wait for an interceptor. */
  readonly cluster: boolean;
  readonly btcd: BtcdAccess;
  readonly nodes: Readonly<Record<ChannelNode, NodeDescription>>;
  /** Where the owner takes orders about its nodes, on loopback, and the password. */
  readonly control: { readonly port: number; readonly token: string };
}

export interface ChannelTerms {
  readonly from: NetNode;
  readonly to: NetNode;
  /** Satoshis, paid by `from`; 20,000 to 16,777,215. */
  readonly capacity: number;
  /** Satoshis that are on the side of `to` from the beginning. */
  readonly give?: number;
  /** Not announced: reached through hints alone. */
  readonly isPrivate?: boolean;
}

export interface Network {
  /** a: the gateway's node. b: the world outside, which owns every mined coin. c: the gateway's second node. d: another way from a to b.
   *  e: behind b, by a channel of 5,000,000 sat of which 500,000 are on b's side, a fact that the graph does not tell. */
  readonly nodes: Readonly<Record<ChannelNode, NetNode>>;
  readonly cluster: boolean;
  readonly btcd: BtcdAccess;
  /** Mines blocks (they take in what waits in the mempool) and waits until every running node has seen them. */
  readonly mine: (blocks: number) => Promise<void>;
  /** @throws Error with btcd's words */
  readonly btcdRpc: (method: string, params?: readonly unknown[]) => Promise<unknown>;
  /** Resolves when the node answers, is in step with the chain, and its channels to running nodes are usable from both sides. */
  readonly startNode: (name: NodeName) => Promise<void>;
  readonly stopNode: (name: NodeName) => Promise<void>;
  /** SIGKILL, no goodbye. */
  readonly killNode: (name: NodeName) => Promise<void>;
  readonly restartNode: (name: NodeName) => Promise<void>;
  /** Node f, which has no channel and is in nobody's graph; started when first asked for. */
  readonly unreachableNode: () => Promise<NetNode>;
  /** Opens a channel, mines until it is usable, and answers its id (`blockxtxxoutput`); a public one is then in every running node's graph. */
  readonly openChannel: (terms: ChannelTerms) => Promise<string>;
  /** Lets go of the connections; the network goes on. */
  readonly close: () => void;
}

async function waitForMempool(network: Pick<Network, 'btcdRpc'>, transaction: string): Promise<void> {
  await waitUntil(`transaction ${transaction} in the mempool`, async () => {
    const waiting = await network.btcdRpc('getrawmempool');
    return Array.isArray(waiting) && waiting.includes(transaction);
  });
}

/** Opens all of them side by side and answers their ids in the same order. */
export async function openChannels(network: Pick<Network, 'mine' | 'btcdRpc'>, all: readonly ChannelTerms[], watchers: readonly NetNode[]) {
  const opened = await Promise.all(
    all.map(async ({ from, to, capacity, give = 0, isPrivate = false }) => {
      const { transaction_id } = await waitUntil(`the opening of ${from.name}-${to.name}`, () =>
        openChannel({
          ...{ lnd: from.lnd, partner_public_key: to.pubkey, partner_socket: `127.0.0.1:${to.p2pPort}`, is_private: isPrivate },
          ...{ local_tokens: capacity, give_tokens: give, chain_fee_tokens_per_vbyte: 2 },
        }),
      );
      return transaction_id;
    }),
  );
  for (const transaction of opened) await waitForMempool(network, transaction);
  await network.mine(6); // announced from six confirmations on
  const isUsable = async (node: NetNode, transaction: string) => {
    const { channels } = await getChannels({ lnd: node.lnd, is_active: true });
    return channels.find((channel) => channel.transaction_id === transaction)?.id;
  };
  const isKnown = async (node: NetNode, transaction: string) => {
    const { channels } = await getNetworkGraph({ lnd: node.lnd });
    return channels.some((channel) => channel.transaction_id === transaction && channel.policies.every((policy) => policy.cltv_delta));
  };
  return Promise.all(
    all.map(async ({ from, to, isPrivate }, index) => {
      const transaction = opened[index] ?? '';
      const what = `channel ${from.name}-${to.name}`;
      await waitUntil(`${what} at ${to.name}`, () => isUsable(to, transaction));
      const id = await waitUntil(`${what} at ${from.name}`, () => isUsable(from, transaction));
      for (const node of isPrivate ? [] : watchers)
        await waitUntil(`${what} in the graph of ${node.name}`, () => isKnown(node, transaction));
      return id;
    }),
  );
}

export function handleNetwork(
  { nodes: described, btcd, cluster }: Omit<NetworkDescription, 'pid' | 'control'>,
  control: NodeControl,
): Network {
  const { a, b, c, d, e } = described;
  const nodes = { a: connectNode(a), b: connectNode(b), c: connectNode(c), d: connectNode(d), e: connectNode(e) };
  const all = new Map<NodeName, NetNode>(Object.values(nodes).map((node) => [node.name, node]));
  const running = async () => (await control.running()).flatMap((name) => all.get(name) ?? []);
  const btcdRpc: Network['btcdRpc'] = (method, params) => callBtcd(btcd, method, params);
  const height = async () => Number(await btcdRpc('getblockcount'));

  const mine = async (blocks: number) => {
    await btcdRpc('generate', [blocks]);
    const tip = await height();
    await Promise.all((await running()).map((node) => waitForHeight(node, tip)));
  };
  const startNode = async (name: NodeName) => {
    const description = await control.start(name);
    const node = all.get(name) ?? connectNode(description);
    all.set(name, node);
    await waitForHeight(node, await height());
    const others = (await running()).filter((other) => other.name !== name);
    const keys = others.map((other) => other.pubkey);
    await Promise.all([waitForChannels(node, keys), ...others.map((other) => waitForChannels(other, [node.pubkey]))]);
  };
  return {
    ...{ nodes, cluster, btcd, mine, btcdRpc, startNode },
    ...{ stopNode: control.stop, killNode: control.kill },
    restartNode: async (name) => {
      await control.stop(name);
      await startNode(name);
    },
    unreachableNode: async () => {
      await startNode('f');
      return all.get('f') ?? connectNode(await control.start('f'));
    },
    openChannel: async (terms) => {
      const [id = ''] = await openChannels({ mine, btcdRpc }, [terms], await running());
      return id;
    },
    close: () => {
      for (const node of all.values()) disconnect(node);
    },
  };
}
