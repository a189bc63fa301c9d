// What a backend says of a payout, written down. Doubt stays doubt: only the backend's word, or a proof that nothing was ever sent, ends
// one; a transaction stands whatever was written before.
import type { ChainOutcome } from '../backends/port.ts';
import type { Effects, IncidentRow, JournalRow } from '../platform/effects.ts';
import { newId } from '../platform/ids.ts';
import { step } from '../platform/machine.ts';
import { bookLateSuccess, bookReverse, bookSettle } from '../wallets/ledger.ts';
import type { PayoutDeps } from './deps.ts';
import { payoutEvent, transactionRow } from './rows.ts';
import { meaning, type PayoutEvent, payoutAlarms, payoutTable } from './states.ts';
import { advancePayout, type PayoutMove, type PayoutRow, payoutById } from './store.ts';

export type Said = ChainOutcome | { readonly is: 'notFound' };

const maxTries = 5;

/** Writes what was said of one payout; the row afterwards. `notFound` and `unknown` change nothing. */
export const observePayout = async (deps: PayoutDeps, id: string, said: Said): Promise<PayoutRow | null> => {
  const event = meaning(said);
  for (let tries = 0; tries < maxTries; tries++) {
    const row = await payoutById(deps.db, id);
    if (!row || event === 'sawNothing') return row;
    if (await write(deps, { row, said, event })) return payoutById(deps.db, id);
  }
  return payoutById(deps.db, id);
};

interface Seen {
  readonly row: PayoutRow;
  readonly said: Said;
  readonly event: PayoutEvent;
}

const write = async (deps: PayoutDeps, seen: Seen): Promise<boolean> => {
  const { row, event } = seen;
  const to = step(payoutTable, row.state, event);
  const incidents = alarmsOf(deps, seen, to.is === 'forbidden');
  const state = to.is === 'moved' ? to.to : row.state;
  const set = { ...(to.is === 'forbidden' ? {} : detailsOf(deps, seen)), state };
  if (to.is !== 'moved' && incidents.length === 0 && !isNewer(row, set)) return true;
  const effects = to.is === 'moved' ? await effectsOf(deps, { row, set }) : {};
  if (!(await advancePayout(deps.db, { id: row.id, from: row.state, set, effects: { ...effects, incidents } }))) return false;
  deps.feed.poke();
  const { id: payoutId, walletId, backendId: backend, state: from } = row;
  deps.log.info({ payoutId, walletId, backend, from, to: state, event, txid: set.txid ?? row.txid }, 'payout moved');
  for (const incident of incidents) deps.alarm(incident.kind, incident.subject, incident.detail);
  return true;
};

const isNewer = (row: PayoutRow, set: PayoutMove['set']): boolean =>
  (set.taken === true && !row.taken) || (set.txid ?? row.txid) !== row.txid;

const alarmsOf = (deps: PayoutDeps, { row, event }: Seen, forbidden: boolean): IncidentRow[] => {
  if (!forbidden && !payoutAlarms.has(`${row.state}:${event}`)) return [];
  const now = deps.clock.now();
  const detail = { payoutId: row.id, walletId: row.walletId, backendId: row.backendId, txid: row.txid };
  return [{ id: newId(now), kind: `payout.${row.state}:${event}`, subject: row.id, detail, created_at: now }];
};

const firstLookMs = 2_000;

const detailsOf = (deps: PayoutDeps, { row, said, event }: Seen): Omit<PayoutMove['set'], 'state'> => {
  const now = deps.clock.now();
  switch (said.is) {
    case 'sent': {
      const ends = event === 'sawConfirmed' ? { ended_at: now, next_check_at: null } : { ended_at: null };
      const again = row.state === 'failed' && event === 'sawSent' ? { next_check_at: new Date(now.getTime() + firstLookMs) } : {};
      return {
        taken: true,
        txid: said.txid,
        vout: said.output,
        paid_msat: said.amount,
        fee_msat: said.fee,
        failure: null,
        ...ends,
        ...again,
      };
    }
    case 'queued':
      return { taken: true };
    case 'failed':
      // Of what was broadcast this is testimony alone, and changes nothing.
      return row.state === 'sending' ? { failure: said.reason, disproved: true, ended_at: now, next_check_at: null } : {};
    case 'notSent':
      return { failure: 'notSent', disproved: true, ended_at: now, next_check_at: null };
    case 'unknown':
    case 'notFound':
      return {};
  }
};

const statusOf = { sending: 'pending', sent: 'pending', confirmed: 'success', failed: 'failure' } as const;

/** What goes along with a move: bookings, the movement that the user sees, the event. */
export const effectsOf = async (
  deps: PayoutDeps,
  { row, set }: { readonly row: PayoutRow; readonly set: PayoutMove['set'] },
): Promise<Effects> => {
  const now = deps.clock.now();
  return {
    journals: await bookingsOf(deps, { row, set }),
    transactions: [
      transactionRow(row, { status: statusOf[set.state], set, price: deps.prices.current(await deps.displayCurrency(row.accountId)), now }),
    ],
    events: [payoutEvent(row, { state: set.state, set, now })],
  };
};

/** A reserve is used up when a block has the transaction, given back when nothing was sent, or was given back too early. */
const bookingsOf = async (
  deps: PayoutDeps,
  { row, set }: { readonly row: PayoutRow; readonly set: PayoutMove['set'] },
): Promise<readonly JournalRow[]> => {
  const wallet = await deps.wallet(row.walletId);
  if (!wallet || set.state === 'sending') return [];
  const booking = { wallet, subjectId: row.id, at: deps.clock.now() };
  const reserveMsat = row.amountMsat + row.maxFeeMsat;
  const feeMsat = set.fee_msat ?? row.feeMsat ?? 0n;
  const amountMsat = set.paid_msat ?? row.paidMsat ?? row.amountMsat;
  const { backendId } = row;
  // One that was given back before and was sent after all is booked as a loss already: there is no reserve any more.
  if (set.state === 'failed' && row.disproved) return [];
  if (set.state === 'failed') return bookReverse(booking, { msat: reserveMsat }, 'payout');
  // Booked once, by whichever sight of it comes first after the failure.
  if (row.state === 'failed') return bookLateSuccess(booking, { backendId, msat: amountMsat + feeMsat }, 'payout');
  if (row.disproved || set.state === 'sent') return [];
  return bookSettle(booking, { backendId, reserveMsat, amountMsat, feeMsat }, 'payout');
};
