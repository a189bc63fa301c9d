// Callers' hashes for which LND was asked for a hold invoice and whose answer got lost. Only what such a question may have made is taken for ours
// when LND says that it has the hash already: anybody can repeat the hash and the terms of another program's hold on the same node.
import type { PaymentHash } from '../../lightning/values.ts';

export interface LostAnswers {
  /** Nobody knows what became of a question that was asked at this moment, in ms. */
  add(hash: PaymentHash, askedAt: number): void;
  /** True when what LND made in this second, Unix time, may be what such a question has made. */
  mayHaveMade(hash: PaymentHash, madeAt: number): boolean;
}

// In memory, and bounded: whose hash is forgotten takes another one.
const keptAtMost = 500;
// LND's clock is another one, and tells whole seconds.
const slackMs = 5_000;

export const lostAnswers = (clock: { now(): Date }): LostAnswers => {
  const lost = new Map<PaymentHash, { readonly first: number; readonly last: number }>();
  return {
    add: (hash, askedAt) => {
      const first = lost.get(hash)?.first ?? askedAt;
      // Behind all others: the one that nobody has asked for the longest falls off.
      lost.delete(hash);
      lost.set(hash, { first, last: clock.now().getTime() });
      const [oldest] = lost.keys();
      if (lost.size > keptAtMost && oldest !== undefined) lost.delete(oldest);
    },
    mayHaveMade: (hash, madeAt) => {
      const asked = lost.get(hash);
      return asked !== undefined && madeAt * 1000 >= asked.first - slackMs && madeAt * 1000 <= asked.last + slackMs;
    },
  };
};
