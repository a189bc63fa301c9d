// What is inside a payment request (additive), as far as a client may want to see it before paying.
import type { DecodedBolt11, RouteHintHop } from '../../../lightning/bolt11.ts';
import { toSatCeil } from '../../../lightning/values.ts';
import { builder } from '../builder.ts';
import { Network } from './enums.ts';

const LnInvoiceFeature = builder.objectRef<DecodedBolt11['features'][number]>('LnInvoiceFeature').implement({
  description: 'Something that the payee can do, or that a payer must be able to do (BOLT 9).',
  fields: (t) => ({ bit: t.exposeInt('bit'), name: t.exposeString('name'), required: t.exposeBoolean('required') }),
});

const LnRouteHintHop = builder.objectRef<RouteHintHop>('LnRouteHintHop').implement({
  description: 'One private channel on the way to the payee.',
  fields: (t) => ({
    baseFeeMsat: t.expose('baseFeeMsat', { type: 'Msat' }),
    channel: t.exposeString('channel', { nullable: true }),
    cltvDelta: t.exposeInt('cltvDelta'),
    feeRatePpm: t.exposeInt('feeRatePpm', { description: 'Millionths of the amount.' }),
    node: t.exposeString('node', { description: 'Public key of the node at its start.' }),
  }),
});

const LnRouteHint = builder.objectRef<readonly RouteHintHop[]>('LnRouteHint').implement({
  description: 'A way to the payee that is not public.',
  fields: (t) => ({ hops: t.field({ type: [LnRouteHintHop], resolve: (hops) => hops }) }),
});

export const LnDecodedInvoice = builder.objectRef<DecodedBolt11>('LnDecodedInvoice').implement({
  description: 'What is inside a payment request.',
  fields: (t) => ({
    amountMsat: t.expose('amount', { type: 'Msat', nullable: true, description: 'Null when the payer chooses.' }),
    createdAt: t.expose('createdAt', { type: 'Timestamp' }),
    description: t.exposeString('description', { nullable: true }),
    descriptionHash: t.expose('descriptionHash', { type: 'Hex32Bytes', nullable: true }),
    destination: t.exposeString('destination', { description: 'Public key of the node that is paid.' }),
    expired: t.boolean({ resolve: ({ expiresAt }, _args, context) => expiresAt <= context.now() }),
    expiresAt: t.expose('expiresAt', { type: 'Timestamp' }),
    features: t.expose('features', { type: [LnInvoiceFeature] }),
    finalCltvDelta: t.exposeInt('finalCltvDelta', { description: 'Blocks that the last hop must leave to the payee.' }),
    network: t.field({ type: Network, nullable: true, resolve: ({ network }) => (network === 'unknown' ? null : network) }),
    paymentHash: t.expose('hash', { type: 'PaymentHash' }),
    paymentRequest: t.expose('bolt11', { type: 'LnPaymentRequest' }),
    paymentSecret: t.expose('paymentSecret', { type: 'LnPaymentSecret' }),
    routeHints: t.expose('routeHints', { type: [LnRouteHint] }),
    satoshis: t.field({
      type: 'SatAmount',
      nullable: true,
      description: 'Rounded up; null when the payer chooses.',
      resolve: ({ amount }) => (amount === null ? null : toSatCeil(amount)),
    }),
  }),
});
