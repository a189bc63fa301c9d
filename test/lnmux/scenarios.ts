// What is recorded from the real lnmuxd and replayed against ours: calls in a fixed order, each waiting for the one before it.
import { createHash, randomBytes } from 'node:crypto';
import { type Bench, rawClient } from './bench.ts';
import type { Subscription, Tape } from './tape.ts';

export type Scenario = (tape: Tape, bench: Bench) => Promise<void>;

const amount = '1000000';

const add = async (tape: Tape, more: object = {}) => {
  const { payment_request, hash, preimage } = await tape.call('AddInvoice', { amt_msat: amount, expiry_secs: '600', ...more });
  return { bolt11: String(payment_request), hash: hash as Buffer, preimage: preimage as Buffer };
};

const accepted = async (tape: Tape, bench: Bench, stream: Subscription, more: object = {}) => {
  const invoice = await add(tape, more);
  const paying = bench.pay(invoice.bolt11);
  const { set_id } = await stream.next();
  return { ...invoice, set_id, paid: async () => tape.paid(await paying) };
};

const stranger = (): Buffer => createHash('sha256').update(randomBytes(32)).digest();

/** The newest row of the list, found without writing its search down. */
const lastSequence = async (tape: Tape): Promise<string> => {
  const { last_sequence_number } = await tape.call('ListInvoices', { max_invoices_count: '1000000', sequence_start: '999999999' });
  return String(last_sequence_number);
};

export const scenarios: Readonly<Record<string, Scenario>> = {
  'who it is': async (tape) => {
    await tape.call('GetInfo', {});
  },

  'making invoices': async (tape) => {
    await add(tape, { description: 'a coffee' });
    await add(tape, {});
    await add(tape, { description_hash: stranger() });
    await add(tape, { amt_msat: '1', expiry_secs: '1' });
    await add(tape, { amt_msat: '0' });
    await add(tape, { amt_msat: '-5' });
    await add(tape, { expiry_secs: '0' });
    await add(tape, { description_hash: Buffer.alloc(31, 1) });
    await add(tape, { description: 'both', description_hash: stranger() });
    await add(tape, { description: 'x'.repeat(639) });
    await add(tape, { description: 'x'.repeat(640) });
  },

  'nothing is held': async (tape) => {
    const { hash } = await add(tape);
    for (const method of ['SettleInvoice', 'CancelInvoice']) {
      await tape.call(method, { hash, set_id: stranger() });
      await tape.call(method, { hash: stranger(), set_id: stranger() });
      await tape.call(method, { hash: Buffer.alloc(5, 1), set_id: stranger() });
      await tape.call(method, { hash, set_id: Buffer.alloc(5, 1) });
      await tape.call(method, { hash });
    }
    await tape.call('WaitForInvoiceFinalStatus', { hash });
    await tape.call('WaitForInvoiceFinalStatus', { hash: Buffer.alloc(5, 1) });
    await tape.call('ListInvoices', { max_invoices_count: '0', sequence_start: '0' });
    await lastSequence(tape);
  },

  'held and settled': async (tape, bench) => {
    const stream = tape.subscribe('accepted');
    const { hash, set_id, paid } = await accepted(tape, bench, stream);
    await tape.call('WaitForInvoiceFinalStatus', { hash });
    await tape.call('SettleInvoice', { hash, set_id: stranger() });
    await tape.call('SettleInvoice', { hash, set_id });
    await paid();
    await tape.call('WaitForInvoiceFinalStatus', { hash });
    await tape.call('SettleInvoice', { hash, set_id });
    await tape.call('SettleInvoice', { hash, set_id: stranger() });
    await tape.call('CancelInvoice', { hash, set_id });
    await tape.call('CancelInvoice', { hash, set_id: stranger() });
    await stream.silent();
    stream.close();
  },

  'held and given back, then paid again': async (tape, bench) => {
    const stream = tape.subscribe('accepted');
    const first = await accepted(tape, bench, stream);
    const { hash } = first;
    await tape.call('CancelInvoice', { hash, set_id: stranger() });
    await tape.call('CancelInvoice', { hash, set_id: first.set_id });
    await first.paid();
    await tape.call('CancelInvoice', { hash, set_id: first.set_id });
    await tape.call('SettleInvoice', { hash, set_id: first.set_id });
    await tape.call('WaitForInvoiceFinalStatus', { hash });
    await stream.silent();
    const paying = bench.pay(first.bolt11);
    const { set_id } = await stream.next();
    tape.note({ theSameSet: set_id.equals(first.set_id) });
    await tape.call('SettleInvoice', { hash, set_id: first.set_id });
    await tape.call('SettleInvoice', { hash, set_id });
    tape.paid(await paying);
    await tape.call('WaitForInvoiceFinalStatus', { hash });
    stream.close();
  },

  'whoever subscribes is told what is held': async (tape, bench) => {
    const early = tape.subscribe('early');
    const { hash, set_id, paid } = await accepted(tape, bench, early);
    const late = tape.subscribe('late');
    await late.next();
    await tape.call('SettleInvoice', { hash, set_id });
    await paid();
    const last = tape.subscribe('last');
    for (const stream of [early, late, last]) await stream.silent();
    for (const stream of [early, late, last]) stream.close();
  },

  'the list of settlements': async (tape, bench) => {
    const stream = tape.subscribe('accepted');
    const hashes: Buffer[] = [];
    for (const amt_msat of ['1000000', '2000000']) {
      const { hash, set_id, paid } = await accepted(tape, bench, stream, { amt_msat });
      await tape.call('SettleInvoice', { hash, set_id });
      await paid();
      await tape.call('WaitForInvoiceFinalStatus', { hash });
      hashes.push(hash);
    }
    stream.close();
    const start = await sequenceOf(bench, hashes[0]);
    await tape.call('ListInvoices', { max_invoices_count: '1', sequence_start: start });
    await tape.call('ListInvoices', { max_invoices_count: '10', sequence_start: start });
    await tape.call('ListInvoices', { max_invoices_count: '10', sequence_start: String(BigInt(start) + 1n) });
    await tape.call('ListInvoices', { max_invoices_count: '10', sequence_start: String(BigInt(start) + 2n) });
  },

  'one set over several nodes': async (tape, bench) => {
    const stream = tape.subscribe('accepted');
    const { hash, set_id, paid } = await accepted(tape, bench, stream, { amt_msat: String(bench.needsBoth) });
    await stream.silent();
    // Given back, so that the channels are what they were for whoever comes next.
    await tape.call('CancelInvoice', { hash, set_id });
    await paid();
    await tape.call('SettleInvoice', { hash, set_id });
    stream.close();
  },

  'settled while the nodes are away': async (tape, bench) => {
    const stream = tape.subscribe('accepted');
    const { hash, set_id, paid } = await accepted(tape, bench, stream);
    await bench.stopNode(0);
    await bench.stopNode(1);
    await tape.call('SettleInvoice', { hash, set_id });
    const start = await sequenceOf(bench, hash);
    await tape.call('ListInvoices', { max_invoices_count: '1', sequence_start: start });
    await tape.call('CancelInvoice', { hash, set_id });
    await Promise.all([bench.startNode(0), bench.startNode(1)]);
    await tape.call('WaitForInvoiceFinalStatus', { hash }, 60_000);
    await paid();
    await tape.call('ListInvoices', { max_invoices_count: '1', sequence_start: start });
    stream.close();
  },

  'a restart while something is held and nobody listens': async (tape, bench) => {
    const stream = tape.subscribe('accepted');
    const { hash, set_id, paid } = await accepted(tape, bench, stream);
    stream.close();
    await bench.restart();
    await paid();
    await tape.call('SettleInvoice', { hash, set_id });
    const after = tape.subscribe('after');
    await after.silent();
    after.close();
  },

  'held for too long': async (tape, bench) => {
    const stream = tape.subscribe('accepted');
    const { hash, set_id, paid } = await accepted(tape, bench, stream);
    await paid();
    await tape.call('SettleInvoice', { hash, set_id });
    await stream.silent();
    stream.close();
  },
};

/** Where the list has this invoice; asked aside, for how many rows lie before it is nobody's business. */
const sequenceOf = async (bench: Bench, hash: Buffer | undefined): Promise<string> => {
  const raw = rawClient(bench.socket);
  try {
    const said = await raw.call('ListInvoices', { max_invoices_count: '100000', sequence_start: '0' });
    if (!('answer' in said) || hash === undefined) throw new Error('the list cannot be read');
    const rows = said.answer.invoice as readonly { readonly hash: Buffer; readonly preimage: Buffer; readonly sequence_number: string }[];
    const row = rows.find((one) => one.hash.equals(hash) || one.preimage.equals(hash));
    if (row === undefined) throw new Error('the list does not have the invoice');
    return row.sequence_number;
  } finally {
    raw.close();
  }
};
