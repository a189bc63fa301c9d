// What paying from a wallet that holds dollars would cost. There is none here, and upstream has a text for that.
import { builder } from '../builder.ts';
import { payloadMutation } from '../map/ask.ts';
import { noProbe, probeAnswer } from '../map/probes.ts';
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
    description: 'What a payment from a wallet that holds dollars would cost; refused, because wallets hold bitcoin here. Needs WRITE.',
    args: { input: t.arg({ type: LnUsdInvoiceFeeProbeInput, required: true }) },
    resolve: payloadMutation({
      command: 'probeUsd',
      input: ({ walletId, paymentRequest }) => ({ walletId, amount: null, bolt11: paymentRequest }),
      answer: probeAnswer,
      trouble: noProbe,
    }),
  }),
);
