// What paying an invoice a named amount would cost; pays nothing. Machines ask three amounts at once.
import { fromSat } from '../../../lightning/values.ts';
import { builder } from '../builder.ts';
import { payloadMutation } from '../map/ask.ts';
import { noProbe, probeAnswer } from '../map/probes.ts';
import { SatAmountPayload } from '../types/payloads.ts';

const LnNoAmountInvoiceFeeProbeInput = builder.inputType('LnNoAmountInvoiceFeeProbeInput', {
  fields: (t) => ({
    amount: t.field({ type: 'SatAmount', required: true }),
    paymentRequest: t.field({ type: 'LnPaymentRequest', required: true }),
    walletId: t.field({ type: 'WalletId', required: true }),
  }),
});

builder.mutationField('lnNoAmountInvoiceFeeProbe', (t) =>
  t.field({
    type: SatAmountPayload,
    description: 'What routing a payment of this amount would cost, asked of the channels themselves. Needs WRITE.',
    args: { input: t.arg({ type: LnNoAmountInvoiceFeeProbeInput, required: true }) },
    resolve: payloadMutation({
      command: 'probeFee',
      input: ({ walletId, paymentRequest, amount }) => ({ walletId, bolt11: paymentRequest, amount: { msat: fromSat(amount) } }),
      answer: probeAnswer,
      trouble: noProbe,
    }),
  }),
);
