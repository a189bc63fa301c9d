// The simulated network as a rig: our node, somebody outside two hops away, and faults on request.

import { guarded } from '../../src/backends/guarded.ts';
import type { Backend } from '../../src/backends/port.ts';
import { connectSimulated } from '../../src/backends/simulated/backend.ts';
import type { SimInvoice } from '../../src/backends/simulated/model.ts';
import { simulatedSettings } from '../../src/backends/simulated/settings.ts';
import { createWorlds } from '../../src/backends/simulated/worlds.ts';
import { backendId, bolt11Text, preimage as toPreimage } from '../../src/lightning/values.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { silentLog } from '../../src/platform/log.ts';
import { eventually, type Rig, the } from './rig.ts';

/** `settings` bend it into another kind of backend: one that chooses hashes itself, for instance. */
export const simulatedRig = async (settings: object = {}): Promise<Rig> => {
  const parsed = simulatedSettings.parse({ latencyMs: 1, blockSeconds: 0, ...settings });
  const inner = await connectSimulated(backendId('main'), parsed, { log: silentLog, clock: systemClock, worlds: createWorlds() });
  const { payer, payee, network } = inner.world;
  network.addNode('hermit');
  const arrived = (invoice: SimInvoice) => eventually('the payee holds it', async () => payee.look(invoice).state === 'held');
  const made = new Map<string, SimInvoice>();
  const remember = (invoice: SimInvoice): SimInvoice => {
    made.set(invoice.hash, invoice);
    return invoice;
  };
  // As the gateway uses it: behind the guard that every backend gets.
  const backend: Backend = guarded(inner, { clock: systemClock, log: silentLog, verify: async () => null });
  return {
    backend,
    routedFee: true,
    lose: (what) => inner.faults.next('pay', { is: what === 'reply' ? 'loseReply' : 'dropRequest' }),
    outside: {
      pay: async (bolt11, amount) =>
        (await payer.pay({ bolt11: bolt11Text(bolt11), ...(amount !== undefined && { amount }) })).is === 'succeeded',
      invoice: async (amount, options = {}) => remember(payee.createInvoice({ amount, node: 'carol', ...options })),
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
    },
    end: () => inner.close(),
  };
};
