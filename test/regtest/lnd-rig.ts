// An LND as a rig of the conformance suite: node a behind the adapter, node c two hops away outside, and node f that nobody reaches.
import {
  cancelHodlInvoice,
  createChainAddress,
  createHodlInvoice,
  createInvoice,
  getChainTransactions,
  getInvoice,
  payViaPaymentRequest,
  sendToChainAddress,
  settleHodlInvoice,
} from 'ln-service';
import { connectLnd, lndKind } from '../../src/backends/lnd/backend.ts';
import { backendId, fromSat, hashOf, type Msat, newPreimage, paymentHash } from '../../src/lightning/values.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { silentLog } from '../../src/platform/log.ts';
import { eventually, type Rig } from '../conformance/rig.ts';
import { behindGuard } from '../conformance/simulated-rig.ts';
import type { Network } from './handle.ts';

const amountOf = (amount: Msat | null): { mtokens?: string } => (amount === null ? {} : { mtokens: String(amount) });

export const lndRig = async (network: Network): Promise<Rig> => {
  const { a, c } = network.nodes;
  const settings = lndKind.settings.parse({ kind: 'lnd', socket: a.socket, cert: a.certPath, macaroon: a.macaroonPath });
  const inner = connectLnd(backendId('lnd'), settings, { log: silentLog, clock: systemClock });
  const held = (id: string) => eventually('the payee holds it', async () => (await getInvoice({ lnd: c.lnd, id })).is_held === true);
  const { b } = network.nodes;
  // A real node loses nothing on request: the suites that kill it show that.
  return {
    backend: behindGuard(inner),
    routedFee: true,
    pay: (bolt11, amount) =>
      payViaPaymentRequest({
        lnd: c.lnd,
        request: bolt11,
        max_fee_mtokens: '500000',
        max_paths: 4,
        ...(amount !== undefined && { mtokens: String(amount) }),
      }).then(
        () => true,
        () => false,
      ),
    payee: {
      invoice: async (amount) => {
        const made = await createInvoice({ lnd: c.lnd, ...amountOf(amount) });
        return { bolt11: made.request, hash: paymentHash(made.id) };
      },
      unreachable: async (amount) => {
        const { lnd } = await network.unreachableNode();
        const made = await createInvoice({ lnd, ...amountOf(amount) });
        return { bolt11: made.request, hash: paymentHash(made.id) };
      },
      timesPaid: async (hash) => ((await getInvoice({ lnd: c.lnd, id: hash }).catch(() => null))?.is_confirmed ? 1 : 0),
      hold: async (amount) => {
        const secret = newPreimage();
        const hash = hashOf(secret);
        const made = await createHodlInvoice({ lnd: c.lnd, id: hash, ...amountOf(amount) });
        return {
          bolt11: made.request,
          hash,
          settle: () => held(hash).then(() => settleHodlInvoice({ lnd: c.lnd, secret })),
          cancel: () => held(hash).then(() => cancelHodlInvoice({ lnd: c.lnd, id: hash })),
        };
      },
    },
    coins: {
      address: async () => (await createChainAddress({ lnd: b.lnd, format: 'p2wpkh' })).address,
      arrived: async (address) =>
        (await getChainTransactions({ lnd: b.lnd })).transactions.flatMap(({ tokens, output_addresses }) =>
          output_addresses.includes(address) ? [fromSat(tokens)] : [],
        ),
      send: async (address, amount) => {
        await sendToChainAddress({ lnd: b.lnd, address, tokens: Number(amount / 1000n), fee_tokens_per_vbyte: 2 });
      },
      mine: network.mine,
    },
    end: () => inner.close(),
  };
};
