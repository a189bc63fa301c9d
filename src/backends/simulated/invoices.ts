import { blockHeight, msat, preimage, proves } from '../../lightning/values.ts';
import type { InvoiceSighting } from '../port.ts';
import { emit, heightOf, type Sim } from './core.ts';
import { failAtPayee, settleHtlc } from './htlcs.ts';
import { type Htlc, type HtlcFailure, hashKey, type SimInvoice } from './model.ts';

/** Blocks before an HTLC's end at which a held set is given back, as LND 0.21 does. */
export const holdExpiryDelta = 18;
/** An incomplete set of parts is given back after this time. */
const partsWaitMs = 120_000;

/** Cancels an invoice at its expiry when it is unpaid by then. After a restart of the process too. */
export const watchExpiry = (sim: Sim, invoice: SimInvoice): void => {
  const same = sim.expiries.get(invoice.expiresAt);
  if (same !== undefined) {
    same.push(invoice);
    return;
  }
  sim.expiries.set(invoice.expiresAt, [invoice]);
  sim.time.after(invoice.expiresAt - sim.time.now().getTime(), () => {
    const due = sim.expiries.get(invoice.expiresAt) ?? [];
    sim.expiries.delete(invoice.expiresAt);
    for (const { node, hash } of due) lookUpInvoice(sim, node, hash);
  });
};

/** The invoice as it stands now; one that has expired unpaid is canceled by being looked at. */
export const lookUpInvoice = (sim: Sim, node: string, hash: string): SimInvoice | null => {
  const invoice = sim.records.invoices.get(hashKey(node, hash));
  if (invoice === undefined) return null;
  if (invoice.state === 'open' && sim.time.now().getTime() >= invoice.expiresAt) endUnpaid(sim, invoice);
  return invoice;
};

/** An HTLC has reached its payee. */
export const receiveHtlc = (sim: Sim, htlc: Htlc): void => {
  const payee = htlc.hops.at(-1)?.to ?? htlc.payer;
  const invoice = lookUpInvoice(sim, payee, htlc.hash);
  const refusal = refusalOf(sim, invoice, htlc);
  if (invoice === null || refusal !== null) {
    failAtPayee(sim, htlc, refusal ?? 'incorrectPaymentDetails');
    return;
  }
  invoice.parts = [...invoice.parts, htlc.id];
  invoice.received += htlc.amount;
  keep(sim, invoice);
  if (invoice.received < htlc.total) waitForParts(sim, htlc.id);
  else if (invoice.isHold) hold(sim, invoice);
  else release(sim, invoice, preimage(invoice.preimage ?? ''));
};

const refusalOf = (sim: Sim, invoice: SimInvoice | null, htlc: Htlc): HtlcFailure | null => {
  if (invoice === null || invoice.state !== 'open' || invoice.secret !== htlc.secret) return 'incorrectPaymentDetails';
  if (htlc.total < (invoice.amount ?? 1n)) return 'incorrectPaymentDetails';
  const expiry = htlc.hops.at(-1)?.expiry ?? 0;
  return expiry - heightOf(sim) < invoice.finalCltvDelta ? 'finalExpiryTooSoon' : null;
};

const hold = (sim: Sim, invoice: SimInvoice): void => {
  invoice.state = 'held';
  invoice.sets += 1;
  keep(sim, invoice);
  tell(sim, invoice);
  watchHeld(sim, invoice);
};

/** Gives a held set back when its time is over, if it has one. After a restart of the process too: then the time starts anew. */
export const watchHeld = (sim: Sim, invoice: SimInvoice): void => {
  const set = invoice.sets;
  if (invoice.heldMs === null) return;
  sim.time.after(invoice.heldMs, () => {
    if (invoice.sets === set) giveUpHeld(sim, invoice.node, invoice.hash);
  });
};

/** After a restart of the process too: the parts of an incomplete set do not wait for ever. */
export const waitForParts = (sim: Sim, id: number): void => {
  sim.time.after(partsWaitMs, () => {
    const htlc = sim.records.htlcs.get(String(id));
    const payee = htlc?.hops.at(-1)?.to;
    if (htlc?.stage !== 'waiting' || payee === undefined) return;
    const invoice = lookUpInvoice(sim, payee, htlc.hash);
    if (invoice?.state === 'open') giveBack(sim, invoice, 'mppTimeout');
  });
};

export type Ending = 'done' | 'notFound' | 'notHeld' | 'alreadySettled' | 'alreadyCanceled' | 'wrongPreimage';

/** Releases the preimage of a held invoice. Settling twice is `done`. */
export const settleInvoice = (sim: Sim, node: string, proof: { readonly hash: string; readonly preimage: string }): Ending => {
  const invoice = lookUpInvoice(sim, node, proof.hash);
  if (invoice === null) return 'notFound';
  if (!proves(proof.preimage, invoice.hash)) return 'wrongPreimage';
  if (invoice.state === 'settled') return 'done';
  if (invoice.state === 'canceled') return 'alreadyCanceled';
  if (invoice.state === 'open') return 'notHeld';
  release(sim, invoice, preimage(proof.preimage));
  return 'done';
};

/** After `done` the invoice can never be paid. Canceling twice is `done`. */
export const cancelInvoice = (sim: Sim, node: string, hash: string): Ending => {
  const invoice = lookUpInvoice(sim, node, hash);
  if (invoice === null) return 'notFound';
  if (invoice.state === 'settled') return 'alreadySettled';
  if (invoice.state !== 'canceled') endUnpaid(sim, invoice);
  return 'done';
};

/** Gives a held set back while the invoice stays payable, as lnmux does when nobody settles in time. */
export const giveUpHeld = (sim: Sim, node: string, hash: string): void => {
  const invoice = lookUpInvoice(sim, node, hash);
  if (invoice?.state !== 'held') return;
  invoice.state = 'open';
  giveBack(sim, invoice, 'incorrectPaymentDetails');
  tell(sim, invoice);
};

/** At a new block: held sets that come too near the end of an HTLC are given back and their invoices canceled. */
export const expireHeld = (sim: Sim): void => {
  for (const invoice of sim.records.invoices.values()) {
    if (invoice.state === 'held' && heightOf(sim) >= deadlineOf(sim, invoice) - holdExpiryDelta) endUnpaid(sim, invoice);
  }
};

const deadlineOf = (sim: Sim, invoice: SimInvoice): number =>
  Math.min(...partsOf(sim, invoice).map((htlc) => htlc.hops.at(-1)?.expiry ?? Number.POSITIVE_INFINITY));

const endUnpaid = (sim: Sim, invoice: SimInvoice): void => {
  invoice.state = 'canceled';
  giveBack(sim, invoice, 'incorrectPaymentDetails');
  tell(sim, invoice);
};

const giveBack = (sim: Sim, invoice: SimInvoice, code: HtlcFailure): void => {
  const parts = partsOf(sim, invoice);
  invoice.parts = [];
  invoice.received = 0n;
  keep(sim, invoice);
  for (const htlc of parts) failAtPayee(sim, htlc, code);
};

const release = (sim: Sim, invoice: SimInvoice, proof: string): void => {
  const parts = partsOf(sim, invoice);
  invoice.state = 'settled';
  invoice.preimage = proof;
  invoice.parts = [];
  keep(sim, invoice);
  for (const htlc of parts) settleHtlc(sim, htlc, proof);
  tell(sim, invoice);
};

const partsOf = (sim: Sim, invoice: SimInvoice): Htlc[] => {
  const parts: Htlc[] = [];
  for (const id of invoice.parts) {
    const htlc = sim.records.htlcs.get(String(id));
    if (htlc !== undefined) parts.push(htlc);
  }
  return parts;
};

/** How a backend of this node sees the invoice. */
export const sightingOf = (sim: Sim, invoice: SimInvoice): InvoiceSighting => {
  if (invoice.state === 'held') {
    return {
      is: 'held',
      received: msat(invoice.received),
      handle: invoice.heldMs === null ? null : `set-${invoice.sets}`,
      deadline: { height: blockHeight(deadlineOf(sim, invoice)) },
    };
  }
  if (invoice.state !== 'settled') return { is: invoice.state };
  return { is: 'settled', received: msat(invoice.received), preimage: invoice.preimage === null ? null : preimage(invoice.preimage) };
};

const tell = (sim: Sim, invoice: SimInvoice): void =>
  emit(sim, invoice.node, { about: 'invoice', hash: invoice.hash, sighting: sightingOf(sim, invoice) });

const keep = (sim: Sim, invoice: SimInvoice): void => sim.save('invoices', hashKey(invoice.node, invoice.hash), invoice);
