// The simulated network as a rig: our node, somebody outside two hops away, and faults on request.

import { guarded } from '../../src/backends/guarded.ts';
import type { Backend } from '../../src/backends/port.ts';
import { connectSimulated } from '../../src/backends/simulated/backend.ts';
import { depositsOf } from '../../src/backends/simulated/chain.ts';
import type { SimInvoice } from '../../src/backends/simulated/model.ts';
import { simulatedSettings } from '../../src/backends/simulated/settings.ts';
import { createWorlds, type World } from '../../src/backends/simulated/worlds.ts';
import { backendId, bolt11Text, preimage as toPreimage } from '../../src/lightning/values.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { silentLog } from '../../src/platform/log.ts';
import { type Coins, eventually, type Payee, type Rig, the } from './rig.ts';

/** As the gateway uses it: behind the guard that every backend gets. */
export const behindGuard = (inner: Backend): Backend => guarded(inner, { clock: systemClock, log: silentLog, verify: async () => null });

const payeeIn = ({ payee, network }: World): Payee => {
  network.addNode('hermit');
  const arrived = (invoice: SimInvoice) => eventually('the payee holds it', async () => payee.look(invoice).state === 'held');
  const made = new Map<string, SimInvoice>();
  return {
    invoice: async (amount) => {
      const invoice = payee.createInvoice({ amount, node: 'carol' });
      made.set(invoice.hash, invoice);
      return invoice;
    },
    unreachable: async (amount) => payee.createInvoice({ amount, node: 'hermit' }),
    timesPaid: async (hash) => (payee.look(the(made.get(hash))).state === 'settled' ? 1 : 0),
    hold: async (amount) => {
      const invoice = payee.createHoldInvoice({ amount, node: 'carol' });
      return {
        ...invoice,
        settle: async () => {
          await arrived(invoice);
          payee.settle(invoice, toPreimage(the(invoice.preimage ?? undefined)));
        },
        cancel: async () => {
          await arrived(invoice);
          payee.cancel(invoice);
        },
      };
    },
  };
};

const coinsIn = ({ payee, network }: World): Coins => ({
  address: async () => payee.address('carol'),
  arrived: async (address) => depositsOf(network.sim, 'carol', null).flatMap((one) => (one.address === address ? [one.amount] : [])),
  send: async (address, amount) => void network.deposit(address, amount),
  mine: async (blocks) => network.mineBlocks(blocks),
});

/** Everybody outside in a simulated world. */
export const outsideIn = (world: World): Pick<Rig, 'pay' | 'payee' | 'coins' | 'routedFee'> => ({
  pay: async (bolt11, amount) =>
    (await world.payer.pay({ bolt11: bolt11Text(bolt11), ...(amount !== undefined && { amount }) })).is === 'succeeded',
  payee: payeeIn(world),
  coins: coinsIn(world),
  routedFee: true,
});

/** `settings` bend it into another kind of backend: one that chooses hashes itself, for instance. */
export const simulatedRig = async (settings: object = {}): Promise<Rig> => {
  const parsed = simulatedSettings.parse({ latencyMs: 1, blockSeconds: 0, ...settings });
  const inner = await connectSimulated(backendId('main'), parsed, { log: silentLog, clock: systemClock, worlds: createWorlds() });
  return {
    backend: behindGuard(inner),
    ...outsideIn(inner.world),
    lose: (call, what) => inner.faults.next(call, { is: what === 'reply' ? 'loseReply' : 'dropRequest' }),
    end: () => inner.close(),
  };
};
