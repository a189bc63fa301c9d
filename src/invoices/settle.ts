// Settles and cancels hold invoices: the intention is stored first, then the backend is asked until it answers. A preimage is verified
// before anything says `settling`, and leaves only with a settlement that is stored.
import type { HoldOutcome } from '../backends/port.ts';
import { isHex32, type Preimage, paymentHash, proves, preimage as toPreimage } from '../lightning/values.ts';
import { step } from '../platform/machine.ts';
import { refuse } from '../platform/refusal.ts';
import { askToCancel } from './cancel.ts';
import type { InvoiceDeps } from './deps.ts';
import { observeInvoice } from './observe.ts';
import { type InvoiceEvent, invoiceTable } from './states.ts';
import { holdSteps } from './steps.ts';
import { advanceInvoice, type InvoiceRow, invoiceByHash, toInvoiceView } from './store.ts';
import type { InvoiceView } from './view.ts';

export interface HoldAsk {
  readonly walletId: string;
  readonly paymentHash: string;
}

const ownHold = async (deps: InvoiceDeps, ask: HoldAsk): Promise<InvoiceRow> => {
  const row = await invoiceByHash(deps.db, ask.paymentHash);
  return row && row.walletId === ask.walletId && row.kind === 'hold'
    ? row
    : refuse({ is: 'notFound', what: 'invoice', given: ask.paymentHash });
};

/**
 * Settles what is held. Settling twice is fine. `preimage` null: the gateway's own is used.
 * Throws Refused: notFound, wrongPreimage as invalidInput, wrongState (not held yet, or canceled). Afterwards `settling` or `settled`.
 */
export const settleHold = async (
  deps: InvoiceDeps,
  ask: HoldAsk & { readonly preimage: string | null },
  signal: AbortSignal,
): Promise<InvoiceView> => {
  const row = await ownHold(deps, ask);
  // A wrong one is told so whatever became of the hold.
  if (ask.preimage !== null) secretFor(deps, row, ask.preimage);
  if (row.state === 'settled') return toInvoiceView(row);
  const secret = secretFor(deps, row, ask.preimage);
  const settling = await intend(deps, row, { event: 'settleAsked', sealed: deps.vault.seal(secret, row.paymentHash) });
  await askToSettle(deps, settling, signal);
  return latest(deps, settling);
};

/**
 * Cancels an unsettled hold invoice. Canceling twice is fine. Afterwards `canceling` or `canceled`.
 * Throws Refused: notFound, wrongState, and forbidden for one that was told as paid unless `mayUndo`.
 */
export const cancelHold = async (
  deps: InvoiceDeps,
  ask: HoldAsk & { readonly mayUndo?: boolean },
  signal: AbortSignal,
): Promise<InvoiceView> => {
  const row = await ownHold(deps, ask);
  if (row.state === 'canceled') return toInvoiceView(row);
  const allowed = (now: InvoiceRow): void => {
    // Whoever looked at the status was told PAID: cash may be out.
    if (now.settleAfterSeconds !== null && now.state === 'held' && ask.mayUndo !== true)
      refuse({ is: 'forbidden', needs: 'ADMIN', kind: 'write' });
  };
  const canceling = await intend(deps, row, { event: 'cancelAsked', sealed: null, allowed });
  await askToCancel(deps, canceling, signal);
  return latest(deps, canceling);
};

const latest = async (deps: InvoiceDeps, row: InvoiceRow): Promise<InvoiceView> =>
  toInvoiceView((await invoiceByHash(deps.db, row.paymentHash)) ?? row);

/** The preimage is verified before anything is stored as `settling`. */
const secretFor = (deps: InvoiceDeps, row: InvoiceRow, given: string | null): Preimage => {
  if (given !== null) {
    if (isHex32(given.toLowerCase()) && proves(given.toLowerCase(), paymentHash(row.paymentHash))) return toPreimage(given);
    return refuse({ is: 'invalidInput', field: 'preimage', rule: 'opens the payment hash', given: 'another one' });
  }
  if (row.sealedPreimage === null)
    return refuse({ is: 'invalidInput', field: 'preimage', rule: 'required: the caller has it', given: 'none' });
  return toPreimage(deps.vault.open(row.sealedPreimage, row.paymentHash));
};

/** Stores an intention; the row as it is now. Throws Refused `wrongState` when the table forbids it. */
export const intend = async (
  deps: InvoiceDeps,
  row: InvoiceRow,
  intention: {
    readonly event: InvoiceEvent;
    readonly sealed: string | null;
    /** Throws Refused when the row as it is now may not be moved by this asker. */
    readonly allowed?: (row: InvoiceRow) => void;
  },
): Promise<InvoiceRow> => {
  intention.allowed?.(row);
  const to = step(invoiceTable, row.state, intention.event);
  if (to.is === 'forbidden') return refuse({ is: 'wrongState', state: row.state, asked: intention.event });
  if (to.is === 'same') return row;
  const at = deps.clock.now();
  const next_check_at = new Date(at.getTime() + 2_000);
  const effects = { events: [changed(deps, row, to.to)], steps: holdSteps(row, { event: intention.event, to: to.to, at }) };
  const set = { state: to.to, next_check_at, checks: 0, ...(intention.sealed !== null && { sealed_preimage: intention.sealed }) };
  const moved = await advanceInvoice(deps.db, { id: row.id, from: row.state, set, effects });
  const now = (await invoiceByHash(deps.db, row.paymentHash)) ?? row;
  if (moved) {
    deps.poke();
    deps.log.info({ paymentHash: row.paymentHash, from: row.state, to: to.to, event: intention.event }, 'invoice moved');
    return now;
  }
  // Somebody was faster: the same intention may still hold from where the row is now.
  return intend(deps, now, intention);
};

/** The event that tells of a move. */
export const changed = (deps: InvoiceDeps, row: InvoiceRow, state: string) => ({
  topic: 'invoice' as const,
  subject: row.paymentHash,
  account_id: row.accountId,
  wallet_id: row.walletId,
  payload: { invoiceId: row.id, state, received_msat: row.receivedMsat },
  created_at: deps.clock.now(),
});

/** Asks the backend of a `settling` invoice to settle it, and writes down what it then says of it. */
export const askToSettle = async (deps: InvoiceDeps, row: InvoiceRow, signal: AbortSignal): Promise<HoldOutcome> => {
  const hold = deps.registry.get(row.backendId)?.backend.hold;
  if (!hold || row.sealedPreimage === null)
    return { is: 'unknown', fault: { kind: 'unreachable', detail: `backend ${row.backendId} cannot settle now` } };
  const hash = paymentHash(row.paymentHash);
  const secret = toPreimage(deps.vault.open(row.sealedPreimage, row.paymentHash));
  const outcome = await hold.settle({ hash, handle: row.heldHandle }, secret, signal);
  const seen = { hash: row.paymentHash, backendId: row.backendId, identityKey: row.backendIdentity };
  // What it did it must say itself: `done` alone does not tell what was received.
  const sighting = outcome.is === 'unknown' ? null : await hold.find(hash, signal).catch(() => null);
  if (sighting)
    await observeInvoice(deps, {
      ...seen,
      sighting: sighting.is === 'settled' ? { ...sighting, preimage: sighting.preimage ?? secret } : sighting,
    });
  return outcome;
};
