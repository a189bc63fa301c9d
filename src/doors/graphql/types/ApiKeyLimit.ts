// What the two mutations of a key's limits share: the windows, and their answer.
import type { KeyView } from '../../../wallets/store-keys.ts';
import { builder } from '../builder.ts';
import { ApiKey } from './ApiKey.ts';

export const LimitTimeWindow = builder.enumType('LimitTimeWindow', {
  description: 'The time that a limit is for, always up to now: 24 hours, 7, 30 or 365 days.',
  values: { DAILY: { value: 'daily' }, WEEKLY: { value: 'weekly' }, MONTHLY: { value: 'monthly' }, ANNUAL: { value: 'annual' } } as const,
});

export const ApiKeySetLimitPayload = builder.objectRef<KeyView>('ApiKeySetLimitPayload').implement({
  description: 'A key with its limits as they are now.',
  fields: (t) => ({ apiKey: t.field({ type: ApiKey, resolve: (key) => key }) }),
});
