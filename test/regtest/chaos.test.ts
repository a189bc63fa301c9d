// A few rounds of `npm run chaos` on the suite's own network and the embedded database: killed in the middle, nothing lost, nothing paid twice.
import { expect, test } from 'vitest';
import { createRandom } from '../../src/backends/simulated/random.ts';
import { runChaos } from '../chaos/chaos.ts';
import { report } from '../chaos/report.ts';
import { openSite } from '../chaos/site.ts';
import { useNetwork } from './useNetwork.ts';

const network = await useNetwork();
const rounds = 5;

test(`${rounds} times kill -9 in the middle of payments, receipts and holds`, { timeout: 420_000 }, async () => {
  const site = await openSite({ node: network.nodes.a, databaseUrl: null });
  try {
    const outcome = await runChaos({ network, site, random: createRandom(`suite ${rounds}`).fraction }, { rounds, say: () => undefined });
    expect(outcome.wrong, report(outcome)).toEqual([]);
    expect(outcome.killed.length).toBeGreaterThanOrEqual(rounds);
  } finally {
    await site.gateway.remove();
  }
});
