// What paying from a wallet that holds dollars would cost. In cents, whatever its payload is called upstream (contract §2).
import { builder } from '../builder.ts';
import { payloadMutation } from '../map/ask.ts';
import { noUsdProbe, usdProbeAnswer } from '../map/probes.ts';
import { SatAmountPayload } from '../types/payloads.ts';

const LnUsdInvoiceFeeProbeInput = builder.inputType('LnUsdInvoiceFeeProbeInput', {
  fields: (t) => ({
    paymentRequest: t.field({ type: 'LnPaymentRequest', required: true }),
    walletId: t.field({ type: 'WalletId', required: true }),
  }),
});

builder.mutationField('lnUsdInvoiceFeeProbe', (t) =>
  t.field({
    type: SatAmountPayload,
    description: 'What a payment from a wallet that holds dollars would cost, in cents. Needs WRITE.',
    args: { input: t.arg({ type: LnUsdInvoiceFeeProbeInput, required: true }) },
    resolve: payloadMutation({
      command: 'probeUsd',
      input: ({ walletId, paymentRequest }) => ({ walletId, amount: null, bolt11: paymentRequest }),
      answer: usdProbeAnswer,
      trouble: noUsdProbe,
    }),
  }),
);
