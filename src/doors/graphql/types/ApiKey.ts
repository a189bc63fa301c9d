// An API key as upstream's key service shows it: never the secret.

import { toSatCeil } from '../../../lightning/values.ts';
import type { Spent } from '../../../wallets/spending.ts';
import type { KeyView } from '../../../wallets/store-keys.ts';
import { builder } from '../builder.ts';
import { reading } from '../map/ask.ts';
import { Scope } from './enums.ts';

// What Galoy's `Int` holds; who spent more than 21 bitcoin in a year sees this.
const mostSats = 2_147_483_647;
const sats = (spent: bigint): number => Math.min(toSatCeil(spent), mostSats);

const ApiKeyLimits = builder.objectRef<{ readonly key: KeyView; readonly spent: Spent }>('ApiKeyLimits').implement({
  description:
    'What a key may spend and has spent, in satoshis with fees, in the last 24 hours, 7, 30 and 365 days. What is under way counts with all ' +
    'that is set aside for it; what has failed does not count. A limit of null is none.',
  fields: (t) => ({
    annualLimitSats: t.int({ nullable: true, resolve: ({ key }) => key.limits.annual }),
    annualSpentSats: t.int({ resolve: ({ spent }) => sats(spent.annual) }),
    dailyLimitSats: t.int({ nullable: true, resolve: ({ key }) => key.limits.daily }),
    dailySpentSats: t.int({ resolve: ({ spent }) => sats(spent.daily) }),
    monthlyLimitSats: t.int({ nullable: true, resolve: ({ key }) => key.limits.monthly }),
    monthlySpentSats: t.int({ resolve: ({ spent }) => sats(spent.monthly) }),
    weeklyLimitSats: t.int({ nullable: true, resolve: ({ key }) => key.limits.weekly }),
    weeklySpentSats: t.int({ resolve: ({ spent }) => sats(spent.weekly) }),
  }),
});

export const ApiKey = builder.objectRef<KeyView>('ApiKey').implement({
  description: 'What a client presents instead of a person.',
  fields: (t) => ({
    createdAt: t.expose('createdAt', { type: 'Timestamp' }),
    expired: t.boolean({ resolve: (key, _args, { now }) => key.expiresAt !== null && key.expiresAt <= now() }),
    expiresAt: t.expose('expiresAt', { type: 'Timestamp', nullable: true }),
    id: t.exposeID('id'),
    lastUsedAt: t.expose('lastUsedAt', { type: 'Timestamp', nullable: true, description: 'To the minute.' }),
    limits: t.field({
      type: ApiKeyLimits,
      resolve: reading('limits', async (key, _args, context) => ({ key, spent: await context.loaders.spent.load(key.id) })),
    }),
    name: t.exposeString('name'),
    prefix: t.exposeString('prefix', { description: 'How it begins, to recognise it by.' }),
    readOnly: t.boolean({ resolve: (key) => key.scopes.every((scope) => scope === 'READ') }),
    revoked: t.boolean({ resolve: (key) => key.revokedAt !== null }),
    scopes: t.expose('scopes', { type: [Scope] }),
    waitSeconds: t.exposeInt('waitSeconds', {
      nullable: true,
      description: 'How long its sends wait before they are answered as PENDING; null: as the gateway is configured.',
    }),
    walletId: t.expose('walletId', {
      type: 'WalletId',
      nullable: true,
      description: 'The one wallet that it sees; null: all of the account.',
    }),
  }),
});
