// What lnmux's words mean in the port's words. Pure functions.
import type { Msat } from '../../lightning/values.ts';
import type { InvoiceSighting, Network } from '../port.ts';
import type { Listed } from './book.ts';
import type { HeldSet } from './live.ts';

/** Held: the whole amount is in, by the set that `handle` names. */
export const heldSighting = (held: HeldSet, received: Msat | null): InvoiceSighting => ({
  is: 'held',
  received,
  handle: held.setId,
  deadline: { at: new Date(held.deadline) },
});

/** An invoice whose settlement was requested: lnmux sees it through by itself, whoever restarts meanwhile. */
export const listedSighting = (row: Listed, held: HeldSet | null): InvoiceSighting => {
  switch (row.status) {
    case 'settled':
      return { is: 'settled', received: row.amount, preimage: row.preimage };
    // Nothing of it can be paid any more; what may have arrived of it is for a person to find out.
    case 'failed':
      return { is: 'canceled' };
    case 'requested':
      return { is: 'held', received: row.amount, handle: held?.setId ?? null, deadline: {} };
  }
};

const networks: Readonly<Record<string, Network>> = { mainnet: 'mainnet', testnet: 'testnet', signet: 'signet', regtest: 'regtest' };

/** Null for one that is not served (simnet). */
export const networkOf = (name: string): Network | null => networks[name] ?? null;
