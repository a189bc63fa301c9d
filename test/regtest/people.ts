// What people at the other nodes do, as plain functions over a node: they ask for money, hold it, pay, and look at what they got. Needs no test runner.
import { randomBytes } from 'node:crypto';
import {
  cancelHodlInvoice,
  createHodlInvoice,
  createInvoice,
  getInvoice,
  parsePaymentRequest,
  payViaPaymentDetails,
  payViaPaymentRequest,
  settleHodlInvoice,
} from 'ln-service';
import { hashOf, newPreimage } from '../../src/lightning/values.ts';
import type { NetNode } from './lnd.ts';
import { waitUntil } from './wait.ts';

/** What the payee has of a hash: settled parts and their sum in msat; null when it has no such invoice. */
export const settlementAt = async ({ lnd }: NetNode, hash: string) => {
  const found = await getInvoice({ lnd, id: hash }).catch(() => null);
  if (found === null) return null;
  const parts = found.payments.filter((part) => part.is_confirmed);
  return { settled: found.is_confirmed === true, parts: parts.length, msat: parts.reduce((sum, part) => sum + BigInt(part.mtokens), 0n) };
};

/** An invoice of a node; null: the payer chooses the amount. */
export const invoiceOf = async ({ lnd }: NetNode, sat: number | null): Promise<{ readonly request: string; readonly hash: string }> => {
  const { request, id } = await createInvoice({
    lnd,
    ...(sat === null ? {} : { tokens: sat }),
    description: randomBytes(4).toString('hex'),
  });
  return { request, hash: id };
};

export interface Held {
  readonly request: string;
  readonly hash: string;
  readonly secret: string;
  /** Resolves when the whole amount has arrived and waits. */
  readonly held: () => Promise<void>;
  readonly settle: () => Promise<void>;
  readonly cancel: () => Promise<void>;
}

/** A hold invoice of a node: who pays it waits until it is settled or canceled. */
export const holdOf = async ({ lnd, name }: NetNode, sat: number | null): Promise<Held> => {
  const secret = newPreimage();
  const hash = hashOf(secret);
  const { request } = await createHodlInvoice({ lnd, id: hash, cltv_delta: 60, ...(sat === null ? {} : { tokens: sat }) });
  const held = async () => {
    await waitUntil(`${name} to hold the payment`, async () => (await getInvoice({ lnd, id: hash })).is_held === true);
  };
  return {
    request,
    hash,
    secret,
    held,
    settle: () => settleHodlInvoice({ lnd, secret }),
    cancel: () => cancelHodlInvoice({ lnd, id: hash }),
  };
};

/** A node of the world outside pays. */
export const payFrom = ({ lnd }: NetNode, request: string, sat?: number) =>
  payViaPaymentRequest({ lnd, request, max_fee_mtokens: '100000', max_paths: 4, ...(sat === undefined ? {} : { tokens: sat }) });

/** Pays more than a priced invoice asks for: what wallets do when they round up. */
export const overpay = ({ lnd }: NetNode, request: string, sat: number) => {
  const { destination, id, payment = '', features, cltv_delta } = parsePaymentRequest({ request });
  const total_mtokens = `${sat}000`;
  return payViaPaymentDetails({
    ...{ lnd, destination, id, payment, features: [...features], cltv_delta: cltv_delta + 3, total_mtokens, mtokens: total_mtokens },
    max_fee_mtokens: '100000',
  });
};
