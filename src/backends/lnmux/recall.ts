// What lnmux's list has of settlements since a moment. What it holds without being asked to settle it gives back by itself within a minute, and
// invoices that nobody has paid it does not keep.
import type { Recalled } from '../port.ts';
import type { LnmuxContext } from './context.ts';
import { listedSighting } from './translate.ts';

/** @throws BackendFault */
export const lnmuxRecall = async ({ book, clock }: LnmuxContext, since: Date, signal: AbortSignal): Promise<readonly Recalled[]> => {
  const told: Recalled[] = [];
  for (let from = 0n, isLast = false; !isLast; ) {
    const page = await book.page(from, signal);
    for (const row of page.invoices) {
      if (row.finalAt !== null && row.finalAt < since) continue;
      const at = row.finalAt ?? clock.now();
      const sighting = listedSighting(row, null);
      told.push({ about: 'invoice', hash: row.hash, bolt11: null, amount: row.amount, at, isHold: true, sighting });
    }
    from = page.next;
    isLast = page.isLast;
  }
  return told;
};
