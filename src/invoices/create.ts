// Creates an invoice: the backend first, then one insert, then the answer. An invoice that nobody was told of is harmless,
// so nothing is written before, and the next backend of the route may be tried after any trouble.

import type { InvoiceTerms, Issue, Receive } from '../backends/port.ts';
import type { Registered } from '../backends/registry.ts';
import { msat, toSatFloor } from '../lightning/values.ts';
import { isUniqueViolation } from '../platform/db.ts';
import type { CashEffects } from '../platform/effects-cash.ts';
import { newId } from '../platform/ids.ts';
import { refuse } from '../platform/refusal.ts';
import type { WalletView } from '../wallets/view.ts';
import type { InvoiceDeps } from './deps.ts';
import { type InvoiceRow, insertInvoice, invoiceByAsk, type NewInvoice, toInvoiceView } from './store.ts';
import type { InvoiceView } from './view.ts';

export interface InvoiceOrder {
  readonly wallet: WalletView;
  readonly amountMsat: bigint | null;
  /** Of a wallet that holds dollars: the amount in cents, and `amountMsat` is null. */
  readonly amountCents?: bigint;
  readonly memo: string | null;
  readonly descriptionHash: string | null;
  /** Null: the wallet's default, else 4 h with an amount and 2 h without; 5 minutes where the wallet holds dollars (contract §5.8). */
  readonly expirySeconds: number | null;
  readonly externalId: string | null;
  readonly webhookUrl: string | null;
  readonly asked: Asked | null;
}

/** Under which idempotency key this was asked, and the digest of what was asked. */
export interface Asked {
  readonly by: string;
  readonly key: string;
  readonly digest: string;
}

export const expiryRange = { least: 60, most: 86_400 } as const;
const defaultExpiry = { priced: 4 * 3600, open: 2 * 3600 } as const;
// Upstream keeps its price of a dollar for no longer.
const mostUsdExpiry = 300;
// BOLT 11 leaves 639 bytes for a description (contract §3, Memo).
const maxMemoBytes = 639;
const firstCheckMs = 120_000;

/**
 * The new invoice, or the one that the same idempotency key made before.
 * Throws Refused: invalidInput, amountIsZero, externalIdTaken, idempotencyConflict, backendUnavailable, notSupported.
 */
export const createInvoice = async (deps: InvoiceDeps, order: InvoiceOrder, signal: AbortSignal): Promise<InvoiceView> => {
  const before = order.asked && (await replayed(deps, order.asked));
  if (before) return before;
  const terms = termsOf(order);
  return insertIssued(deps, order, await issueSomewhere(deps, { order, terms }, signal));
};

/** An issued invoice on its way into the database; `more` is what it has when we settle it ourselves. */
export interface IssuedBy {
  readonly issue: Issued;
  readonly backendId: string;
  readonly identity: string;
  readonly more?: Pick<NewInvoice, 'kind' | 'sealedPreimage' | 'longestHoldSeconds' | 'onDeadline' | 'settleAfterSeconds'>;
  /** What the same statement writes beside the invoice. */
  readonly along?: (row: NewInvoice) => CashEffects;
}

/** The one insert. Throws Refused externalIdTaken, idempotencyConflict. */
export const insertIssued = async (deps: InvoiceDeps, order: InvoiceOrder, from: IssuedBy): Promise<InvoiceView> => {
  const row = rowOf(deps, order, from);
  try {
    await insertInvoice(deps.db, row, from.along?.(row) ?? null);
  } catch (error) {
    // Two requests with one key: the other one won, and its answer is ours.
    const other = isUniqueViolation(error) && order.asked ? await replayed(deps, order.asked) : null;
    if (other) return other;
    if (isUniqueViolation(error, 'invoices_account_id_external_id_key')) return refuse({ is: 'externalIdTaken' });
    if (isUniqueViolation(error, 'invoices_payment_hash_key')) return refuse({ is: 'alreadyProcessed' });
    throw error;
  }
  deps.count('invoices_created', row.backendId);
  return toInvoiceView({ ...unsettled, ...row });
};

const unsettled = {
  state: 'open',
  receivedMsat: null,
  settledBy: null,
  heldHandle: null,
  deadlineHeight: null,
  deadlineAt: null,
  settleAt: null,
  heldAt: null,
  settledAt: null,
  canceledAt: null,
  checks: 0,
} as const;

/** The answer that an earlier request with this key got, as it is now. Throws Refused idempotencyConflict. */
export const replayed = async (deps: InvoiceDeps, asked: Asked): Promise<InvoiceView | null> => {
  const row: InvoiceRow | null = await invoiceByAsk(deps.db, asked);
  if (!row) return null;
  return row.askedDigest === asked.digest ? toInvoiceView(row) : refuse({ is: 'idempotencyConflict' });
};

/** Throws Refused: amountIsZero, invalidInput (memo, expirySeconds). */
export const termsOf = (order: InvoiceOrder): InvoiceTerms => {
  if (order.amountMsat !== null && order.amountMsat <= 0n) return refuse({ is: 'amountIsZero' });
  if (order.memo !== null && Buffer.byteLength(order.memo) > maxMemoBytes) {
    return refuse({ is: 'invalidInput', field: 'memo', rule: `at most ${maxMemoBytes} bytes`, given: order.memo.slice(0, 40) });
  }
  const expirySeconds = expiryOf(order);
  if (order.wallet.currency === 'USD' && expirySeconds > mostUsdExpiry)
    return refuse({
      is: 'invalidInput',
      field: 'usdExpirySeconds',
      rule: `at most ${mostUsdExpiry} seconds`,
      given: String(expirySeconds),
    });
  if (!Number.isInteger(expirySeconds) || expirySeconds < expiryRange.least || expirySeconds > expiryRange.most) {
    return refuse({
      is: 'invalidInput',
      field: 'expirySeconds',
      rule: `${expiryRange.least} to ${expiryRange.most} seconds`,
      given: String(expirySeconds),
    });
  }
  return {
    amount: order.amountMsat === null ? null : msat(order.amountMsat),
    ...(order.amountCents !== undefined && { cents: order.amountCents }),
    // Galoy lets both be sent; a request can carry one, and the hash commits to more than the memo says.
    description: order.descriptionHash === null ? { text: order.memo ?? '' } : { hash: order.descriptionHash },
    expirySeconds,
  };
};

const expiryOf = ({ expirySeconds, wallet, amountMsat }: InvoiceOrder): number => {
  if (expirySeconds !== null) return expirySeconds;
  const usual = wallet.defaultExpirySeconds ?? (amountMsat === null ? defaultExpiry.open : defaultExpiry.priced);
  return wallet.currency === 'USD' ? Math.min(usual, mostUsdExpiry) : usual;
};

type Issued = Extract<Issue, { readonly is: 'issued' }>;
const fits = (receive: Receive, order: InvoiceOrder): boolean => {
  if (order.amountMsat === null && order.amountCents === undefined) return receive.traits.amountless;
  if (order.descriptionHash !== null && !receive.traits.descriptionHash) return false;
  if (order.amountMsat === null) return true;
  return receive.traits.unit === 'msat' || BigInt(toSatFloor(order.amountMsat)) * 1000n === order.amountMsat;
};

const issueSomewhere = async (
  deps: InvoiceDeps,
  ask: { readonly order: InvoiceOrder; readonly terms: InvoiceTerms },
  signal: AbortSignal,
): Promise<IssuedBy> => {
  const route = ask.order.wallet.receiveRoute.map((id) => deps.registry.get(id)).filter((one): one is Registered => one !== null);
  const { currency } = ask.order.wallet;
  const able = route.filter(
    ({ backend: { receive, currency: holds = 'BTC' } }) => holds === currency && receive !== undefined && fits(receive, ask.order),
  );
  if (route.length > 0 && able.length === 0) return refuse({ is: 'notSupported' });
  for (const { backend, identity } of able) {
    if (!backend.receive) continue;
    const issue = await backend.receive.create(ask.terms, signal);
    const key = identity()?.key;
    const more = moreOf(deps, backend.receive, issue);
    if (issue.is === 'issued' && key !== undefined && more !== null) return { issue, backendId: backend.id, identity: key, ...more };
    deps.log.warn({ backend: backend.id, issue: issue.is === 'issued' ? 'no identity' : issue }, 'no invoice from this backend');
  }
  return refuse({ is: 'backendUnavailable' });
};

/** Where plain invoices are held until we settle them, the preimage is guarded like that of a hold. Null when there is none to settle with. */
const moreOf = (deps: InvoiceDeps, receive: Receive, issue: Issue): Pick<IssuedBy, 'more'> | null => {
  if (issue.is !== 'issued' || receive.traits.heldUntilSettled !== true) return {};
  if (issue.preimage === undefined) return null;
  const sealedPreimage = deps.vault.seal(issue.preimage, issue.hash);
  return { more: { kind: 'plain', sealedPreimage, longestHoldSeconds: null, onDeadline: null, settleAfterSeconds: null } };
};

const rowOf = (deps: InvoiceDeps, order: InvoiceOrder, from: IssuedBy): NewInvoice => {
  const { issue } = from;
  const now = deps.clock.now();
  const firstCheck = new Date(Math.min(now.getTime() + firstCheckMs, issue.expiresAt.getTime() + 1_000));
  return {
    id: newId(now),
    accountId: order.wallet.accountId,
    walletId: order.wallet.id,
    backendId: from.backendId,
    backendIdentity: from.identity,
    ...(from.more ?? { kind: 'plain', sealedPreimage: null, longestHoldSeconds: null, onDeadline: null, settleAfterSeconds: null }),
    paymentHash: issue.hash,
    bolt11: issue.bolt11,
    paymentSecret: issue.paymentSecret,
    // Kept only where an internal transfer may need it.
    preimage: from.more === undefined && order.wallet.balanceKind === 'ledger' ? (issue.preimage ?? null) : null,
    amountMsat: order.amountMsat ?? issue.amount ?? null,
    memo: order.memo,
    descriptionHash: order.descriptionHash,
    externalId: order.externalId ?? issue.hash,
    webhookUrl: order.webhookUrl,
    createdAt: now,
    expiresAt: issue.expiresAt,
    nextCheckAt: firstCheck,
    askedBy: order.asked?.by ?? null,
    askedKey: order.asked?.key ?? null,
    askedDigest: order.asked?.digest ?? null,
  };
};
