// Deadlines of held invoices: how many blocks a hold needs, when it must end, and what is due then. Time makes us ask and act; only the
// backend's answer ends the invoice.
import type { InvoiceRow } from './store.ts';

// A force close begins 16 blocks before an HTLC's end.
const leastMargin = 24;
// Our deadline comes so many blocks before the one of a backend that gives holds back by itself: time to ask it, and to ask again.
const blocksBeforeBackend = 6;

/** Blocks between our deadline and the earliest HTLC's end, before which the backend gives a hold back by itself `expiryDelta` blocks (null: never). */
export const marginOf = (expiryDelta: number | null): number => Math.max(leastMargin, (expiryDelta ?? 0) + blocksBeforeBackend);

// Blocks come in bunches: six of them within a short hold are rarer than one in a thousand, three within ten minutes are one in twelve.
const leastBlocks = 6;

/** Final CLTV delta for a hold of so many seconds, in blocks: blocks of eight minutes with a surge of 1.7 over them, plus the margin. */
export const finalCltvDelta = (longestHoldSeconds: number, expiryDelta: number | null): number =>
  Math.max(leastBlocks, Math.ceil((longestHoldSeconds * 1.7) / 480)) + marginOf(expiryDelta);

/** The height at which a hold must end, from the earliest expiry among the HTLCs that are held now. */
export const deadlineHeight = (earliestExpiry: number, expiryDelta: number | null): number => earliestExpiry - marginOf(expiryDelta);

/** What is due for a row that is held at this time and height; null while nothing is. */
export const dueOf = (
  row: Pick<InvoiceRow, 'kind' | 'state' | 'deadlineHeight' | 'deadlineAt' | 'settleAt' | 'onDeadline' | 'sealedPreimage'>,
  now: Date,
  height: number | null,
): 'settleDue' | 'cancelDue' | null => {
  if (row.state !== 'held' && row.state !== 'claimed') return null;
  // Nobody waits for a decision about a plain one: it is paid.
  if (row.kind === 'plain' && row.sealedPreimage !== null) return 'settleDue';
  // Cash may be out: a claimed one is settled at its deadline, never canceled.
  const end = row.state === 'claimed' || row.onDeadline === 'settle' ? 'settleDue' : 'cancelDue';
  const isOver =
    (row.deadlineAt !== null && row.deadlineAt <= now) || (row.deadlineHeight !== null && height !== null && row.deadlineHeight <= height);
  if (row.state === 'held' && row.settleAt !== null && (row.settleAt <= now || isOver)) return 'settleDue';
  if (!isOver) return null;
  // Without the preimage nothing can be settled; then the payer gets the money back rather than a force close.
  return end === 'settleDue' && row.sealedPreimage === null ? 'cancelDue' : end;
};

// Half of the six blocks or more that are left, at our deadline, until LND cancels by itself; half of the ten seconds that are left at lnmux.
const lateBlocks = 3;
const lateMs = 5_000;
// A payer whose payment is not given back only waits.
const lateToCancelMs = 60_000;

/** True when a person must look, for what was due at the deadline is not done, and the backend or the chain will soon decide by itself. */
export const isLate = (row: Pick<InvoiceRow, 'state' | 'deadlineHeight' | 'deadlineAt'>, now: Date, height: number | null): boolean => {
  if (row.deadlineHeight !== null && height !== null && height >= row.deadlineHeight + lateBlocks) return true;
  // What is still held has only now become due: the time is told of when it was asked for and not done.
  const graceMs = row.state === 'settling' ? lateMs : row.state === 'canceling' ? lateToCancelMs : null;
  return graceMs !== null && row.deadlineAt !== null && now.getTime() >= row.deadlineAt.getTime() + graceMs;
};
