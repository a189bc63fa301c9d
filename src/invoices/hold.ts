// Hold invoices are made under a caller's hash, whose preimage the caller keeps, or under one of ours, whose preimage is sealed at rest.
// HELD means money of somebody that is in nobody's hands: how much and how long is limited from the start.
import type { Hold, InvoiceTerms } from '../backends/port.ts';
import type { Registered } from '../backends/registry.ts';
import { hashOf, newPreimage, type PaymentHash, type Preimage, paymentHash } from '../lightning/values.ts';
import type { CashEffects } from '../platform/effects-cash.ts';
import { refuse } from '../platform/refusal.ts';
import { replayOr } from '../platform/replay.ts';
import { type InvoiceOrder, type IssuedBy, insertIssued, replayed, termsOf } from './create.ts';
import { finalCltvDelta } from './deadline.ts';
import type { InvoiceDeps } from './deps.ts';
import { type RoomAt, withRoom } from './room.ts';
import type { NewInvoice } from './store.ts';
import type { InvoiceView } from './view.ts';

export interface HoldOrder extends InvoiceOrder {
  /** The caller's: then the caller keeps the preimage. Null: the gateway makes and guards it. */
  readonly paymentHash: string | null;
  /** Longest time that a payer's money is held, in seconds; null: the gateway's own. */
  readonly longestHoldSeconds: number | null;
  /** What is due when that time or the blocks run out. `settle` only where the gateway has the preimage. */
  readonly onDeadline: 'settle' | 'cancel';
  /** Set: held is told as paid, and it is settled so many seconds later unless somebody undoes it. */
  readonly settleAfterSeconds?: number;
  /** What the same statement writes beside the invoice. */
  readonly along?: (row: NewInvoice) => CashEffects;
}

export const holdRange = { least: 30, most: 86_400 } as const;

/**
 * Throws Refused: as `createInvoice`, and amountRequired (a hold is for a known amount), notSupported (no backend of the route takes a
 * caller's hash, or holds long enough), limitExceeded (`held`), hashInUse as alreadyProcessed.
 */
export const createHoldInvoice = (deps: InvoiceDeps, order: HoldOrder, signal: AbortSignal): Promise<InvoiceView> =>
  replayOr(
    () => order.asked && replayed(deps, order.asked),
    () => create(deps, order, signal),
  );

const create = async (deps: InvoiceDeps, order: HoldOrder, signal: AbortSignal): Promise<InvoiceView> => {
  const { amountMsat, asked } = order;
  if (amountMsat === null) return refuse({ is: 'amountRequired' });
  const seconds = longestHold(order, deps.holds.longestSeconds);
  if (order.onDeadline === 'settle' && order.paymentHash !== null)
    return refuse({ is: 'invalidInput', field: 'onDeadline', rule: 'settle needs the preimage', given: 'settle' });
  const terms = termsOf(order);
  // Ours is made here when the backend takes a hash, so that it is known even if the answer gets lost.
  const own = order.paymentHash === null ? newPreimage() : null;
  const hash = order.paymentHash === null ? null : paymentHash(order.paymentHash);
  // Taken until the row is there: what is stored from then on is counted as it is.
  return withRoom(deps, { walletId: order.wallet.id, amountMsat, asked }, async (roomAt) => {
    const found = await issueHold(deps, { order, amountMsat, terms, seconds, own, hash, roomAt }, signal);
    return insertIssued(deps, order, {
      ...found,
      more: moreOf(deps, order, { found, seconds }),
      ...(order.along && { along: order.along }),
    });
  });
};

const moreOf = (
  deps: InvoiceDeps,
  order: HoldOrder,
  { found, seconds }: { readonly found: HeldIssue; readonly seconds: number },
): NonNullable<IssuedBy['more']> => ({
  kind: 'hold',
  sealedPreimage: found.preimage && deps.vault.seal(found.preimage, found.issue.hash),
  longestHoldSeconds: seconds,
  onDeadline: order.onDeadline,
  settleAfterSeconds: order.settleAfterSeconds ?? null,
});

const longestHold = ({ longestHoldSeconds }: HoldOrder, usual: number): number => {
  const seconds = longestHoldSeconds ?? usual;
  if (Number.isInteger(seconds) && seconds >= holdRange.least && seconds <= holdRange.most) return seconds;
  return refuse({
    is: 'invalidInput',
    field: 'longestHoldSeconds',
    rule: `${holdRange.least} to ${holdRange.most} seconds`,
    given: String(seconds),
  });
};

interface HoldIssue {
  readonly order: HoldOrder;
  readonly amountMsat: bigint;
  readonly terms: InvoiceTerms;
  readonly seconds: number;
  readonly own: Preimage | null;
  readonly hash: PaymentHash | null;
  readonly roomAt: RoomAt;
}

const takes = (hold: Hold, ask: HoldIssue): boolean => {
  if (ask.hash !== null && hold.traits.hashFrom !== 'caller') return false;
  return hold.traits.heldSeconds === null || hold.traits.heldSeconds >= ask.seconds;
};

const issueHold = async (deps: InvoiceDeps, ask: HoldIssue, signal: AbortSignal): Promise<HeldIssue> => {
  const route = ask.order.wallet.receiveRoute.map((id) => deps.registry.get(id)).filter((one): one is Registered => one !== null);
  const able = route.filter(({ backend }) => backend.hold && takes(backend.hold, ask));
  if (route.length > 0 && able.length === 0) return refuse({ is: 'notSupported' });
  const full: bigint[] = [];
  for (const one of able) {
    const nodeKey = await nodeOf(one);
    if (nodeKey === null) continue;
    const room = await ask.roomAt(nodeKey);
    // One that is full is passed over: another node of the route may take it.
    if (room < ask.amountMsat) full.push(room);
    else {
      const found = await issueOn(deps, ask, { one, signal });
      if (found) return found;
    }
  }
  const [remainingMsat] = full;
  if (remainingMsat === undefined || full.length < able.length) return refuse({ is: 'backendUnavailable' });
  return refuse({ is: 'limitExceeded', limit: 'held at these nodes', remainingMsat });
};

/** Null of one that does not say who it is: it may be the very node that is full under another name. */
const nodeOf = async (one: Registered): Promise<string | null> => {
  if (one.identity() === null) await one.verify();
  return one.identity()?.key ?? null;
};

interface HeldIssue extends IssuedBy {
  /** Only where the gateway guards it. */
  readonly preimage: Preimage | null;
}

/** Null when this backend could not, and another may be tried: nobody was told of what it may have made. */
const issueOn = async (
  deps: InvoiceDeps,
  ask: HoldIssue,
  { one, signal }: { readonly one: Registered; readonly signal: AbortSignal },
): Promise<HeldIssue | null> => {
  const { backend } = one;
  if (!backend.hold) return null;
  const { hashFrom, expiryDelta } = backend.hold.traits;
  const hash = ask.hash ?? (hashFrom === 'caller' && ask.own ? hashOf(ask.own) : null);
  // As this backend gives holds back: another one of the route may do so at another height.
  const terms = { ...ask.terms, finalCltvDelta: finalCltvDelta(ask.seconds, expiryDelta) };
  const issue = await backend.hold.create({ ...terms, ...(hash !== null && { hash }) }, signal);
  const identity = one.identity()?.key;
  if (issue.is === 'issued' && identity !== undefined) {
    return { issue, backendId: backend.id, identity, preimage: ask.hash === null ? (issue.preimage ?? ask.own) : null };
  }
  if (issue.is === 'refused' && issue.because === 'hashInUse') return refuse({ is: 'alreadyProcessed' });
  deps.log.warn({ backend: backend.id, issue: issue.is }, 'no hold invoice from this backend');
  return null;
};
