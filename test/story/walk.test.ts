// The thin path through every room: an invoice is created, paid and seen; a payment is made, known and found again.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bolt11Text } from '../../src/lightning/values.ts';
import { type TestCore, testCore, until } from '../support/core.ts';

let core: TestCore;
beforeAll(async () => {
  core = await testCore();
});
afterAll(() => core.end());

const invoiceInput = (walletId: string, sat: number | null) => ({
  walletId,
  amountMsat: sat === null ? null : BigInt(sat) * 1000n,
  memo: 'coffee',
  descriptionHash: null,
  expirySeconds: null,
  externalId: null,
  webhookUrl: null,
});
const sendInput = (walletId: string, bolt11: string, more: object = {}) => ({
  walletId,
  bolt11,
  amount: 'inInvoice' as const,
  memo: null,
  maxFeeMsat: null,
  ...more,
});

describe('an invoice', () => {
  test('is PENDING, is paid, and is PAID by poll and by subscription', async () => {
    const invoice = await core.ask('createInvoice', invoiceInput(core.walletId, 1500), core.asking());
    expect(await core.reads.statusByRequest(invoice.bolt11)).toMatchObject({ status: 'PENDING', preimage: null });
    const seen: string[] = [];
    const watching = (async () => {
      for await (const status of core.reads.watchStatus({ bolt11: invoice.bolt11 }, new AbortController().signal)) seen.push(status.status);
    })();
    await until('the first status', async () => seen.length === 1);
    const paid = await core.backend.world.payer.pay({ bolt11: bolt11Text(invoice.bolt11) });
    expect(paid.is).toBe('succeeded');
    await watching;
    expect(seen).toEqual(['PENDING', 'PAID']);
    const status = await core.reads.statusByHash(invoice.paymentHash);
    expect(status?.preimage).toMatch(/^[0-9a-f]{64}$/);
    const [movement] = await core.reads.transactionsByHash([core.walletId], invoice.paymentHash);
    expect(movement).toMatchObject({
      direction: 'receive',
      status: 'success',
      amountMsat: 1_500_000n,
      memo: 'coffee',
      externalId: invoice.paymentHash,
    });
  });

  test('credits a ledger wallet with what was received', async () => {
    const invoice = await core.ask('createInvoice', invoiceInput(core.ledgerId, 5000), core.asking());
    await core.backend.world.payer.pay({ bolt11: bolt11Text(invoice.bolt11) });
    await until('credit', async () => (await core.reads.statusByHash(invoice.paymentHash))?.status === 'PAID');
    expect(await core.reads.balances([core.ledgerId])).toEqual([5_000_000n]);
  });

  test('is canceled, and canceled once more', async () => {
    const invoice = await core.ask('createInvoice', invoiceInput(core.walletId, 10), core.asking());
    const input = { walletId: core.walletId, paymentHash: invoice.paymentHash };
    expect((await core.ask('cancelInvoice', input, core.asking())).state).toBe('canceled');
    expect((await core.ask('cancelInvoice', input, core.asking())).state).toBe('canceled');
    expect((await core.backend.world.payer.pay({ bolt11: bolt11Text(invoice.bolt11) })).is).toBe('failed');
  });
});

describe('a payment', () => {
  test('succeeds, and the same request is already paid', async () => {
    const target = core.backend.world.payee.createInvoice({ amount: 2_000_000n as never, memo: 'theirs' });
    const answer = await core.ask('sendPayment', sendInput(core.walletId, target.bolt11), core.asking());
    expect(answer.is).toBe('succeeded');
    expect(answer.payment?.preimage).toMatch(/^[0-9a-f]{64}$/);
    expect(answer.transaction).toMatchObject({ direction: 'send', status: 'success', amountMsat: 2_000_000n });
    const again = await core.ask('sendPayment', sendInput(core.walletId, target.bolt11), core.asking());
    expect(again.is).toBe('alreadyPaid');
    expect(await core.reads.statusByRequest(target.bolt11)).toMatchObject({ status: 'PAID', preimage: null });
  });

  test('of a ledger wallet reserves, settles and gives the rest of the reserve back', async () => {
    const [before] = await core.reads.balances([core.ledgerId]);
    const target = core.backend.world.payee.createInvoice({ amount: 1_000_000n as never });
    const answer = await core.ask('sendPayment', sendInput(core.ledgerId, target.bolt11), core.asking());
    expect(answer.is).toBe('succeeded');
    const [after] = await core.reads.balances([core.ledgerId]);
    expect(before).toBe((after as bigint) + 1_000_000n + (answer.payment?.feeMsat ?? 0n));
  });

  test('beyond a ledger wallet is refused with what there is', async () => {
    const target = core.backend.world.payee.createInvoice({ amount: 900_000_000n as never });
    await expect(core.ask('sendPayment', sendInput(core.ledgerId, target.bolt11), core.asking())).rejects.toMatchObject({
      refusal: { is: 'insufficientBalance' },
    });
  });

  test('without a route fails with its reason and can be watched to that end', async () => {
    const target = core.backend.world.payee.createInvoice({ amount: 900_000_000_000n as never });
    const answer = await core.ask('sendPayment', sendInput(core.walletId, target.bolt11), core.asking());
    expect(answer).toMatchObject({ is: 'failed', transaction: { status: 'failure' } });
    const states: string[] = [];
    for await (const { payment } of core.reads.watchPayment(core.who, target.hash, '0.0', new AbortController().signal))
      states.push(payment.state);
    expect(states).toEqual(['pending', 'failed']);
  });
});
