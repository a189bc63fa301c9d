// What a simulated node remembers. It keeps no time with a payment, so all of its payments are told: more than was asked for does no harm.
import { msat, paymentHash } from '../../lightning/values.ts';
import type { Recalled } from '../port.ts';
import { outcomeOf } from './attempts.ts';
import { labelledSends } from './chain.ts';
import { lookUpInvoice, sightingOf } from './invoices.ts';
import type { Link } from './link.ts';

export const recallOf = ({ network: { sim }, node }: Link, since: Date): readonly Recalled[] => {
  const requests = new Map([...sim.records.invoices.values()].map(({ hash, bolt11 }) => [String(hash), bolt11]));
  const payments = [...sim.records.payments.values()].flatMap((attempts): Recalled[] => {
    const last = attempts.at(-1);
    if (last?.node !== node) return [];
    const { hash, amount } = last;
    const outcome = outcomeOf(last);
    return [
      {
        ...{ about: 'payment', hash: paymentHash(hash), bolt11: requests.get(hash) ?? null },
        ...{ amount: msat(amount), at: sim.time.now(), outcome },
      },
    ];
  });
  const invoices = [...sim.records.invoices.values()]
    .filter((invoice) => invoice.node === node && invoice.createdAt >= since.getTime())
    .map((invoice): Recalled => {
      const { hash, bolt11, amount, isHold, createdAt } = invoice;
      const sighting = sightingOf(sim, lookUpInvoice(sim, node, hash) ?? invoice);
      return { about: 'invoice', hash, bolt11, amount: amount === null ? null : msat(amount), at: new Date(createdAt), isHold, sighting };
    });
  const sends = labelledSends(sim, node).map((sent): Recalled => ({ about: 'send', at: sim.time.now(), ...sent }));
  return [...payments, ...invoices, ...sends];
};
