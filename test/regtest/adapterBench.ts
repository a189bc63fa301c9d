// What the tests of the LND adapter share: adapters on the network's nodes, ears for their facts, invoices and orders.
import { payViaPaymentRequest } from 'ln-service';
import { afterAll } from 'vitest';
import { connectLnd, lndKind } from '../../src/backends/lnd/backend.ts';
import type { Backend, BackendTools, Cursor, Fact, InvoiceTerms, PayOrder } from '../../src/backends/port.ts';
import { decodeBolt11 } from '../../src/lightning/bolt11.ts';
import { backendId, bolt11Text, fromSat, type Msat, type PaymentHash } from '../../src/lightning/values.ts';
import type { NetNode } from './lnd.ts';
import { waitUntil } from './wait.ts';

/** Ends everything that listens, after the file's last test. */
const over = new AbortController();
export const { signal } = over;
const opened: Backend[] = [];
afterAll(async () => {
  over.abort();
  await Promise.all(opened.map((backend) => backend.close()));
});

/** The warnings and errors that the adapters logged. */
export const said: string[] = [];
const quiet = () => undefined;
const keep = (_: object, text: string) => void said.push(text);
export const tools: BackendTools = { log: { debug: quiet, info: quiet, warn: keep, error: keep }, clock: { now: () => new Date() } };

/** Closed after the file's last test. */
export const closeLater = (backend: Backend): Backend => {
  opened.push(backend);
  return backend;
};

export type Place = Pick<NetNode, 'socket' | 'certPath' | 'macaroonPath'>;

export const adapterOf = ({ socket, certPath: cert, macaroonPath: macaroon }: Place, more: object = {}): Backend =>
  closeLater(connectLnd(backendId('lnd'), lndKind.settings.parse({ kind: 'lnd', socket, cert, macaroon, ...more }), tools));

/** A facet that this adapter must have. */
export const must = <T>(facet: T | undefined): T => {
  if (facet === undefined) throw new Error('a facet is missing');
  return facet;
};

/** Facts in the order in which they come, read until it is stopped. */
export const listen = (backend: Backend, after: Cursor | null = null) => {
  const facts: Fact[] = [];
  const end = new AbortController();
  const ended = (async () => {
    for await (const fact of backend.facts(after, AbortSignal.any([signal, end.signal]))) facts.push(fact);
  })();
  const find = (what: string, test: (fact: Fact) => boolean, ms = 30_000) => waitUntil(`the fact: ${what}`, () => facts.find(test), ms);
  return {
    facts,
    find,
    invoice: (hash: PaymentHash, is: string, ms?: number) =>
      find(`invoice ${hash.slice(0, 8)} ${is}`, (fact) => fact.about === 'invoice' && fact.hash === hash && fact.sighting.is === is, ms),
    payment: (hash: PaymentHash, is: string) =>
      find(`payment ${hash.slice(0, 8)} ${is}`, (fact) => fact.about === 'payment' && fact.hash === hash && fact.outcome.is === is),
    block: () => find('a block', (fact) => fact.about === 'block'),
    stop: async () => {
      end.abort();
      await ended;
    },
    cursor: () => facts.findLast((fact) => fact.cursor !== null)?.cursor ?? null,
  };
};

export const terms = (sat: number | null, text = 'a cup of tea'): InvoiceTerms => ({
  amount: sat === null ? null : fromSat(sat),
  description: { text },
  expirySeconds: 3600,
});

type Issued = Extract<Awaited<ReturnType<NonNullable<Backend['receive']>['create']>>, { is: 'issued' }>;

/** An invoice that must come to be: plain, or a hold invoice. */
export const issue = async (
  facet: { create(terms: InvoiceTerms, signal: AbortSignal): Promise<{ is: string }> },
  given: InvoiceTerms & { hash?: PaymentHash },
) => {
  const made = await facet.create(given, signal);
  if (made.is !== 'issued') throw new Error(JSON.stringify(made));
  return made as Issued;
};

export const payFrom = (node: NetNode, request: string, sat?: number) =>
  payViaPaymentRequest({ lnd: node.lnd, request, max_fee_mtokens: '100000', max_paths: 4, ...(sat === undefined ? {} : { tokens: sat }) });

export const orderOf = (request: string, amount: Msat, more: Partial<PayOrder> = {}): PayOrder => {
  const decoded = decodeBolt11(request);
  if (decoded.is !== 'decoded') throw new Error(decoded.why);
  const { hash, amount: asked } = decoded.invoice;
  return {
    ...{ hash, bolt11: bolt11Text(request), amount, amountless: asked === null },
    ...{ maxFee: fromSat(100), sendBy: new Date(Date.now() + 20_000) },
    ...more,
  };
};
