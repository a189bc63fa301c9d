// Asks about every row that waits, whatever a stream forgot to say. Rows are claimed with SKIP LOCKED, so any number of replicas share the
// work; the next time to ask grows with the age of the row and never becomes never.

import type { InvoiceSighting } from '../backends/port.ts';
import { insideId } from '../backends/registry.ts';
import type { DepositDeps } from '../deposits/deps.ts';
import { reconcileDeposits } from '../deposits/reconcile.ts';
import { claimDueWatches, keepChainWatch, type WatchRow } from '../deposits/store.ts';
import { askToCancel } from '../invoices/cancel.ts';
import type { InvoiceDeps } from '../invoices/deps.ts';
import { observeInvoice } from '../invoices/observe.ts';
import { askToSettle } from '../invoices/settle.ts';
import { claimDueInvoices, type InvoiceRow, invoiceByHash, rescheduleInvoice } from '../invoices/store.ts';
import { paymentHash } from '../lightning/values.ts';
import { askAbout, silenceProvesAt } from '../payments/ask.ts';
import type { PaymentDeps } from '../payments/deps.ts';
import { callOverAt } from '../payments/observe.ts';
import { type AttemptRow, attemptsForHash, claimDueAttempts, rescheduleAttempt } from '../payments/store.ts';
import { nextLook as nextLookAtFailed } from '../payments/testimony.ts';
import { askAboutPayout } from '../payouts/ask.ts';
import type { PayoutDeps } from '../payouts/deps.ts';
import { payoutTerminal } from '../payouts/states.ts';
import { claimDuePayouts, type PayoutRow, reschedulePayout } from '../payouts/store.ts';
import type { Clock } from '../platform/clock.ts';
import { type Database, sql } from '../platform/db.ts';
import { incidentsAbout } from '../platform/incidents.ts';
import type { Log } from '../platform/log.ts';
import { type Rounds, roundsOf } from './rounds.ts';

export interface SweepDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly invoices: InvoiceDeps;
  readonly payments: PaymentDeps;
  readonly deposits: DepositDeps;
  readonly payouts: PayoutDeps;
  readonly swept?: (story: 'invoice' | 'attempt' | 'payout' | 'chain', rows: number) => void;
}

/** Claims and asks what is due now, every second; a round resolves with the number of rows when all of them were asked about. */
export type Sweep = Rounds<number>;

const everyMs = 1_000;
const batch = 50;
// A claim that its replica did not live to carry out is open to others after this long.
const claimMs = 60_000;
const askMs = 10_000;

/** Seconds until a row is asked about again: quickly at first, every ten minutes in the end. */
export const pauseSeconds = (checks: number): number => Math.min(600, 2 ** Math.min(checks, 10));

export const createSweep = (deps: SweepDeps): Sweep =>
  roundsOf({
    ...{ clock: deps.clock, log: deps.log, everyMs },
    round: () => sweepOnce(deps),
    failed: 'the sweep could not run; it runs again',
  });

/** Goes on as long as whole batches are due: after a long absence much waits. */
const sweepOnce = async (deps: SweepDeps): Promise<number> => {
  let total = 0;
  for (let found = batch; found >= batch; ) {
    found = await sweepBatch(deps);
    total += found;
  }
  return total;
};

interface Due {
  readonly attempts: boolean;
  readonly invoices: boolean;
  readonly payouts: boolean;
  readonly chains: boolean;
}

// Mostly nothing is due: one look, instead of four claims that find nothing.
const due = {
  name: 'sweep_due',
  text: `SELECT EXISTS (SELECT FROM attempts WHERE next_check_at <= $1) AS attempts, EXISTS (SELECT FROM invoices WHERE next_check_at <= $1) AS invoices,
    EXISTS (SELECT FROM payouts WHERE next_check_at <= $1) AS payouts, EXISTS (SELECT FROM chain_watches WHERE next_check_at <= $1) AS chains`,
};

const sweepBatch = async (deps: SweepDeps): Promise<number> => {
  const now = deps.clock.now();
  const claim = { until: new Date(now.getTime() + claimMs), most: batch };
  const [is] = await sql<Due>(deps.db, due, [now]);
  const [attempts, invoices, payouts, chains] = await Promise.all([
    is?.attempts ? claimDueAttempts(deps.db, now, claim).then(oldestFirst) : [],
    is?.invoices ? claimDueInvoices(deps.db, now, claim).then(oldestFirst) : [],
    is?.payouts ? claimDuePayouts(deps.db, now, claim).then(oldestFirst) : [],
    is?.chains ? claimDueWatches(deps.db, now, claim.until) : [],
  ]);
  await Promise.all([
    ...attempts.map((row) => quietly(deps, { paymentHash: row.paymentHash }, () => sweepAttempt(deps, row))),
    ...invoices.map((row) => quietly(deps, { paymentHash: row.paymentHash }, () => sweepInvoice(deps, row))),
    ...payouts.map((row) => quietly(deps, { payoutId: row.id }, () => sweepPayout(deps, row))),
    ...chains.map((row) => quietly(deps, { backend: row.backendId }, () => sweepChain(deps, row))),
  ]);
  const told = [
    ['attempt', attempts.length],
    ['invoice', invoices.length],
    ['payout', payouts.length],
    ['chain', chains.length],
  ] as const;
  for (const [story, rows] of told) if (rows > 0) deps.swept?.(story, rows);
  return told.reduce((sum, [, rows]) => sum + rows, 0);
};

/** The statement that claims rows gives them back in any order; ids tell their age. */
const oldestFirst = <R extends { readonly id: string }>(rows: readonly R[]): readonly R[] =>
  [...rows].sort((a, b) => (a.id < b.id ? -1 : 1));

const quietly = async (deps: SweepDeps, row: Readonly<Record<string, string>>, work: () => Promise<void>): Promise<void> => {
  try {
    await work();
  } catch (error) {
    // Its claim runs out and it is asked about again; one row's trouble is not the others'.
    deps.log.warn({ err: error, ...row }, 'a waiting row could not be asked about');
  }
};

const sweepPayout = async (deps: SweepDeps, row: PayoutRow): Promise<void> => {
  const after = await askAboutPayout(deps.payouts, row);
  if (after && !payoutTerminal.has(after.state)) await reschedulePayout(deps.db, row.id, later(deps, pauseSeconds(row.checks)));
};

const chainAgainSeconds = 15;

const sweepChain = async (deps: SweepDeps, row: WatchRow): Promise<void> => {
  try {
    await reconcileDeposits(deps.deposits, row);
  } catch (error) {
    await keepChainWatch(deps.db, row, { at: later(deps, chainAgainSeconds), height: null });
    throw error;
  }
};

const later = (deps: SweepDeps, seconds: number): Date => new Date(deps.clock.now().getTime() + seconds * 1000);

const sweepAttempt = async (deps: SweepDeps, row: AttemptRow): Promise<void> => {
  const after = await askAbout(deps.payments, row);
  if (after?.state === 'sending') await rescheduleAttempt(deps.db, row.id, nextLookAtSending(deps, row));
  if (after?.state === 'failed' && row.state === 'failed')
    await rescheduleAttempt(deps.db, row.id, nextLookAtFailed(after, deps.clock.now()));
};

/**
 * Not later than the next moment from which on an answer may say more than it did: nobody can be in the call any more, or silence proves something.
 * A gateway that was started again and again has asked often, and would wait long.
 */
const nextLookAtSending = (deps: SweepDeps, row: AttemptRow): Date => {
  const [now, usual] = [deps.clock.now(), later(deps, pauseSeconds(row.checks))];
  return [callOverAt(row), silenceProvesAt(deps.payments, row)].reduce((first, at) => (at > now && at < first ? at : first), usual);
};

const sweepInvoice = async (deps: SweepDeps, row: InvoiceRow): Promise<void> => {
  const backend = deps.invoices.registry.get(row.backendId)?.backend;
  const signal = AbortSignal.timeout(askMs);
  const facet = row.kind === 'hold' ? backend?.hold : backend?.receive;
  if (row.state === 'canceling') {
    const outcome = await askToCancel(deps.invoices, row, signal);
    if (outcome.is === 'refused' && outcome.because === 'notHeld' && (await lapse(deps, row, 'open'))) return;
    await tellOfLongCancel(deps, row);
  } else if (row.state === 'settling') await askToSettle(deps.invoices, row, signal);
  else if (facet) {
    const sighting = await facet.find(paymentHash(row.paymentHash), signal);
    const after = await observeInvoice(deps.invoices, {
      hash: row.paymentHash,
      backendId: row.backendId,
      identityKey: row.backendIdentity,
      sighting,
    });
    if (after?.state === 'open' && (await lapse(deps, row, sighting.is))) return;
  }
  await rescheduleInvoice(deps.db, row, nextLook(deps, row));
};

const longMs = 3_600_000;

/** The reserve of a payer inside waits until the invoice is canceled at its backend: when that takes longer than an hour, a person is told, once. */
const tellOfLongCancel = async (deps: SweepDeps, row: InvoiceRow): Promise<void> => {
  if (row.settledBy !== 'inside') return;
  const payer = (await attemptsForHash(deps.db, row.paymentHash)).findLast((one) => one.backendId === insideId);
  if (!payer || deps.clock.now().getTime() - payer.createdAt.getTime() <= longMs) return;
  const kind = 'invoice.cancelingTooLong';
  const [now, incidents] = await Promise.all([invoiceByHash(deps.db, row.paymentHash), incidentsAbout(deps.db, row.paymentHash)]);
  if (now?.state !== 'canceling' || incidents.some((one) => one.kind === kind)) return;
  deps.invoices.alarm(kind, row.paymentHash, {
    invoiceId: row.id,
    backendId: row.backendId,
    attemptId: payer.id,
    paymentId: payer.paymentId,
  });
};

/**
 * An open invoice that its backend has forgotten, or never kept, and that nobody can pay any more: nothing is left to wait for, and nothing
 * was lost.
 */
const lapse = async (deps: SweepDeps, row: InvoiceRow, saw: InvoiceSighting['is']): Promise<boolean> => {
  const graceMs = saw === 'notFound' ? forgottenMs : saw === 'open' && forgetsOpen(deps, row) ? unkeptMs : null;
  if (graceMs === null || row.expiresAt.getTime() + graceMs >= deps.clock.now().getTime()) return false;
  await observeInvoice(deps.invoices, {
    hash: row.paymentHash,
    backendId: row.backendId,
    identityKey: row.backendIdentity,
    sighting: { is: 'canceled' },
  });
  return true;
};
const forgottenMs = 3_600_000;
// A set that was complete right before the expiry is still seen as held after it, so this only covers clocks that differ.
const unkeptMs = 120_000;

const forgetsOpen = (deps: SweepDeps, row: InvoiceRow): boolean =>
  deps.invoices.registry.get(row.backendId)?.backend.receive?.traits.forgetsOpen === true;

/** Unpaid invoices are looked at ever less often, but once more right after their expiry, when the backend can say how they ended. */
const nextLook = (deps: SweepDeps, row: InvoiceRow): Date => {
  const usual = later(deps, Math.max(row.state === 'open' ? 120 : 1, pauseSeconds(row.checks)));
  const expired = new Date(row.expiresAt.getTime() + 2_000);
  return row.state === 'open' && expired > deps.clock.now() && expired < usual ? expired : usual;
};
