// What a backend says of an invoice, written down. Facts end intentions; what the table forbids is an incident and never an overwrite.
import type { InvoiceSighting } from '../backends/port.ts';
import { msat, paymentHash, proves, preimage as toPreimage } from '../lightning/values.ts';
import type { Effects, IncidentRow } from '../platform/effects.ts';
import { newId } from '../platform/ids.ts';
import { type Step, step } from '../platform/machine.ts';
import { unitPrice } from '../prices/price.ts';
import { bookReceive } from '../wallets/ledger.ts';
import { deadlineHeight } from './deadline.ts';
import type { InvoiceDeps } from './deps.ts';
import { type InvoiceEvent, type InvoiceState, invoiceAlarms, invoiceTable, invoiceTerminal } from './states.ts';
import { holdSteps } from './steps.ts';
import { advanceInvoice, type InvoiceMove, type InvoiceRow, invoiceByHash } from './store.ts';

export interface InvoiceSeen {
  readonly hash: string;
  readonly backendId: string;
  readonly identityKey: string;
  readonly sighting: InvoiceSighting;
}

/** What a sighting means for an invoice in this state; null when it says nothing new. */
export const eventOf = (state: InvoiceState, sighting: InvoiceSighting): InvoiceEvent | null => {
  switch (sighting.is) {
    case 'held':
      return 'sawHeld';
    case 'settled':
      return 'sawSettled';
    case 'canceled':
      return 'sawCanceled';
    case 'notFound':
      // Terminal rows and open ones are not moved by it: a backend may forget what is over, or keep no open invoices at all.
      return state === 'canceling' ? 'sawNotFound' : null;
    case 'open':
      return state === 'held' || state === 'claimed' || state === 'settling' ? 'sawReleased' : null;
  }
};

const maxTries = 5;

/** The row after the fact; null when the invoice is not ours or came from another backend. */
export const observeInvoice = async (deps: InvoiceDeps, seen: InvoiceSeen): Promise<InvoiceRow | null> => {
  for (let tries = 0; tries < maxTries; tries++) {
    const row = await invoiceByHash(deps.db, seen.hash);
    // Somebody else's invoice on the same node, or the same hash on another backend: none of our business.
    if (!row || row.backendId !== seen.backendId || row.backendIdentity !== seen.identityKey) return null;
    const { sighting, by } = sightingFor(row, seen.sighting);
    const event = eventOf(row.state, sighting);
    if (event === null) return row;
    const to = step(invoiceTable, row.state, event);
    if (to.is === 'same' && invoiceTerminal.has(row.state)) {
      await tellAlarm(deps, row, event);
      return row;
    }
    if (await write(deps, { row, event, to, sighting, by })) return invoiceByHash(deps.db, seen.hash);
  }
  // Everybody moved it under us five times; the sweep comes back to it.
  return null;
};

/**
 * One of our own wallets pays this invoice inside: that its copy at the backend is canceled, so that nobody else can pay it any more, is
 * what completes the transfer. Paid from outside after all, it is what the backend says.
 */
const sightingFor = (
  row: InvoiceRow,
  sighting: InvoiceSighting,
): { readonly sighting: InvoiceSighting; readonly by: 'inside' | 'backend' } => {
  const awaited = row.state === 'canceling' && row.settledBy === 'inside' && row.receivedMsat !== null;
  if (!awaited || (sighting.is !== 'canceled' && sighting.is !== 'notFound')) return { sighting, by: 'backend' };
  const preimage = row.preimage === null ? null : toPreimage(row.preimage);
  return { sighting: { is: 'settled', received: msat(row.receivedMsat ?? 0n), preimage }, by: 'inside' };
};

interface Seen {
  readonly row: InvoiceRow;
  readonly event: InvoiceEvent;
  readonly to: Step<InvoiceState>;
  readonly sighting: InvoiceSighting;
  readonly by: 'inside' | 'backend';
}

const write = async (deps: InvoiceDeps, seen: Seen): Promise<boolean> => {
  const { row, event, to } = seen;
  const now = deps.clock.now();
  if (to.is === 'forbidden') {
    await tell(deps, { row, kind: 'invoice.forbiddenFact', detail: { state: row.state, event } });
    return true;
  }
  const state = to.is === 'moved' ? to.to : row.state;
  const details = detailsOf(deps, seen, now);
  const set = { ...details, state, ...nextLook(row, state, now) };
  const steps = holdSteps(row, { event, to: state, at: now, receivedMsat: set.received_msat });
  const effects = { ...(await effectsOf(deps, { seen, set, now })), steps };
  const moved = await advanceInvoice(deps.db, { id: row.id, from: row.state, set, effects });
  if (!moved) return false;
  deps.poke();
  deps.log.info({ paymentHash: row.paymentHash, invoiceId: row.id, from: row.state, to: state, event }, 'invoice moved');
  if (state === 'settled' && row.state !== 'settled') deps.count('invoices_settled', row.backendId);
  for (const incident of effects.incidents ?? []) deps.alarm(incident.kind, incident.subject, incident.detail);
  return true;
};

const recheckMs = 5_000;

/** A new state is asked about as often as a new row. */
const nextLook = (row: InvoiceRow, state: InvoiceState, now: Date) => ({
  next_check_at: invoiceTerminal.has(state) ? null : new Date(now.getTime() + recheckMs),
  ...(state !== row.state && { checks: 0 }),
});

const detailsOf = (deps: InvoiceDeps, { row, sighting, by }: Seen, now: Date): Omit<InvoiceMove['set'], 'state'> => {
  switch (sighting.is) {
    case 'held':
      return {
        ...receivedBy(sighting.received ?? row.amountMsat),
        // The newest handle counts: a new set may replace the one we knew without a change of state.
        held_handle: sighting.handle,
        deadline_height: deadlineHeightOf(deps, row, sighting.deadline.height),
        deadline_at: deadlineAt(row, sighting, now),
        ...(row.heldAt === null && { held_at: now }),
        ...(row.settleAt === null && row.settleAfterSeconds !== null && { settle_at: after(row.heldAt ?? now, row.settleAfterSeconds) }),
      };
    case 'settled': {
      const preimage = sighting.preimage ?? null;
      // Only a preimage that opens the hash is kept; the settlement itself stands on the backend's word.
      const proof = preimage !== null && proves(preimage, paymentHash(row.paymentHash)) ? { preimage, sealed_preimage: null } : {};
      return { ...proof, received_msat: sighting.received ?? row.amountMsat ?? 0n, settled_at: now, settled_by: by };
    }
    case 'canceled':
    case 'notFound':
      return { canceled_at: now };
    case 'open':
      // Released: a later payment is a new hold with a time of its own. But what was decided stays decided.
      return { held_handle: null, deadline_height: null, deadline_at: null, held_at: null, settle_at: decidedAt(row, now) };
  }
};

/** When to settle what is held once more after it was given back: at once where that was decided before, however the money comes. */
const decidedAt = (row: InvoiceRow, now: Date): Date | null => {
  if (row.state === 'settling') return now;
  return row.settleAfterSeconds === null ? row.settleAt : null;
};

/** The earliest of what the backend says, the longest hold, and of what was known of the same hold before: a time never moves away. */
const deadlineAt = (row: InvoiceRow, { handle, deadline }: Extract<InvoiceSighting, { is: 'held' }>, now: Date): Date | null => {
  const known = row.heldHandle !== null && row.heldHandle === handle ? row.deadlineAt : null;
  return earliest(known, earliest(deadline.at ?? null, holdEnd(row, now)));
};

/** Null where the backend names no height. */
const deadlineHeightOf = ({ registry }: InvoiceDeps, row: InvoiceRow, earliestExpiry: number | undefined): number | null =>
  earliestExpiry === undefined
    ? null
    : deadlineHeight(earliestExpiry, registry.get(row.backendId)?.backend.hold?.traits.expiryDelta ?? null);

const receivedBy = (received: bigint | null) => (received === null ? {} : { received_msat: received });

/** When the longest hold that was promised to payers is over; null for an invoice without one. */
const holdEnd = (row: InvoiceRow, now: Date): Date | null =>
  row.longestHoldSeconds === null ? null : after(row.heldAt ?? now, row.longestHoldSeconds);

const after = (moment: Date, seconds: number): Date => new Date(moment.getTime() + seconds * 1000);

const earliest = (one: Date | null, other: Date | null): Date | null => {
  if (one === null || other === null) return one ?? other;
  return one < other ? one : other;
};

const effectsOf = async (
  deps: InvoiceDeps,
  move: { readonly seen: Seen; readonly set: InvoiceMove['set']; readonly now: Date },
): Promise<Effects> => {
  const { row, event } = move.seen;
  const { now, set } = move;
  const alarmed = move.seen.by === 'backend' && invoiceAlarms.has(`${row.state}:${event}`);
  const incidents = alarmed ? [incident(row, { kind: `invoice.${row.state}:${event}`, detail: { state: row.state, event }, now })] : [];
  const events = [
    {
      topic: 'invoice' as const,
      subject: row.paymentHash,
      account_id: row.accountId,
      wallet_id: row.walletId,
      payload: { invoiceId: row.id, state: set.state, received_msat: set.received_msat ?? row.receivedMsat },
      created_at: now,
    },
  ];
  if (set.state !== 'settled' || row.state === 'settled') return { events, incidents };
  return {
    events,
    incidents,
    ...(await credit(deps, {
      row,
      by: move.seen.by,
      received: set.received_msat ?? 0n,
      cents: move.seen.sighting.is === 'settled' ? (move.seen.sighting.cents ?? null) : null,
      preimage: set.preimage ?? row.preimage,
      now,
    })),
  };
};

/** Credit is what was received, not what was asked. */
const credit = async (
  deps: InvoiceDeps,
  paid: {
    readonly row: InvoiceRow;
    readonly by: 'inside' | 'backend';
    readonly received: bigint;
    /** Of a wallet that holds dollars. */
    readonly cents: bigint | null;
    readonly preimage: string | null;
    readonly now: Date;
  },
): Promise<Effects> => {
  const { row, received, cents, now } = paid;
  const wallet = await deps.wallet(row.walletId);
  const price = unitPrice(deps.prices, await deps.displayCurrency(row.accountId), wallet?.currency ?? 'BTC', now);
  return {
    transactions: [
      {
        id: newId(now),
        account_id: row.accountId,
        wallet_id: row.walletId,
        direction: 'receive',
        status: 'success',
        kind: paid.by === 'inside' ? 'intraledger' : 'lightning',
        amount_msat: received,
        fee_msat: 0n,
        ...(wallet?.currency === 'USD' && { amount_cents: cents ?? 0n, fee_cents: 0n }),
        payment_hash: row.paymentHash,
        bolt11: row.bolt11,
        preimage: paid.preimage,
        address: null,
        txid: null,
        vout: null,
        memo: row.memo,
        external_id: row.externalId,
        subject_id: row.id,
        counterparty_wallet_id: null,
        key_id: null,
        price_base: price?.base ?? null,
        price_currency: price?.currency ?? deps.prices.currency,
        created_at: now,
        ended_at: now,
      },
    ],
    journals: wallet
      ? bookReceive({ wallet, subjectId: row.id, at: now }, { backendId: paid.by === 'inside' ? 'inside' : row.backendId, msat: received })
      : [],
  };
};

const incident = (
  row: InvoiceRow,
  of: { readonly kind: string; readonly detail: Readonly<Record<string, unknown>>; readonly now: Date },
): IncidentRow => ({
  id: newId(of.now),
  kind: of.kind,
  subject: row.paymentHash,
  detail: { invoiceId: row.id, backendId: row.backendId, ...of.detail },
  created_at: of.now,
});

const tellAlarm = async (deps: InvoiceDeps, row: InvoiceRow, event: InvoiceEvent): Promise<void> => {
  const internal = row.settledBy === 'inside' && event === 'sawCanceled';
  if (!invoiceAlarms.has(`${row.state}:${event}`) || internal) return;
  await tell(deps, { row, kind: `invoice.${row.state}:${event}`, detail: { state: row.state, event } });
};

const tell = async (
  deps: InvoiceDeps,
  of: { readonly row: InvoiceRow; readonly kind: string; readonly detail: Readonly<Record<string, unknown>> },
): Promise<void> => {
  const { row } = of;
  const told = incident(row, { ...of, now: deps.clock.now() });
  await advanceInvoice(deps.db, { id: row.id, from: row.state, set: { state: row.state }, effects: { incidents: [told] } });
  deps.alarm(told.kind, told.subject, told.detail);
};
