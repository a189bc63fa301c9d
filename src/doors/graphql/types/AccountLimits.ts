// What an account may still move. This gateway counts in satoshis and by key, so these lists of cents are empty.
import type { AccountView } from '../../../wallets/view.ts';
import { builder } from '../builder.ts';

interface LimitView {
  readonly interval: number | null;
  readonly remaining: number | null;
  readonly total: number;
}

const AccountLimit = builder.interfaceRef<LimitView>('AccountLimit').implement({
  description: 'A limit on what is moved in a time.',
  resolveType: () => 'OneDayAccountLimit',
  fields: (t) => ({
    interval: t.expose('interval', { type: 'Seconds', nullable: true, description: 'The time that it is for.' }),
    remainingLimit: t.expose('remaining', { type: 'CentAmount', nullable: true, description: 'What is left of it.' }),
    totalLimit: t.expose('total', { type: 'CentAmount', description: 'All of it.' }),
  }),
});

builder.objectRef<LimitView>('OneDayAccountLimit').implement({ description: 'A limit for 24 hours.', interfaces: [AccountLimit] });

export const AccountLimits = builder.objectRef<AccountView>('AccountLimits').implement({
  description: 'Limits of an account in US cents. None here.',
  fields: (t) => ({
    convert: t.field({ type: [AccountLimit], description: "Between the account's own wallets.", resolve: () => [] }),
    internalSend: t.field({ type: [AccountLimit], description: 'To other accounts of the gateway.', resolve: () => [] }),
    withdrawal: t.field({ type: [AccountLimit], description: 'Out of the gateway, over Lightning or on the chain.', resolve: () => [] }),
  }),
});
