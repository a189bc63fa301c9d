// In which currency an account sees its amounts beside satoshis: chosen by the account, USD until then.
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/db.ts';
import { cached } from './cache.ts';

export interface DisplayStore {
  /** Through the short cache, because every movement of money is written with the price of its moment. */
  displayCurrency(accountId: string): Promise<string>;
  setDisplayCurrency(accountId: string, currency: string): Promise<void>;
}

export const createDisplayStore = ({ prisma }: Database, clock: Clock): DisplayStore => {
  const cache = cached(clock, async (id: string) => {
    const row = await prisma.account.findUnique({ where: { id }, select: { displayCurrency: true } });
    return row?.displayCurrency ?? 'USD';
  });
  return {
    displayCurrency: cache.read,
    setDisplayCurrency: async (id, displayCurrency) => {
      await prisma.account.update({ where: { id }, data: { displayCurrency } });
      cache.forget();
    },
  };
};
