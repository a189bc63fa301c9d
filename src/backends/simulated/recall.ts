// What a simulated node remembers of the time since a moment, as a real one tells it: by when each thing was begun.
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
    const { hash, amount, createdAt } = last;
    const outcome = outcomeOf(last);
    const request = requests.get(hash) ?? null;
    return [{ about: 'payment', hash: paymentHash(hash), bolt11: request, amount: msat(amount), at: new Date(createdAt), outcome }];
  });
  const invoices = [...sim.records.invoices.values()]
    .filter((invoice) => invoice.node === node)
    .map((invoice): Recalled => {
      const { hash, bolt11, amount, isHold, createdAt } = invoice;
      const sighting = sightingOf(sim, lookUpInvoice(sim, node, hash) ?? invoice);
      return { about: 'invoice', hash, bolt11, amount: amount === null ? null : msat(amount), at: new Date(createdAt), isHold, sighting };
    });
  const sends = labelledSends(sim, node).map((sent): Recalled => ({ about: 'send', ...sent }));
  return [...payments, ...invoices, ...sends].filter(({ at }) => at >= since);
};
