// The bench over an lnmux of ours: a simulated cluster of two nodes, its minute of holding shortened.
import type { Bolt11 } from '../../src/lightning/values.ts';
import type { Bench, Paid } from './bench.ts';
import { createCluster } from './cluster.ts';
import { type LnmuxServer, type LnmuxServerOptions, startLnmuxServer } from './server.ts';

export interface OurBench extends Bench {
  readonly server: LnmuxServer;
  close(): Promise<void>;
}

export const openOurs = async (options: Partial<LnmuxServerOptions> = {}): Promise<OurBench> => {
  const acceptMs = options.acceptMs ?? 3_000;
  const server = await startLnmuxServer({
    cluster: createCluster({ channelSats: 7_000_000 }),
    acceptMs,
    partsMs: acceptMs / 2,
    listenerMs: acceptMs / 2,
    ...options,
  });
  const { cluster } = server;
  const [first, second] = cluster.nodes;
  if (first === undefined || second === undefined) throw new Error('the cluster has two nodes');
  const nameOf = (index: 0 | 1): string => (index === 0 ? first : second).name;
  return {
    server,
    socket: server.socket,
    instrumentation: server.instrumentation,
    heldSeconds: acceptMs / 1_000,
    nodes: [first.key, second.key],
    needsBoth: 12_000_000_000n,
    pay: async (bolt11): Promise<Paid> => {
      const outcome = await cluster.pay(bolt11 as Bolt11);
      if (outcome.is === 'succeeded')
        return { is: 'succeeded', preimage: outcome.preimage ?? '', parts: outcome.routes.filter(({ failure }) => !failure).length };
      return { is: 'failed', reason: outcome.is === 'failed' ? outcome.reason : outcome.is };
    },
    stopNode: async (index) => cluster.setOnline(nameOf(index), false),
    startNode: async (index) => cluster.setOnline(nameOf(index), true),
    restart: () => server.restart(200),
    stop: server.stop,
    start: server.start,
    close: server.close,
  };
};
