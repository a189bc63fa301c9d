// What paying an invoice with an amount would cost; pays nothing.
import { builder } from '../builder.ts';
import { payloadMutation } from '../map/ask.ts';
import { noProbe, probeAnswer } from '../map/probes.ts';
import { SatAmountPayload } from '../types/payloads.ts';

const LnInvoiceFeeProbeInput = builder.inputType('LnInvoiceFeeProbeInput', {
  fields: (t) => ({
    paymentRequest: t.field({ type: 'LnPaymentRequest', required: true }),
    walletId: t.field({ type: 'WalletId', required: true }),
  }),
});

builder.mutationField('lnInvoiceFeeProbe', (t) =>
  t.field({
    type: SatAmountPayload,
    description: 'What routing a payment would cost, asked of the channels themselves. Needs WRITE.',
    args: { input: t.arg({ type: LnInvoiceFeeProbeInput, required: true }) },
    resolve: payloadMutation({
      command: 'probeFee',
      input: ({ walletId, paymentRequest }) => ({ walletId, bolt11: paymentRequest, amount: 'inInvoice' as const }),
      answer: probeAnswer,
      trouble: noProbe,
    }),
  }),
);
