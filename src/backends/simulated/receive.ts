// The receive and hold facets of a simulated backend: invoices of its node, with the refusals a real one gives.
import { type PaymentHash, type Preimage, preimage } from '../../lightning/values.ts';
import type { Fault, HeldInvoice, Hold, HoldOutcome, InvoiceSighting, InvoiceTerms, Issue, Receive } from '../port.ts';
import type { Call, PlannedFault } from './faults.ts';
import { addInvoice, defaultFinalCltvDelta, type InvoiceOrder } from './invoice-create.ts';
import { cancelInvoice, type Ending, holdExpiryDelta, lookUpInvoice, settleInvoice, sightingOf } from './invoices.ts';
import { type Handling, type Link, overUntil, read } from './link.ts';
import type { SimInvoice } from './model.ts';

const longestExpirySeconds = 31_536_000;
const smallestFinalCltvDelta = 24;
const largestAmount = 10_000_000_000_000_000n; // 100 000 BTC

export const createReceive = (link: Link, settings: HoldSettings): Required<Receive> => ({
  traits: { unit: 'msat', amountless: true, descriptionHash: true, forgetsOpen: false, heldUntilSettled: settings.heldUntilSettled },
  create: (terms, signal) =>
    overUntil(link, 'createInvoice', {
      signal,
      handling: issuing(() =>
        issue(link, { terms, isHold: settings.heldUntilSettled, ...(settings.heldUntilSettled && heldFor(settings)) }),
      ),
    }),
  cancel: (hash, signal) =>
    overUntil(link, 'cancelInvoice', { signal, handling: ending(() => cancelInvoice(link.network.sim, link.node, hash)) }),
  find: (hash, signal) => find(link, 'findInvoice', { hash, signal }),
});

export interface HoldSettings {
  readonly holdHashFrom: 'caller' | 'backend';
  readonly heldSeconds: number | null;
  readonly heldUntilSettled: boolean;
}

const heldFor = ({ heldSeconds }: HoldSettings): { readonly heldMs?: number } =>
  heldSeconds === null ? {} : { heldMs: heldSeconds * 1000 };

export const createHold = (link: Link, settings: HoldSettings): Hold => ({
  traits: { hashFrom: settings.holdHashFrom, heldSeconds: settings.heldSeconds, expiryDelta: holdExpiryDelta },
  create: ({ hash, ...terms }, signal) => {
    const order: InvoiceOrder = {
      terms,
      isHold: true,
      ...(hash === undefined ? {} : { hash }),
      ...heldFor(settings),
    };
    return overUntil(link, 'createHold', {
      signal,
      handling: issuing(() => (hashFits(settings, hash) ? issue(link, order) : wrongTerms('the hash comes from the other side'))),
    });
  },
  settle: ({ hash }, proof: Preimage, signal) =>
    overUntil(link, 'settleHold', {
      signal,
      handling: ending(() => settleInvoice(link.network.sim, link.node, { hash, preimage: proof })),
    }),
  cancel: ({ hash }, signal) =>
    overUntil(link, 'cancelHold', { signal, handling: ending(() => cancelInvoice(link.network.sim, link.node, hash)) }),
  find: (hash, signal) => find(link, 'findHold', { hash, signal }),
  held: (signal) => read(link, 'listHeld', { signal, run: () => heldAt(link) }),
});

const heldAt = ({ network: { sim }, node }: Link): readonly HeldInvoice[] =>
  [...sim.records.invoices.values()].flatMap((invoice) => {
    const sighting = invoice.node === node ? sightingOf(sim, invoice) : null;
    if (sighting?.is !== 'held') return [];
    return [{ hash: invoice.hash, handle: sighting.handle, received: sighting.received, at: new Date(invoice.createdAt) }];
  });

const hashFits = (settings: HoldSettings, hash: PaymentHash | undefined): boolean =>
  (settings.holdHashFrom === 'caller') === (hash !== undefined);

const issuing = (run: () => Issue): Handling<Issue> => ({
  run,
  unsent: (fault) => ({ is: 'unknown', fault }),
  doubt: (fault) => ({ is: 'unknown', fault }),
});

const ending = (run: () => Ending): Handling<HoldOutcome> => {
  const unknown = (fault: Fault): HoldOutcome => ({ is: 'unknown', fault });
  return { run: () => outcomeOf(run()), unsent: unknown, doubt: unknown };
};

const outcomeOf = (end: Ending): HoldOutcome => (end === 'done' ? { is: 'done' } : { is: 'refused', because: end });

const wrongTerms = (detail: string): Issue => ({ is: 'refused', because: 'terms', detail });

const issue = (link: Link, order: InvoiceOrder): Issue => {
  const wrong = wrongIn(order.terms);
  if (wrong !== null) return wrongTerms(wrong);
  const known = order.hash === undefined ? null : lookUpInvoice(link.network.sim, link.node, order.hash);
  if (known !== null)
    return sameTerms(known, order) ? issued(known) : { is: 'refused', because: 'hashInUse', detail: 'another invoice has this hash' };
  try {
    return issued(addInvoice(link.network.sim, link.node, order));
  } catch (error) {
    // BOLT 11 has no room for it: a description that is too long, most likely.
    if (error instanceof RangeError) return wrongTerms(error.message);
    throw error;
  }
};

const wrongIn = ({ amount, expirySeconds, finalCltvDelta = defaultFinalCltvDelta }: InvoiceTerms): string | null => {
  if (amount !== null && (amount < 1n || amount > largestAmount)) return `the amount is not between 1 and ${largestAmount} msat`;
  if (!Number.isInteger(expirySeconds) || expirySeconds < 1 || expirySeconds > longestExpirySeconds)
    return `the expiry is not between 1 and ${longestExpirySeconds} seconds`;
  if (!Number.isInteger(finalCltvDelta) || finalCltvDelta < smallestFinalCltvDelta || finalCltvDelta > 65_535)
    return `the final CLTV delta is not between ${smallestFinalCltvDelta} and 65535 blocks`;
  return null;
};

// Adopted only while it can still be paid: asking again for what is over would hand out a dead request.
const sameTerms = (known: SimInvoice, { terms, isHold }: InvoiceOrder): boolean =>
  known.isHold === isHold &&
  known.state === 'open' &&
  known.amount === terms.amount &&
  known.expirySeconds === terms.expirySeconds &&
  known.finalCltvDelta === (terms.finalCltvDelta ?? defaultFinalCltvDelta) &&
  JSON.stringify(known.description) === JSON.stringify(terms.description);

const issued = (invoice: SimInvoice): Issue => ({
  is: 'issued',
  hash: invoice.hash,
  bolt11: invoice.bolt11,
  paymentSecret: invoice.secret,
  expiresAt: new Date(invoice.expiresAt),
  ...(invoice.preimage === null ? {} : { preimage: preimage(invoice.preimage) }),
});

const find = (link: Link, call: Call, asked: { readonly hash: PaymentHash; readonly signal: AbortSignal }): Promise<InvoiceSighting> =>
  read<InvoiceSighting>(link, call, {
    signal: asked.signal,
    run: (fault: PlannedFault | null) => {
      const invoice = fault?.is === 'notFound' ? null : lookUpInvoice(link.network.sim, link.node, asked.hash);
      return invoice === null ? { is: 'notFound' } : sightingOf(link.network.sim, invoice);
    },
  });
