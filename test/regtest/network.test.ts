// The network itself: what the other regtest suites build on must be so.
import { createInvoice, getChannel, getChannels, getInvoice, getNetworkGraph, getRoutingFeeEstimate, pay } from 'ln-service';
import { describe, expect, test } from 'vitest';
import type { NetNode } from './lnd.ts';
import { useNetwork } from './useNetwork.ts';

const network = await useNetwork();
const { a, b, c, d, e } = network.nodes;

async function payFrom(payer: NetNode, payee: NetNode, sat: number): Promise<number> {
  const { id, request } = await createInvoice({ lnd: payee.lnd, tokens: sat });
  await pay({ lnd: payer.lnd, request, max_fee_mtokens: '100000', max_paths: 4 });
  const { is_confirmed, received } = await getInvoice({ lnd: payee.lnd, id });
  return is_confirmed ? received : 0;
}

/** Whether LND finds by probing that so much can reach the node. */
async function isReachable(from: NetNode, to: NetNode, sat: number): Promise<boolean> {
  const { request } = await createInvoice({ lnd: to.lnd, tokens: sat });
  return getRoutingFeeEstimate({ lnd: from.lnd, request, timeout: 20_000 }).then(
    () => true,
    (fault: readonly [number, string]) => {
      expect(fault.slice(0, 2)).toEqual([404, 'RouteToDestinationNotFound']);
      return false;
    },
  );
}

describe('a network that is up', () => {
  test('has five channels, all usable, known to everybody', async () => {
    for (const { lnd } of Object.values(network.nodes)) {
      const { channels } = await getChannels({ lnd });
      expect(channels.every((channel) => channel.is_active)).toBe(true);
      expect((await getNetworkGraph({ lnd })).channels.length).toBeGreaterThanOrEqual(5);
    }
  });

  test('carries payments both ways, and over two hops', async () => {
    expect(await payFrom(b, a, 10_000)).toBe(10_000);
    expect(await payFrom(a, b, 10_000)).toBe(10_000);
    expect(await payFrom(a, c, 1_000)).toBe(1_000);
    expect(await payFrom(c, d, 1_000)).toBe(1_000);
  });

  test('tells by probing alone that little can reach e', async () => {
    const [channel] = (await getChannels({ lnd: e.lnd })).channels;
    if (!channel) throw new Error('e has no channel');
    expect(await getChannel({ lnd: a.lnd, id: channel.id })).toMatchObject({ capacity: 5_000_000 });
    expect(await Promise.all([200_000, 1_000_000, 2_000_000].map((sat) => isReachable(a, e, sat)))).toEqual([true, false, false]);
    expect(await isReachable(a, b, 2_000_000)).toBe(true);
  });

  test('has a node that nothing reaches', async () => {
    const f = await network.unreachableNode();
    expect(await isReachable(a, f, 1_000)).toBe(false);
    await network.stopNode('f');
  });

  test('mines for all', async () => {
    const before = Number(await network.btcdRpc('getblockcount'));
    await network.mine(2);
    expect(await network.btcdRpc('getblockcount')).toBe(before + 2);
    await expect(network.btcdRpc('nonsense')).rejects.toThrow('btcd nonsense');
  });
});

describe('a node that ends', () => {
  test('serves the same connection again after a restart', async () => {
    await network.restartNode('a');
    expect(await payFrom(b, a, 1_000)).toBe(1_000);
  });

  test('comes back after SIGKILL', async () => {
    await network.killNode('d');
    await expect(getChannels({ lnd: d.lnd })).rejects.toHaveProperty('0', 503);
    await network.startNode('d');
    expect(await payFrom(d, a, 1_000)).toBe(1_000);
  });
});

describe('a new channel', () => {
  test('is usable at once', async () => {
    const id = await network.openChannel({ from: c, to: d, capacity: 1_000_000, give: 400_000, isPrivate: true });
    expect((await getChannels({ lnd: d.lnd, is_private: true })).channels.map((channel) => channel.id)).toContain(id);
    expect((await getNetworkGraph({ lnd: a.lnd })).channels.map((channel) => channel.id)).not.toContain(id);
  });
});
