// What a person may ask of a gateway from the command line. Every verb is a look or a command of the core; nothing here writes state itself.
import { z } from 'zod';
import { readPins } from '../backends/pins.ts';
import { invoiceByHash, toInvoiceView, waitingInvoices } from '../invoices/store.ts';
import { isHex32, paymentHash } from '../lightning/values.ts';
import { askAbout } from '../payments/ask.ts';
import { attemptsForHash, paymentsByHash, viewOfPayment } from '../payments/store.ts';
import { systemClock } from '../platform/clock.ts';
import { listDeliveries, replayDeliveries } from '../platform/deliveries.ts';
import { incidentsAbout, listIncidents, resolveIncident } from '../platform/incidents.ts';
import { auditFindings, auditLedger, coverage } from '../wallets/audit.ts';
import { endpointSecret, endpointsOf } from '../wallets/store-callbacks.ts';
import { transactionsByHash } from '../wallets/transactions.ts';
import type { Opened } from './open.ts';
import { paymentVerbs } from './payments.ts';
import { payoutVerbs } from './payouts.ts';
import { restoreVerbs } from './restoring.ts';
import type { Verb as AnyVerb } from './verb.ts';

type Verb = AnyVerb<Opened>;

const newKey = z.object({
  accountId: z.uuid(),
  walletId: z.uuid().nullable(),
  name: z.string().min(1).max(100),
  scopes: z.array(z.enum(['READ', 'RECEIVE', 'WRITE', 'ADMIN'])).min(1),
  expiresAt: z.coerce.date().nullable(),
  waitSeconds: z.number().int().min(0).max(300).nullable(),
});
const hashOnly = z.object({ hash: z.string().refine(isHex32, 'a payment hash is 64 hex digits') });

const wallets: Verb = async ({ core }) => {
  const rows = await core.wallets.allWallets();
  const accounts = await Promise.all(rows.map((row) => core.wallets.account(row.accountId)));
  return rows.map((row, index) => ({ ...row, accountName: accounts[index]?.name ?? row.accountId }));
};

const look: Verb = async ({ core, db }, args) => {
  const { hash } = hashOnly.parse(args);
  const [invoice, payments, incidents] = await Promise.all([invoiceByHash(db, hash), paymentsByHash(db, hash), incidentsAbout(db, hash)]);
  const ids = (await core.wallets.allWallets()).map((wallet) => wallet.id);
  const transactions = await transactionsByHash(db, ids, hash);
  if (!invoice && payments.length === 0 && transactions.length === 0 && incidents.length === 0) return null;
  return {
    invoice: invoice && toInvoiceView(invoice),
    payments: await Promise.all(payments.map((row) => viewOfPayment(db, row))),
    transactions,
    incidents,
  };
};

const askMs = 10_000;

/** The word of every backend now; what it says of a payment of ours is also written down. */
const ask: Verb = async ({ core, db }, args) => {
  const hash = paymentHash(hashOnly.parse(args).hash);
  const said = await Promise.all(
    core.registry.configured.map(async ({ backend }) => ({
      backend: backend.id,
      payment: backend.pay ? await backend.pay.find(hash, null, AbortSignal.timeout(askMs)) : null,
      invoice: backend.receive
        ? await backend.receive.find(hash, AbortSignal.timeout(askMs)).catch((error: unknown) => ({ is: 'unknown', detail: String(error) }))
        : null,
    })),
  );
  for (const row of await attemptsForHash(db, hash)) await askAbout(core.deps.payments, row);
  return said.map((one) => ({ ...one, payment: withoutSecret(one.payment), invoice: withoutSecret(one.invoice) }));
};

/** Whether there is a preimage, not the preimage: whoever reads a screen need not be able to claim with it. */
const withoutSecret = (said: object | null): object | null => {
  if (said === null || !('preimage' in said)) return said;
  const { preimage, ...rest } = said;
  return { ...rest, hasPreimage: preimage !== null };
};

const status: Verb = async ({ core, db }) => ({
  backends: await Promise.all(
    core.registry.configured.map(async (one) => ({
      id: one.backend.id,
      kind: one.backend.kind,
      identity: one.identity()?.key ?? null,
      label: one.identity()?.label ?? null,
      refused: one.refusal(),
      health: await one.backend.health(AbortSignal.timeout(askMs)),
    })),
  ),
  invoices: await waitingInvoices(db),
  outgoingHalted: await core.outgoing.reason(),
  openIncidents: (await listIncidents(db, false)).length,
});

const ledger: Verb = async ({ core, db }) => {
  const [audit, covered, halted] = await Promise.all([auditLedger(db), coverage(db, core.registry), core.outgoing.reason()]);
  return { ...audit, findings: auditFindings(audit), ...covered, outgoingHalted: halted };
};

const halt: Verb = async ({ core }, args) => {
  const reason = z.string().min(1).max(500).parse(args.reason);
  await core.outgoing.halt(reason);
  return { outgoingHalted: reason };
};

const resume: Verb = async ({ core }) => {
  const was = await core.outgoing.reason();
  await core.outgoing.resume();
  return { outgoingHalted: null, was };
};

const resolve: Verb = async ({ db }, args) =>
  resolveIncident(db, systemClock, z.object({ id: z.uuid(), resolution: z.string().min(1).max(500) }).parse(args));

const sats = z.number().int().min(1).max(2_147_483_647).nullable().optional();
const keyLimit = z.object({ key: z.string().min(1), limits: z.object({ daily: sats, weekly: sats, monthly: sats, annual: sats }) });

/** Sets the limits that are named, and answers the key with all of them and what it has spent; null when there is no such key. */
const limitKey: Verb = async ({ core }, args) => {
  const { key, limits } = keyLimit.parse(args);
  const [found, ...others] = (await core.wallets.keys()).filter((one) => one.id === key || one.prefix === key);
  if (!found || others.length > 0) return null;
  for (const window of ['daily', 'weekly', 'monthly', 'annual'] as const) {
    const limit = limits[window];
    if (limit !== undefined) await core.wallets.setLimit(found.id, window, limit);
  }
  const [row, [spent]] = [(await core.wallets.keys()).find((one) => one.id === found.id), await core.reads.spentByKeys([found.id])];
  const inSats = spent && Object.fromEntries(Object.entries(spent).map(([window, msat]) => [window, Math.ceil(Number(msat) / 1000)]));
  return row ? { ...row, spentSats: inSats } : null;
};

const deliveries = z.object({
  state: z.enum(['waiting', 'delivered', 'givenUp', 'dropped']).nullable(),
  endpoint: z.string().nullable(),
});
const named = z.object({ id: z.string().min(1).max(100) });

const callbacks: Verb = async ({ db }, args) => {
  const { state, endpoint } = deliveries.parse(args);
  return { endpoints: await endpointsOf(db, null), deliveries: await listDeliveries(db, { state, endpointId: endpoint, most: 200 }) };
};

const verbs: Readonly<Record<string, Verb>> = {
  wallets,
  look,
  ask,
  status,
  pins: ({ db }) => readPins(db),
  incidents: ({ db }, args) => listIncidents(db, args.all === true),
  'incidents.resolve': resolve,
  ledger,
  'outgoing.halt': halt,
  'outgoing.resume': resume,
  ...paymentVerbs,
  ...payoutVerbs,
  ...restoreVerbs,
  'preimageKeys.rotate': ({ keys }) => keys.rotate(),
  callbacks,
  'callbacks.replay': ({ db }, args) => replayDeliveries(db, named.parse(args).id, systemClock.now()),
  'callbacks.secret': ({ db }, args) => endpointSecret(db, named.parse(args).id),
  'keys.list': ({ core }) => core.wallets.keys(),
  'keys.create': ({ core }, args) => core.wallets.createKey(newKey.parse(args)),
  'keys.limit': limitKey,
  'keys.revoke': ({ core }, args) => core.wallets.revokeKey(z.string().min(1).parse(args.key)),
};

/** Throws an Error with one sentence for an unknown verb or bad arguments. */
export const adminPort =
  (opened: Opened) =>
  async (verb: string, args: Record<string, unknown>): Promise<unknown> => {
    const run = verbs[verb];
    if (!run) throw new Error(`this gateway knows no "${verb}"; it knows ${Object.keys(verbs).join(', ')}`);
    return run(opened, args);
  };
