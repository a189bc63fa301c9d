// What a Galoy wallet's ledger has of the time since a moment. It names no payment request (upstream is asked for those of receipts one by one, and
// does not keep those of payments), and invoices that nobody has paid are not in it.
import { fromSat, type Msat, type PaymentHash } from '../../lightning/values.ts';
import type { Recalled } from '../port.ts';
import type { GaloyContext } from './context.ts';
import { type Movement, movementsOf, receivedIn, standing, type Wanted } from './movements.ts';
import { page } from './pages.ts';
import { hashIn, requestOf } from './receive.ts';

/** @throws BackendFault */
export const galoyRecall = async (context: GaloyContext, since: Date, signal: AbortSignal): Promise<readonly Recalled[]> => {
  const newest = new Map<PaymentHash, Movement>();
  for (let after: string | null = null, isOver = false; !isOver; ) {
    const { rows, next } = await page(context, after, signal);
    for (const row of rows) {
      const hash = hashIn(row.hash);
      if (hash !== null && row.at >= since && !newest.has(hash)) newest.set(hash, row);
    }
    isOver = next === null || rows.some((row) => row.at < since);
    after = next;
  }
  const told: Recalled[] = [];
  // A payment is read whole: one row does not say how it stands.
  for (const [hash, { at }] of newest)
    for (const fact of factsOf({ hash, currency: context.settings.currency }, at, await movementsOf(context, hash, signal)))
      told.push(fact.about === 'invoice' ? { ...fact, bolt11: await requestOf(context, hash, signal) } : fact);
  return told;
};

const factsOf = (wanted: Wanted, at: Date, rows: readonly Movement[]): readonly Recalled[] => {
  const { hash, currency } = wanted;
  // What was moved in cents is nothing in satoshis.
  const inMsat = (units: number): Msat | null => (currency === 'BTC' ? fromSat(units) : null);
  const sent = rows.find(({ direction }) => direction === 'SEND');
  const outcome = standing(rows, wanted, null);
  if (sent !== undefined && outcome.is !== 'notFound')
    return [{ about: 'payment', hash, bolt11: null, amount: inMsat(Math.abs(sent.amount) - Math.abs(sent.fee)), at, outcome }];
  const got = receivedIn(rows, wanted);
  return got === null
    ? []
    : [{ about: 'invoice', hash, bolt11: null, amount: got.received, at, isHold: false, sighting: { is: 'settled', ...got } }];
};
