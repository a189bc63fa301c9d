// Notices that the database was put back to an earlier moment, and then asks every backend what it remembers since. What we know is observed as
// usual; what we do not is written down for a person, and until each hash has found its place nothing is sent.
import type { Recalled, RecalledHash, RecalledSend } from '../backends/port.ts';
import type { Registered } from '../backends/registry.ts';
import type { InvoiceDeps } from '../invoices/deps.ts';
import { observeInvoice } from '../invoices/observe.ts';
import { invoiceByHash } from '../invoices/store.ts';
import { decodeBolt11 } from '../lightning/bolt11.ts';
import { paymentHash } from '../lightning/values.ts';
import type { PaymentDeps } from '../payments/deps.ts';
import { observePaymentFact } from '../payments/observe.ts';
import { attemptsForHash } from '../payments/store.ts';
import { payoutOfLabel } from '../payouts/ask.ts';
import type { PayoutDeps } from '../payouts/deps.ts';
import { observePayout } from '../payouts/observe.ts';
import { payoutById } from '../payouts/store.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/db.ts';
import type { Log } from '../platform/log.ts';
import { behind, type Mark, type MarkFile, readMark } from '../platform/mark.ts';
import {
  closeRestore,
  type ForgottenRow,
  keepForgotten,
  listForgotten,
  markAsked,
  openRestore,
  overlapping,
  type Restore,
  readRestore,
  recallSince,
  resolveForgotten,
} from '../platform/restored.ts';
import { type Rounds, roundsOf } from './rounds.ts';

export interface RestoreDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly invoices: InvoiceDeps;
  readonly payments: PaymentDeps;
  readonly payouts: PayoutDeps;
  /** Null: nothing is kept beside the database, so nobody notices. */
  readonly mark: MarkFile | null;
  readonly alarm: (kind: string, subject: string, detail: Readonly<Record<string, unknown>>) => void;
}

export interface RestoreWatch extends Rounds<void> {
  /**
   * Compares the database with its mark. Before anything is sent; again at every look, for a standby may take over at any time; and before what waits
   * for a machine is given back.
   */
  readonly notice: () => Promise<void>;
  /**
   * A person says that it was restored, and perhaps when the backup was made; without that, what was there when this process met the database
   * counts. Answers from when on the backends are asked: an open restore is moved back and never forward.
   */
  readonly begin: (said: { readonly why: string; readonly madeAt: Date | null }) => Promise<Date>;
}

// What is lost with the last second before the end goes unnoticed: the mark had not seen it.
const everyMs = 1_000;
const recallMs = 120_000;
const findMs = 10_000;
/** How far the clocks of the processes that write to one database may differ. */
const skewMs = 300_000;

const firstMeeting =
  'this machine has not met this database before; if a backup was put back, say so before clients come: switchyard restore begin "why" --since <when it was made>';

export const createRestoreWatch = (deps: RestoreDeps): RestoreWatch => {
  const { db, clock, log, mark } = deps;
  let known: Mark | null = null;
  // Read once, at the first look and hence before this process writes: what the sweep and the streams write is dated now, however old the backup is.
  let met: Date | null = null;

  const open = async (why: string, since: Date): Promise<void> => {
    const done = await openRestore(db, clock, { why, since });
    if (done === 'opened') deps.alarm('database.restored', clock.now().toISOString(), { why, since });
    if (done === 'movedBack') log.warn({ why, since }, 'the restore that is open goes further back: the backends are asked again');
  };
  const begin: RestoreWatch['begin'] = async ({ why, madeAt }) => {
    met ??= await recallSince(db, null);
    const since = madeAt === null ? met : overlapping(madeAt);
    await open(why, since);
    return (await readRestore(db))?.since ?? since;
  };
  const look = async (): Promise<void> => {
    met ??= await recallSince(db, null);
    if (mark === null) return;
    // Before the database is looked at: what another process of this machine keeps meanwhile is ahead of that look.
    const kept = known ?? mark.read();
    const now = await readMark(db, clock);
    const why = kept === null ? unmarked(deps, now) : behind(kept, now);
    if (why !== null) {
      met = await recallSince(db, kept?.at ? new Date(kept.at.getTime() - skewMs) : null);
      await open(why, met);
    }
    // Only now: a crash in between notices it once more.
    if (kept === null || !same(kept, now)) mark.keep(now);
    known = now;
  };
  // One after the other: what one look has noticed the next one does not notice again.
  let noticing: Promise<void> = Promise.resolve();
  const notice = (): Promise<void> => {
    noticing = noticing.catch(() => undefined).then(look);
    return noticing;
  };
  // One look: notices, asks the backends that were not asked yet, and closes what is reconciled.
  const rounds = roundsOf({
    ...{ clock, log, everyMs },
    round: async () => {
      await notice();
      const restore = await readRestore(db);
      if (restore) await reconcile(deps, restore);
    },
    failed: 'the database could not be held against its mark; looking again',
  });
  // Without a mark there is nothing to look at.
  return { ...rounds, notice, begin, start: () => (mark === null ? undefined : rounds.start()) };
};

/** The embedded database lives beside its mark: without it, it was put there from somewhere else. A new replica of a server has none either. */
const unmarked = ({ db, log }: RestoreDeps, now: Mark): string | null => {
  if (now.events === 0n && now.invoice === null) return null;
  if (db.embedded) return 'there is no mark beside it, so it may have been put there from a backup';
  log.warn({}, firstMeeting);
  return null;
};

const same = (one: Mark, other: Mark): boolean =>
  one.system === other.system && one.timeline === other.timeline && one.events === other.events && one.invoice === other.invoice;

const reconcile = async (deps: RestoreDeps, restore: Restore): Promise<void> => {
  const { configured } = deps.payments.registry;
  const { since } = restore;
  const asked = await Promise.all(configured.map((one) => restore.asked.includes(one.backend.id) || recallFrom(deps, one, since)));
  for (const row of await listForgotten(deps.db, false)) await lookAgain(deps, row);
  if (asked.every(Boolean) && (await closeRestore(deps.db, since)))
    deps.log.info({ since }, 'the restored database knows again what the backends know; sends are no longer held back by it');
};

/** True when all that this backend remembers is observed or written down. */
const recallFrom = async (deps: RestoreDeps, one: Registered, since: Date): Promise<boolean> => {
  const { backend } = one;
  try {
    const recalled = (await backend.recall?.(since, AbortSignal.timeout(recallMs))) ?? [];
    const identityKey = one.identity()?.key;
    if (backend.recall && identityKey === undefined) return false;
    for (const item of recalled) await place(deps, { backendId: backend.id, identityKey: identityKey ?? '' }, item);
    await markAsked(deps.db, deps.clock, { backendId: backend.id, since });
    deps.log.info({ backend: backend.id, since, hashes: recalled.length }, 'read what this backend remembers since');
    return true;
  } catch (error) {
    deps.log.warn({ backend: backend.id, err: error }, 'this backend cannot be asked what it remembers; nothing is sent before');
    return false;
  }
};

interface From {
  readonly backendId: string;
  readonly identityKey: string;
}

// Two of our backends may be one node (with other settings): what one of them has in the books, the other need not remember.
const place = async (deps: RestoreDeps, from: From, item: Recalled): Promise<void> => {
  if (item.about === 'send') return placeSend(deps, from, item);
  const { hash } = item;
  if (item.about === 'payment') {
    const ours = (await attemptsForHash(deps.db, hash)).some((row) => row.backendIdentity === from.identityKey);
    if (ours) return observePaymentFact(deps.payments, { ...from, hash, outcome: item.outcome });
    if (item.outcome.is === 'succeeded' || item.outcome.is === 'inFlight') await write(deps, { from, item, state: item.outcome.is });
    return;
  }
  const ours = (await invoiceByHash(deps.db, hash))?.backendIdentity === from.identityKey;
  if (ours) return void (await observeInvoice(deps.invoices, { ...from, hash, sighting: item.sighting }));
  const { is } = item.sighting;
  if (is === 'held' || is === 'settled' || (is === 'open' && isPayable(deps, item))) await write(deps, { from, item, state: is });
};

/** Its label says that it is a payout of a gateway's, and which one; two gateways on one node are told apart by a person. */
const placeSend = async (deps: RestoreDeps, from: From, { label, address, at, outcome }: RecalledSend): Promise<void> => {
  const payoutId = payoutOfLabel(label);
  if (payoutId === null) return;
  if (await payoutById(deps.db, payoutId)) return void (await observePayout(deps.payouts, payoutId, outcome));
  const what = {
    about: 'send',
    paymentHash: outcome.txid,
    state: 'sent',
    isHold: false,
    amountMsat: outcome.amount,
    bolt11: null,
  } as const;
  const { backendId, identityKey: backendIdentity } = from;
  await keepForgotten(deps.db, deps.clock, { backendId, backendIdentity, ...what, payoutId, address, begunAt: at });
};

// Without its request nobody knows when an invoice expires: a day is the longest that we let one live.
const longestOpenMs = 86_400_000;
const isPayable = ({ clock }: RestoreDeps, made: { readonly at: Date; readonly bolt11: string | null }): boolean => {
  const decoding = made.bolt11 === null ? null : decodeBolt11(made.bolt11);
  const end = decoding?.is === 'decoded' ? decoding.invoice.expiresAt.getTime() : made.at.getTime() + longestOpenMs;
  return end > clock.now().getTime();
};

const write = (
  deps: RestoreDeps,
  of: { readonly from: From; readonly item: RecalledHash; readonly state: ForgottenRow['state'] },
): Promise<void> => {
  const { from, item, state } = of;
  return keepForgotten(deps.db, deps.clock, {
    backendId: from.backendId,
    backendIdentity: from.identityKey,
    about: item.about,
    paymentHash: item.hash,
    state,
    isHold: item.about === 'invoice' && item.isHold,
    amountMsat: item.amount,
    bolt11: item.bolt11,
    payoutId: null,
    address: null,
    begunAt: item.at,
  });
};

/** What had not ended may have ended since: with nothing moved there is nothing to decide. */
const lookAgain = async (deps: RestoreDeps, row: ForgottenRow): Promise<void> => {
  if (row.state === 'succeeded' || row.state === 'settled' || row.state === 'sent') return;
  const state = await stateNow(deps, row).catch(() => null);
  if (state === null || state === row.state) return;
  if (state === 'ended') await resolveForgotten(deps.db, deps.clock, { row, as: 'ended' });
  else await keepForgotten(deps.db, deps.clock, { ...row, state });
};

/** Null when the backend does not say. */
const stateNow = async (deps: RestoreDeps, row: ForgottenRow): Promise<ForgottenRow['state'] | 'ended' | null> => {
  const backend = deps.payments.registry.get(row.backendId)?.backend;
  const hash = paymentHash(row.paymentHash);
  const signal = AbortSignal.timeout(findMs);
  if (row.about === 'payment') {
    const said = await backend?.pay?.find(hash, null, signal);
    if (said?.is === 'failed') return 'ended';
    return said?.is === 'succeeded' || said?.is === 'inFlight' ? said.is : null;
  }
  const seen = await (row.isHold ? backend?.hold : backend?.receive)?.find(hash, signal);
  if (seen?.is === 'canceled') return 'ended';
  if (seen?.is === 'open' && !isPayable(deps, { at: row.begunAt, bolt11: row.bolt11 })) return 'ended';
  return seen === undefined || seen.is === 'notFound' ? null : seen.is;
};
