// What LND's own lists have of the time since a moment: payments with their last outcome and invoices as they stand, its other users' too.
import { type Bolt11, bolt11Text, fromSat, type Msat, msat, paymentHash } from '../../lightning/values.ts';
import type { Recalled } from '../port.ts';
import { type LndContext, patience } from './context.ts';
import { asFault } from './faults.ts';
import type { InvoiceMessage, PaymentMessage, TransactionMessage } from './messages.ts';
import { allOf, pageSize } from './pages.ts';
import { outcomeOf, sightingOf } from './translate.ts';

/** @throws BackendFault */
export const lndRecall = async (context: LndContext, since: Date, signal: AbortSignal): Promise<readonly Recalled[]> => {
  const limits = { ms: patience.list, signal };
  const creation_date_start = String(Math.max(0, Math.floor(since.getTime() / 1000)));
  const stubs = context.connection.stubs();
  try {
    const payments = await allOf(async (index_offset) => {
      const asked = { include_incomplete: true, max_payments: String(pageSize), index_offset, creation_date_start };
      const { payments: rows, last_index_offset: last } = await stubs.listPayments(asked, limits);
      return { rows, last };
    });
    const invoices = await allOf(async (index_offset) => {
      const asked = { num_max_invoices: String(pageSize), index_offset, creation_date_start };
      const { invoices: rows, last_index_offset: last } = await stubs.listInvoices(asked, limits);
      return { rows, last };
    });
    const { transactions } = await stubs.getTransactions({ start_height: 0, end_height: -1 }, limits);
    const sinceSeconds = Number(creation_date_start);
    const sends = transactions.filter(({ label, time_stamp }) => label !== '' && Number(time_stamp) >= sinceSeconds);
    return [...payments.map(recalledPayment), ...invoices.map(recalledInvoice), ...sends.flatMap(recalledSend)];
  } catch (error) {
    throw asFault(error);
  }
};

const requestIn = (text: string): Bolt11 | null => (text === '' ? null : bolt11Text(text));

const recalledPayment = (payment: PaymentMessage): Recalled => {
  const hash = paymentHash(payment.payment_hash);
  return {
    about: 'payment',
    hash,
    bolt11: requestIn(payment.payment_request),
    amount: msat(payment.value_msat),
    at: new Date(Number(BigInt(payment.creation_time_ns) / 1_000_000n)),
    outcome: outcomeOf(payment, hash),
  };
};

/** LND labels transactions of its own too (channels, sweeps): whoever asks knows their own labels. */
const recalledSend = (transaction: TransactionMessage): readonly Recalled[] => {
  const { output_details: outputs, tx_hash: txid, label } = transaction;
  // One address is paid; what else comes back is change.
  const output = outputs.find((one) => !one.is_our_address) ?? outputs[0];
  if (output === undefined || transaction.total_fees === '0') return [];
  return [
    {
      about: 'send',
      label,
      address: output.address,
      at: new Date(Number(transaction.time_stamp) * 1000),
      outcome: {
        is: 'sent',
        txid,
        output: Number(output.output_index),
        amount: fromSat(BigInt(output.amount)),
        fee: fromSat(BigInt(transaction.total_fees)),
        confirmations: transaction.num_confirmations,
      },
    },
  ];
};

const recalledInvoice = (invoice: InvoiceMessage): Recalled => {
  const amount: Msat | null = invoice.value_msat === '0' ? null : msat(invoice.value_msat);
  const sighting = sightingOf(invoice);
  return {
    about: 'invoice',
    hash: paymentHash(invoice.r_hash.toString('hex')),
    bolt11: requestIn(invoice.payment_request),
    amount,
    at: new Date(Number(invoice.creation_date) * 1000),
    // LND knows the preimage of a plain invoice from the start, and of a hold invoice not before it is settled.
    isHold: sighting.is === 'held' || (sighting.is !== 'settled' && invoice.r_preimage.every((byte) => byte === 0)),
    sighting,
  };
};
