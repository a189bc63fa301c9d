// What paying so many cents from a wallet that holds dollars would cost.
import { builder } from '../builder.ts';
import { payloadMutation } from '../map/ask.ts';
import { noUsdProbe, usdProbeAnswer } from '../map/probes.ts';
import { CentAmountPayload } from '../types/payloads.ts';

const LnNoAmountUsdInvoiceFeeProbeInput = builder.inputType('LnNoAmountUsdInvoiceFeeProbeInput', {
  fields: (t) => ({
    amount: t.field({ type: 'CentAmount', required: true, description: 'US cents.' }),
    paymentRequest: t.field({ type: 'LnPaymentRequest', required: true }),
    walletId: t.field({ type: 'WalletId', required: true }),
  }),
});

builder.mutationField('lnNoAmountUsdInvoiceFeeProbe', (t) =>
  t.field({
    type: CentAmountPayload,
    description: 'What a payment from a wallet that holds dollars would cost, in cents. Needs WRITE.',
    args: { input: t.arg({ type: LnNoAmountUsdInvoiceFeeProbeInput, required: true }) },
    resolve: payloadMutation({
      command: 'probeUsd',
      input: ({ walletId, amount, paymentRequest }) => ({ walletId, amount, bolt11: paymentRequest }),
      answer: usdProbeAnswer,
      trouble: noUsdProbe,
    }),
  }),
);
