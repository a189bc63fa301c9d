// A hold under the hash of a request elsewhere: the swap that it is made for, and the payments that it must not keep from anybody. What would pay our
// own invoice is refused, in whatever text it comes.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { invoiceByHash } from '../../src/invoices/store.ts';
import { decodeBolt11 } from '../../src/lightning/bolt11.ts';
import { encodeBolt11 } from '../../src/lightning/bolt11-encode.ts';
import { type Bolt11, bolt11Text, msat, newPreimage, preimage } from '../../src/lightning/values.ts';
import { attemptsForHash } from '../../src/payments/store.ts';
import { sql } from '../../src/platform/db.ts';
import { type TestCore, testCore, until } from '../support/core.ts';

let core: TestCore;
beforeAll(async () => {
  core = await testCore({ payments: { waitSeconds: 20 } });
  await sql(core.db, { name: 'test_fund', text: 'UPDATE wallets SET available_msat = 50000000 WHERE id = $1' }, [core.ledgerId]);
});
afterAll(() => core.end());

const elsewhere = () => core.backend.world.payee.createInvoice({ amount: msat(1_000_000n) });
const hold = (walletId: string, paymentHash: string | null, amountMsat = 1_010_000n) =>
  core.ask(
    'createHoldInvoice',
    {
      ...{ walletId, amountMsat, memo: null, descriptionHash: null, expirySeconds: 600, externalId: null },
      ...{ paymentHash, longestHoldSeconds: null, onDeadline: 'cancel' },
    },
    core.asking(),
  );
const order = (walletId: string, bolt11: string) => ({ walletId, bolt11, amount: 'inInvoice', memo: null, maxFeeMsat: null }) as const;
const send = (walletId: string, bolt11: string) => core.ask('sendPayment', order(walletId, bolt11), core.asking());
const available = async (): Promise<bigint> => (await core.wallets.available([core.ledgerId])).get(core.ledgerId) ?? -1n;
const reaches = (hash: string, state: string) => until(state, async () => (await invoiceByHash(core.db, hash))?.state === state);

describe('a hold under the hash of a request elsewhere', () => {
  test.each(['walletId', 'ledgerId'] as const)('pays that request and is settled with the preimage that it brings: %s', async (kind) => {
    const [walletId, before] = [core[kind], await available()];
    const target = elsewhere();
    const ours = await hold(walletId, target.hash);
    const paying = core.backend.world.payer.pay({ bolt11: bolt11Text(ours.bolt11) });
    await reaches(target.hash, 'held');
    const sent = await send(walletId, target.bolt11);
    expect(sent).toMatchObject({ is: 'succeeded', payment: { preimage: target.preimage } });
    expect((await invoiceByHash(core.db, target.hash))?.state).toBe('held');
    const secret = preimage(sent.payment?.preimage ?? '');
    await core.ask('settleHoldInvoice', { walletId, paymentHash: target.hash, preimage: secret }, core.asking());
    expect(await paying).toMatchObject({ is: 'succeeded', preimage: target.preimage });
    await reaches(target.hash, 'settled');
    const moved = await core.reads.transactionsByHash([walletId], target.hash);
    expect(new Set(moved.map(({ direction, status }) => `${direction} ${status}`))).toEqual(new Set(['send success', 'receive success']));
    const fee = sent.payment?.feeMsat ?? 0n;
    expect(await available()).toBe(kind === 'walletId' ? before : before + 1_010_000n - 1_000_000n - fee);
  });

  test('gives the payer the money back when that request is not paid, and costs nothing', async () => {
    const before = await available();
    const target = core.backend.world.payee.createHoldInvoice({ amount: msat(1_000_000n) });
    const ours = await hold(core.ledgerId, target.hash);
    const paying = core.backend.world.payer.pay({ bolt11: bolt11Text(ours.bolt11) });
    await reaches(target.hash, 'held');
    const sending = send(core.ledgerId, target.bolt11);
    await until('the payee holds it', async () => core.backend.world.payee.look(target).state === 'held');
    core.backend.world.payee.cancel(target);
    expect((await sending).is).toBe('failed');
    await core.ask('cancelHoldInvoice', { walletId: core.ledgerId, paymentHash: target.hash }, core.asking());
    expect((await paying).is).toBe('failed');
    expect(await available()).toBe(before);
  });

  test('keeps nobody from paying that request, nor from asking what it costs', async () => {
    const target = elsewhere();
    await hold(core.ledgerId, target.hash);
    expect(await core.ask('probeFee', order(core.walletId, target.bolt11), core.asking())).toMatchObject({ is: 'fee' });
    expect((await send(core.walletId, target.bolt11)).is).toBe('succeeded');
    expect((await invoiceByHash(core.db, target.hash))?.state).toBe('open');
  });
});

describe('a request that would pay our own invoice', () => {
  /** The same promise, signed by a key of nobody's. */
  const signedAnew = (bolt11: string): Bolt11 => {
    const decoding = decodeBolt11(bolt11);
    if (decoding.is !== 'decoded') throw new Error(decoding.why);
    const { description, descriptionHash: _, network, createdAt, expiresAt, features, ...rest } = decoding.invoice;
    const expirySeconds = (expiresAt.getTime() - createdAt.getTime()) / 1000;
    const draft = { ...rest, network: 'regtest', description: { text: description ?? '' }, createdAt, expirySeconds } as const;
    return encodeBolt11({ ...draft, featureBits: features.map(({ bit }) => bit) }, Buffer.from(newPreimage(), 'hex'));
  };
  const refused = { refusal: { is: 'selfPayment' } };

  test.each(['walletId', 'ledgerId', 'twoWalletId'] as const)(
    'is refused, in capitals and signed by another key too: by %s',
    async (kind) => {
      const { bolt11, paymentHash } = await hold(core.walletId, null);
      for (const text of [bolt11, bolt11.toUpperCase(), signedAnew(bolt11)]) {
        await expect(send(core[kind], text)).rejects.toMatchObject(refused);
        await expect(core.ask('probeFee', order(core[kind], text), core.asking())).rejects.toMatchObject(refused);
      }
      expect(await attemptsForHash(core.db, paymentHash)).toEqual([]);
    },
  );
});
