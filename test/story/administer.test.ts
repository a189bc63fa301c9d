// What scope ADMIN may do, and that nobody else may.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { invoiceByHash } from '../../src/invoices/store.ts';
import { bolt11Text } from '../../src/lightning/values.ts';
import { attemptsForHash } from '../../src/payments/store.ts';
import { type TestCore, testCore, until } from '../support/core.ts';

let core: TestCore;
beforeAll(async () => {
  core = await testCore();
});
afterAll(() => core.end());

const admin = () => core.asking({ who: { ...core.who, scopes: new Set(['ADMIN', 'READ', 'WRITE']) } });
const invoice = (walletId: string) =>
  core.ask(
    'createInvoice',
    { walletId, amountMsat: 1000n, memo: null, descriptionHash: null, expirySeconds: null, externalId: null, webhookUrl: null },
    core.asking(),
  );

test('routes change at run time, and what is in flight stays', async () => {
  const made = await core.ask('createWallet', { name: 'shop', balanceKind: 'node', receiveRoute: ['one'], payRoute: ['one'] }, admin());
  const held = core.backend.world.payee.createHoldInvoice({ amount: 5_000n as never });
  const sending = core.ask(
    'sendPayment',
    { walletId: made.id, bolt11: held.bolt11, amount: 'inInvoice', memo: null, maxFeeMsat: null },
    core.asking(),
  );
  const { payer } = core.backend.world;
  const order = { walletId: made.id, amountMsat: 2_000n, memo: null, descriptionHash: null, expirySeconds: null, externalId: null };
  const holdTerms = { ...order, webhookUrl: null, paymentHash: null, longestHoldSeconds: 60, onDeadline: 'cancel' as const };
  const [before, holding] = [await invoice(made.id), await core.ask('createHoldInvoice', holdTerms, core.asking())];
  const waiting = payer.pay({ bolt11: bolt11Text(holding.bolt11) });
  await until('held', async () => (await invoiceByHash(core.deps.invoices.db, holding.paymentHash))?.state === 'held');
  await until('under way', async () => (await attemptsForHash(core.deps.invoices.db, held.hash)).length > 0);
  await core.ask('setWalletRoutes', { walletId: made.id, receiveRoute: ['two'], payRoute: ['two'] }, admin());
  const next = await invoice(made.id);
  const { deps } = core;
  expect((await invoiceByHash(deps.invoices.db, next.paymentHash))?.backendId).toBe('two');
  core.backend.world.payee.settle(held, held.preimage as never);
  expect((await sending).payment?.attempts).toMatchObject([{ backendId: 'one', state: 'succeeded' }]);
  // What the first one has issued and holds is still the first one's.
  await core.ask('settleHoldInvoice', { walletId: made.id, paymentHash: holding.paymentHash, preimage: null }, core.asking());
  expect((await waiting).is).toBe('succeeded');
  expect((await payer.pay({ bolt11: bolt11Text(before.bolt11) })).is).toBe('succeeded');
  for (const { paymentHash } of [before, holding]) {
    const row = await until('settled', async () => {
      const now = await invoiceByHash(core.deps.invoices.db, paymentHash);
      return now?.state === 'settled' && now;
    });
    expect(row.backendId).toBe('one');
  }
  const after = core.backend.world.payee.createInvoice({ amount: 3_000n as never });
  const sent = await core.ask(
    'sendPayment',
    { walletId: made.id, bolt11: after.bolt11, amount: 'inInvoice', memo: null, maxFeeMsat: null },
    core.asking(),
  );
  expect(sent.payment?.attempts).toMatchObject([{ backendId: 'two', state: 'succeeded' }]);
});

test('a route names backends that are there and can do it', async () => {
  const routes = { walletId: core.walletId, receiveRoute: ['one'], payRoute: ['three'] };
  await expect(core.ask('setWalletRoutes', routes, admin())).rejects.toMatchObject({ refusal: { is: 'invalidInput', field: 'payRoute' } });
  await expect(core.ask('setWalletRoutes', { ...routes, payRoute: ['inside'] }, admin())).rejects.toMatchObject({
    refusal: { is: 'invalidInput' },
  });
});

test('a key is made, works, and ends', async () => {
  const { key, view } = await core.ask(
    'createKey',
    { name: 'kiosk', scopes: ['READ'], walletId: core.walletId, expireInDays: 30, waitSeconds: 8 },
    admin(),
  );
  expect(key).toMatch(/^blink_[A-Za-z0-9]{48}$/);
  // Its sends wait for eight seconds before they are answered as PENDING: some clients give up after ten.
  expect(await core.reads.authenticate(key)).toMatchObject({ walletId: core.walletId, keyId: view.id, waitSeconds: 8 });
  const long = { name: 'slow', scopes: ['READ'] as const, walletId: null, expireInDays: null, waitSeconds: 301 };
  await expect(core.ask('createKey', long, admin())).rejects.toMatchObject({ refusal: { field: 'waitSeconds' } });
  expect((await core.ask('revokeKey', { id: view.id }, admin())).revokedAt).not.toBeNull();
  expect(await core.reads.authenticate(key)).toBeNull();
});

test('a key that is bound to a wallet makes none that sees more', async () => {
  const bound = core.asking({ who: { ...core.who, walletId: core.walletId, scopes: new Set(['ADMIN']) } });
  const { view } = await core.ask(
    'createKey',
    { name: 'child', scopes: ['READ'], walletId: null, expireInDays: null, waitSeconds: null },
    bound,
  );
  expect(view.walletId).toBe(core.walletId);
  await expect(
    core.ask('createKey', { name: 'other', scopes: ['READ'], walletId: core.ledgerId, expireInDays: null, waitSeconds: null }, bound),
  ).rejects.toMatchObject({ refusal: { is: 'notFound' } });
});

test('a halt holds for the next payment, and a resume ends it', async () => {
  expect(await core.ask('haltOutgoing', { reason: 'moving' }, admin())).toEqual({ halted: 'moving' });
  const target = core.backend.world.payee.createInvoice({ amount: 1_000n as never });
  const order = { walletId: core.walletId, bolt11: target.bolt11, amount: 'inInvoice' as const, memo: null, maxFeeMsat: null };
  await expect(core.ask('sendPayment', order, core.asking())).rejects.toMatchObject({ refusal: { is: 'outgoingHalted' } });
  expect(await core.ask('resumeOutgoing', {}, admin())).toEqual({ halted: null });
  expect((await core.ask('sendPayment', order, core.asking())).is).toBe('succeeded');
  expect((await core.ask('askPayment', { paymentHash: target.hash }, admin())).state).toBe('succeeded');
});

test('nobody without the scope may', async () => {
  for (const name of ['haltOutgoing', 'resumeOutgoing', 'createKey', 'createWallet'] as const) {
    await expect(core.ask(name, {} as never, core.asking())).rejects.toMatchObject({ refusal: { is: 'forbidden', needs: 'ADMIN' } });
    await expect(core.ask(name, {} as never, core.asking({ who: null }))).rejects.toMatchObject({ refusal: { is: 'unauthenticated' } });
  }
});

test('the overview shows every backend, also one that does not answer', async () => {
  core.second.faults.next('balance', { is: 'dropRequest' });
  const views = await core.reads.backends();
  expect(views.map((one) => [one.id, one.spendableMsat !== null])).toEqual([
    ['one', true],
    ['two', false],
  ]);
});
