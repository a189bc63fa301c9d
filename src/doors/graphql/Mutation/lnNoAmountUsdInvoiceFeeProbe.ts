// What paying from a wallet that holds dollars would cost. There is none here, and upstream has a text for that.
import { builder } from '../builder.ts';
import { payloadMutation } from '../map/ask.ts';
import { noProbe, probeAnswer } from '../map/probes.ts';
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
    description: 'What a payment from a wallet that holds dollars would cost; refused, because wallets hold bitcoin here. Needs WRITE.',
    args: { input: t.arg({ type: LnNoAmountUsdInvoiceFeeProbeInput, required: true }) },
    resolve: payloadMutation({
      command: 'probeUsd',
      input: ({ walletId, amount, paymentRequest }) => ({ walletId, amount, bolt11: paymentRequest }),
      answer: probeAnswer,
      trouble: noProbe,
    }),
  }),
);
