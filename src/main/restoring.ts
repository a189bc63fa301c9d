// What a person asks and decides about a database that was restored to an earlier moment: which hashes the backends remember beyond it, whose
// each one is, and that it was restored at all where nothing gave it away.
import { z } from 'zod';
import { adoptInvoice } from '../invoices/adopt.ts';
import { invoiceByHash } from '../invoices/store.ts';
import { decodeBolt11 } from '../lightning/bolt11.ts';
import { fromSat, isHex32 } from '../lightning/values.ts';
import { adoptPayment } from '../payments/adopt.ts';
import { attemptsForHash } from '../payments/store.ts';
import { adoptPayout } from '../payouts/adopt.ts';
import { payoutById } from '../payouts/store.ts';
import { systemClock } from '../platform/clock.ts';
import { Refused, refusalText } from '../platform/refusal.ts';
import { type ForgottenRow, forgottenUnder, listForgotten, readRestore, resolveForgotten } from '../platform/restored.ts';
import type { WalletView } from '../wallets/view.ts';
import type { Parts, Verb } from './verb.ts';

const hash = z.string().refine(isHex32, 'a payment hash or a transaction id is 64 hex digits');

/** How it stands: null while nothing is open, and what waits for a person. */
const show: Verb = async ({ core, db }, args) => ({
  restore: await readRestore(db),
  backends: core.registry.configured.map(({ backend }) => backend.id),
  hashes: await listForgotten(db, args.all === true),
});

const beginning = z.object({ why: z.string().min(1).max(300), since: z.coerce.date().nullable().default(null) });

/** Answers from when on the backends are asked. */
const begin: Verb = async ({ core }, args) => {
  const { why, since: madeAt } = beginning.parse(args);
  if (madeAt !== null && madeAt > systemClock.now()) throw new Error('"since" lies in the future');
  return { since: await core.restore.begin({ why, madeAt }) };
};

const inWords = async <T>(work: Promise<T>): Promise<T> => {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    throw new Error(`it cannot be booked: ${refusalText(error.refusal)}; "dismiss" leaves the books as they are`);
  }
};

interface Booking {
  readonly wallet: WalletView;
  /** Where the backend does not keep it. */
  readonly request: string | null;
  readonly amountMsat: bigint | null;
}

/** Galoy's ledger and lnmux name no request: then a person does, and it must be of this hash. */
const requestOf = ({ about, bolt11, paymentHash }: ForgottenRow, request: string | null): string => {
  if (request !== null) {
    const decoding = decodeBolt11(request);
    if (decoding.is === 'undecodable') throw new Error('what --request says cannot be read as a payment request');
    if (decoding.invoice.hash !== paymentHash) throw new Error(`what --request says is of another payment hash, ${decoding.invoice.hash}`);
  }
  const known = bolt11 ?? request;
  if (known === null)
    throw new Error(
      `the backend does not keep the payment request of this ${about}: say it with --request <bolt11>; whoever paid has it too`,
    );
  return known;
};

/** In msat, what is booked as sent. */
const amountOf = (row: ForgottenRow, bolt11: string, said: bigint | null): bigint => {
  const decoding = decodeBolt11(bolt11);
  const known = row.amountMsat ?? (decoding.is === 'decoded' ? decoding.invoice.amount : null) ?? said;
  if (known === null) throw new Error('neither the backend nor the payment request says what was sent: say it with --amount <sats>');
  return known;
};

const bookOne = async ({ core, db }: Parts, row: ForgottenRow, { wallet, ...said }: Booking): Promise<void> => {
  const { backendId, backendIdentity, isHold } = row;
  if (row.about === 'send') {
    const { payoutId, address, amountMsat, begunAt: at } = row;
    // Another restore may have booked it.
    if (payoutId === null || address === null || (await payoutById(db, payoutId))) return;
    const sent = { payoutId, address, amountMsat: amountMsat ?? 0n, backendId, backendIdentity, at };
    await inWords(adoptPayout(core.deps.payouts, { wallet, ...sent }));
    return;
  }
  if (row.about === 'payment') {
    const inBooks = (await attemptsForHash(db, row.paymentHash)).some((one) => one.backendIdentity === backendIdentity);
    if (inBooks) return;
    const bolt11 = requestOf(row, said.request);
    const amountMsat = amountOf(row, bolt11, said.amountMsat);
    await inWords(adoptPayment(core.deps.payments, { wallet, bolt11, amountMsat, backendId }));
    return;
  }
  if (await invoiceByHash(db, row.paymentHash)) return;
  const bolt11 = requestOf(row, said.request);
  await inWords(adoptInvoice(core.deps.invoices, { wallet, bolt11, backendId, backendIdentity, isHold }));
};

const sats = z.coerce.bigint().positive().nullable().default(null);
const booking = z.object({ hash, walletId: z.uuid(), request: z.string().max(4_000).nullable().default(null), amountSats: sats });

/** Into a wallet's books: what was sent is charged, what was received is credited, what is held is a hold of this wallet again. */
const book: Verb = async (opened, args) => {
  const asked = booking.parse(args);
  const wallet = await opened.core.wallets.wallet(asked.walletId);
  if (!wallet) throw new Error('there is no such wallet');
  const rows = await forgottenUnder(opened.db, asked.hash);
  for (const row of rows) {
    await bookOne(opened, row, {
      wallet,
      request: asked.request,
      amountMsat: asked.amountSats === null ? null : fromSat(asked.amountSats),
    });
    await resolveForgotten(opened.db, systemClock, { row, as: 'booked' });
  }
  return { resolved: rows.length };
};

/** Another program's, or nothing that the books should know: they stay as they are. */
const dismiss: Verb = async ({ db }, args) => {
  const asked = z.object({ hash: z.union([z.literal('all'), hash]) }).parse(args);
  const rows = asked.hash === 'all' ? await listForgotten(db, false) : await forgottenUnder(db, asked.hash);
  for (const row of rows) await resolveForgotten(db, systemClock, { row, as: 'dismissed' });
  return { resolved: rows.length };
};

export const restoreVerbs: Readonly<Record<string, Verb>> = {
  restore: show,
  'restore.begin': begin,
  'restore.book': book,
  'restore.dismiss': dismiss,
};
