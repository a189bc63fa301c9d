// What is asked and answered about money on the chain.
import { builder } from '../builder.ts';
import type { ErrorView, Trouble } from '../map/trouble.ts';
import { ErrorType } from './Error.ts';
import { PayoutSpeed } from './enums.ts';

interface AddressView {
  readonly errors: readonly ErrorView[];
  readonly address: string | null;
}

export const OnChainAddressPayload = builder.objectRef<AddressView>('OnChainAddressPayload').implement({
  description: 'An address, or why there is none.',
  fields: (t) => ({
    address: t.expose('address', { type: 'OnChainAddress', nullable: true }),
    errors: t.expose('errors', { type: [ErrorType] }),
  }),
});

export const addressAnswer = ({ address }: { readonly address: string }): AddressView => ({ errors: [], address });
export const noAddress = ({ errors }: Trouble): AddressView => ({ errors, address: null });

/** Whole satoshis. */
export const OnChainTxFee = builder.objectRef<{ readonly amount: number }>('OnChainTxFee').implement({
  description: 'What a transaction would cost.',
  fields: (t) => ({ amount: t.expose('amount', { type: 'SatAmount' }) }),
});

export const OnChainUsdTxFee = builder.objectRef<{ readonly amount: number }>('OnChainUsdTxFee').implement({
  description: 'What a transaction from a dollar wallet would cost, in cents.',
  fields: (t) => ({ amount: t.expose('amount', { type: 'CentAmount' }) }),
});

/** What all sends on the chain are given beside an amount. */
export const speedField = { type: PayoutSpeed, required: true, defaultValue: 'fast', description: 'See `payoutSpeeds`.' } as const;
