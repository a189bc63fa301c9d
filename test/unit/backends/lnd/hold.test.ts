// Whose invoice it is that an LND has under a caller's hash: ours from an answer that got lost, or another program's, whatever it promises.
import { describe, expect, test } from 'vitest';
import type { LndContext } from '../../../../src/backends/lnd/context.ts';
import { lndHold } from '../../../../src/backends/lnd/hold.ts';
import type { InvoiceMessage, InvoiceRequest } from '../../../../src/backends/lnd/messages.ts';
import type { InvoiceTerms } from '../../../../src/backends/port.ts';
import { fromSat, hashOf, newPreimage, type PaymentHash } from '../../../../src/lightning/values.ts';

const never = new AbortController().signal;
const rpc = (code: number, details: string) => Object.assign(new Error(details), { code, details });
const dropped = rpc(14, 'Connection dropped');
const notThere = rpc(14, 'No connection established. Last error: connect ECONNREFUSED');

type Way = 'answer' | 'loseAnswer' | 'doNothing';

/** An LND that makes hold invoices as the real one does, whoever asks; the gateway's next question may go wrong. */
const node = (keptFor = 0) => {
  const made = new Map<string, InvoiceMessage>();
  const watched: PaymentHash[] = [];
  let now = Date.parse('2026-11-29T12:00:00Z');
  let next: { readonly way: Way; readonly error: Error } = { way: 'answer', error: dropped };
  const add = (request: InvoiceRequest): InvoiceMessage => {
    const hash = request.hash ?? Buffer.alloc(32);
    if (made.has(hash.toString('hex'))) throw rpc(2, 'invoice with payment hash already exists');
    const { value_msat, memo = '', expiry, cltv_expiry = '80' } = request;
    const invoice: InvoiceMessage = {
      ...{
        r_hash: hash,
        r_preimage: Buffer.alloc(32),
        value_msat,
        memo,
        expiry,
        cltv_expiry,
        description_hash: Buffer.alloc(0),
        state: 'OPEN',
      },
      ...{
        creation_date: String(Math.floor(now / 1000)),
        settle_date: '0',
        add_index: '1',
        settle_index: '0',
        amt_paid_msat: '0',
        htlcs: [],
      },
      ...{ payment_request: `lnbcrt1pvjluez${hash.toString('hex')}`, payment_addr: Buffer.alloc(32, made.size + 1) },
    };
    made.set(hash.toString('hex'), invoice);
    return invoice;
  };
  const addHoldInvoice = async (request: InvoiceRequest) => {
    const { way, error } = next;
    next = { way: 'answer', error: dropped };
    if (way === 'doNothing') throw error;
    const invoice = add(request);
    now += keptFor;
    if (way === 'loseAnswer') throw error;
    return invoice;
  };
  const lookupInvoice = async ({ r_hash }: { r_hash: Buffer }) => made.get(r_hash.toString('hex'));
  const stubs = () => ({ addHoldInvoice, lookupInvoice });
  const context = {
    connection: { stubs },
    settings: { holdExpiryDelta: 30 },
    clock: { now: () => new Date(now) },
  } as unknown as LndContext;
  const start = () => lndHold(context, { hints: () => false, watch: { add: (hash) => watched.push(hash), follow: () => undefined } });
  return {
    ...{ watched, start },
    later: (seconds: number) => {
      now += seconds * 1000;
    },
    next: (way: Way, error = dropped) => {
      next = { way, error };
    },
    set: (hash: PaymentHash, state: string) => made.set(hash, { ...(made.get(hash) ?? expect.fail('no invoice')), state }),
    /** Another program makes a hold of its own: a swap, say, whose hash and terms anybody reads in its request. */
    foreign: (hash: PaymentHash, text = 'swap') =>
      add({ hash: Buffer.from(hash, 'hex'), value_msat: '50000', memo: text, expiry: '3600', cltv_expiry: '80', private: false }),
  };
};
const terms = (text = 'swap'): InvoiceTerms => ({ amount: fromSat(50), description: { text }, expirySeconds: 3600, finalCltvDelta: 80 });
const hashInUse = { is: 'refused', because: 'hashInUse' };

test('a hold is given back by the node where its settings say so', () => {
  expect(node().start().traits).toEqual({ hashFrom: 'caller', heldSeconds: null, expiryDelta: 30 });
});

describe('another program’s hold', () => {
  test('is refused though its terms are equal to the letter, is not watched, and stays so', async () => {
    const lnd = node();
    const hash = hashOf(newPreimage());
    lnd.foreign(hash);
    const hold = lnd.start();
    for (let times = 0; times < 3; times++) expect(await hold.create({ ...terms(), hash }, never)).toMatchObject(hashInUse);
    expect(lnd.watched).toEqual([]);
  });

  test('is refused where a question was asked and LND itself has said no, or it has never left', async () => {
    for (const error of [notThere, rpc(2, 'wallet locked, unlock it to enable full RPC access'), rpc(7, 'permission denied')]) {
      const lnd = node();
      const [hash, hold] = [hashOf(newPreimage()), lnd.start()];
      lnd.next('doNothing', error);
      expect(await hold.create({ ...terms(), hash }, never)).toMatchObject({ is: 'unknown' });
      lnd.foreign(hash);
      expect(await hold.create({ ...terms(), hash }, never)).toMatchObject(hashInUse);
    }
  });

  test('is refused where it was made before the question whose answer got lost, or long after it', async () => {
    const lnd = node();
    const [early, late, hold] = [hashOf(newPreimage()), hashOf(newPreimage()), lnd.start()];
    lnd.foreign(early);
    lnd.later(60);
    for (const hash of [early, late]) {
      lnd.next('doNothing');
      expect(await hold.create({ ...terms(), hash }, never)).toMatchObject({ is: 'unknown' });
    }
    lnd.later(60);
    lnd.foreign(late);
    for (const hash of [early, late]) expect(await hold.create({ ...terms(), hash }, never)).toMatchObject(hashInUse);
  });
});

describe('ours from an answer that got lost', () => {
  test.each([
    ['dropped', dropped, 0],
    ['late', rpc(4, 'Deadline exceeded after 10.001s,remote_addr=127.0.0.1:10009'), 10_000],
    ['eaten by a proxy', rpc(14, 'Received HTTP status code 502'), 0],
    ['canceled', rpc(1, 'Cancelled on client'), 0],
  ])('%s, is issued once it is asked for again', async (_, error, ms) => {
    const lnd = node(ms);
    const [hash, hold] = [hashOf(newPreimage()), lnd.start()];
    lnd.next('loseAnswer', error);
    expect(await hold.create({ ...terms(), hash }, never)).toMatchObject({ is: 'unknown' });
    lnd.later(600);
    expect(await hold.create({ ...terms(), hash }, never)).toMatchObject({ is: 'issued', hash, paymentSecret: '01'.repeat(32) });
    expect(lnd.watched).toEqual([hash]);
  });

  test('is refused for other terms, and when it is no longer open', async () => {
    const lnd = node();
    const [hash, hold] = [hashOf(newPreimage()), lnd.start()];
    lnd.next('loseAnswer');
    await hold.create({ ...terms(), hash }, never);
    expect(await hold.create({ ...terms('coffee'), hash }, never)).toMatchObject(hashInUse);
    lnd.set(hash, 'ACCEPTED');
    expect(await hold.create({ ...terms(), hash }, never)).toMatchObject(hashInUse);
  });

  test('is nobody’s after a restart, and so is what was answered: the caller takes another hash', async () => {
    const lnd = node();
    const [lost, told, hold] = [hashOf(newPreimage()), hashOf(newPreimage()), lnd.start()];
    lnd.next('loseAnswer');
    await hold.create({ ...terms(), hash: lost }, never);
    expect(await hold.create({ ...terms(), hash: told }, never)).toMatchObject({ is: 'issued' });
    expect(await hold.create({ ...terms(), hash: told }, never)).toMatchObject(hashInUse);
    expect(await lnd.start().create({ ...terms(), hash: lost }, never)).toMatchObject(hashInUse);
  });

  test('is forgotten when five hundred others got lost since', async () => {
    const lnd = node();
    const [first, second, hold] = [hashOf(newPreimage()), hashOf(newPreimage()), lnd.start()];
    const lose = async (hash: PaymentHash) => {
      lnd.next('loseAnswer');
      await hold.create({ ...terms(), hash }, never);
    };
    await lose(first);
    await lose(second);
    for (let others = 0; others < 499; others++) await lose(hashOf(newPreimage()));
    expect(await hold.create({ ...terms(), hash: first }, never)).toMatchObject(hashInUse);
    expect(await hold.create({ ...terms(), hash: second }, never)).toMatchObject({ is: 'issued' });
  });
});
