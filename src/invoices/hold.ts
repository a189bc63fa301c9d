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
import { type HeldNow, heldMsat } from './lists.ts';
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
  if (order.amountMsat === null) return refuse({ is: 'amountRequired' });
  const seconds = longestHold(order, deps.holds.longestSeconds);
  if (order.onDeadline === 'settle' && order.paymentHash !== null)
    return refuse({ is: 'invalidInput', field: 'onDeadline', rule: 'settle needs the preimage', given: 'settle' });
  const held = await withinHeldLimit(deps, order.wallet.id, order.amountMsat);
  const terms = termsOf(order);
  // Ours is made here when the backend takes a hash, so that it is known even if the answer gets lost.
  const own = order.paymentHash === null ? newPreimage() : null;
  const hash = order.paymentHash === null ? null : paymentHash(order.paymentHash);
  const found = await issueHold(deps, { order, terms, seconds, own, hash, room: roomAt(deps, held) }, signal);
  const secret = found.preimage;
  return insertIssued(deps, order, {
    issue: found.issue,
    backendId: found.backendId,
    identity: found.identity,
    more: {
      kind: 'hold',
      sealedPreimage: secret && deps.vault.seal(secret, found.issue.hash),
      longestHoldSeconds: seconds,
      onDeadline: order.onDeadline,
      settleAfterSeconds: order.settleAfterSeconds ?? null,
    },
    ...(order.along && { along: order.along }),
  });
};

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

/** Held HTLCs fill channels: so much may be open or held at once. */
const withinHeldLimit = async (deps: InvoiceDeps, walletId: string, amountMsat: bigint): Promise<HeldNow> => {
  const held = await heldMsat(deps.db, walletId, deps.clock.now());
  const { perWalletMsat, perGatewayMsat } = deps.holds;
  if (held.wallet + amountMsat > perWalletMsat)
    refuse({ is: 'limitExceeded', limit: 'held in this wallet', remainingMsat: perWalletMsat - held.wallet });
  if (held.gateway + amountMsat > perGatewayMsat)
    refuse({ is: 'limitExceeded', limit: 'held in this gateway', remainingMsat: perGatewayMsat - held.gateway });
  return held;
};

/** What the node behind a backend may still hold, in msat. */
const roomAt =
  ({ holds }: InvoiceDeps, held: HeldNow) =>
  (one: Registered): bigint =>
    holds.perNodeMsat - (held.nodes.get(one.identity()?.key ?? '') ?? 0n);

interface HoldIssue {
  readonly order: HoldOrder;
  readonly terms: InvoiceTerms;
  readonly seconds: number;
  readonly own: Preimage | null;
  readonly hash: PaymentHash | null;
  readonly room: (one: Registered) => bigint;
}

const takes = (hold: Hold, ask: HoldIssue): boolean => {
  if (ask.hash !== null && hold.traits.hashFrom !== 'caller') return false;
  return hold.traits.heldSeconds === null || hold.traits.heldSeconds >= ask.seconds;
};

const issueHold = async (deps: InvoiceDeps, ask: HoldIssue, signal: AbortSignal): Promise<HeldIssue> => {
  const route = ask.order.wallet.receiveRoute.map((id) => deps.registry.get(id)).filter((one): one is Registered => one !== null);
  const able = route.filter(({ backend }) => backend.hold && takes(backend.hold, ask));
  if (route.length > 0 && able.length === 0) return refuse({ is: 'notSupported' });
  // One that is full is passed over: another node of the route may take it.
  const amountMsat = ask.order.amountMsat ?? 0n;
  const roomy = able.filter((one) => ask.room(one) >= amountMsat);
  const [first] = able;
  if (first && roomy.length === 0) return refuse({ is: 'limitExceeded', limit: 'held at these nodes', remainingMsat: ask.room(first) });
  for (const one of roomy) {
    const found = await issueOn(deps, ask, { one, signal });
    if (found) return found;
  }
  return refuse({ is: 'backendUnavailable' });
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
