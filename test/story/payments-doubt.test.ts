// What proves that a payment was not made, and what does not: each rule alone, on a clock that stands still until it is moved and without a
// worker, so that nothing depends on how fast the machine is.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { msat, preimage } from '../../src/lightning/values.ts';
import { askAbout } from '../../src/payments/ask.ts';
import { sendsAtRest } from '../../src/payments/send.ts';
import { attemptsForHash } from '../../src/payments/store.ts';
import { type Clock, systemClock } from '../../src/platform/clock.ts';
import { type TestCore, testCore, until } from '../support/core.ts';

// Far longer than any test runs: the network beside it lives by the machine's own clock.
const [sendWithinSeconds, graceSeconds] = [600, 600];
const time = { ms: Date.now() };
const clock: Clock = { ...systemClock, now: () => new Date(time.ms), every: () => async () => undefined };

let core: TestCore;
beforeAll(async () => {
  core = await testCore({ workers: false, clock, payments: { waitSeconds: 0.1, sendWithinSeconds, graceSeconds } });
});
afterAll(() => core.end());

const rows = (hash: string) => attemptsForHash(core.db, hash);
const send = async (bolt11: string): Promise<string> => {
  const { is } = await core.ask(
    'sendPayment',
    { walletId: core.walletId, bolt11, amount: 'inInvoice', memo: null, maxFeeMsat: null },
    core.asking(),
  );
  // Nobody is in the call any more, who would know better than whoever asks.
  await sendsAtRest(core.deps.payments);
  return is;
};
/** Asks once about the newest attempt. */
const ask = async (hash: string): Promise<void> => {
  const row = (await rows(hash)).at(-1);
  if (row) await askAbout(core.deps.payments, row);
};

describe('notFound', () => {
  test('proves nothing before sendBy, nothing within the grace after it, and afterwards that nothing was sent', async () => {
    const target = core.backend.world.payee.createInvoice({ amount: msat(1_000_000n) });
    core.backend.faults.next('pay', { is: 'dropRequest' });
    expect(await send(target.bolt11)).toBe('pending');
    await ask(target.hash);
    expect(await rows(target.hash)).toMatchObject([{ state: 'sending' }]);
    time.ms += (sendWithinSeconds + graceSeconds / 2) * 1000;
    await ask(target.hash);
    expect(await rows(target.hash)).toMatchObject([{ state: 'sending' }]);
    time.ms += (graceSeconds / 2) * 1000;
    await ask(target.hash);
    expect(await rows(target.hash)).toMatchObject([{ state: 'failed', failure: 'notSent' }]);
  });
});

describe('the floor', () => {
  test('keeps what the node still tells of the attempt before from ending this one', async () => {
    const target = core.backend.world.payee.createHoldInvoice({ amount: msat(2_000_000n) });
    core.backend.faults.next('pay', { is: 'fail', reason: 'noRoute' });
    expect(await send(target.bolt11)).toBe('failed');
    core.backend.faults.next('pay', { is: 'loseReply', ms: 1 });
    expect(await send(target.bolt11)).toBe('pending');
    core.backend.faults.next('findPayment', { is: 'stale' });
    await ask(target.hash);
    expect(await rows(target.hash)).toMatchObject([{ state: 'failed' }, { state: 'sending' }]);
    await until('held', async () => core.backend.world.payee.look(target).state === 'held');
    core.backend.world.payee.settle(target, preimage(target.preimage ?? ''));
    await until('success', async () => {
      await ask(target.hash);
      return (await rows(target.hash))[1]?.state === 'succeeded';
    });
  });
});
