// Sends on the chain under every kind of doubt: one row before the call, one broadcast, and an end that only the backend's word brings.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SendOnChain } from '../../src/commands/table.ts';
import { fromSat } from '../../src/lightning/values.ts';
import { payoutVerbs } from '../../src/main/payouts.ts';
import { askAboutPayout } from '../../src/payouts/ask.ts';
import { type PaidOut, type PayoutOrder, sendPayout } from '../../src/payouts/send.ts';
import { payoutById } from '../../src/payouts/store.ts';
import { sql } from '../../src/platform/db.ts';
import { listIncidents } from '../../src/platform/incidents.ts';
import { auditFindings, auditLedger } from '../../src/wallets/audit.ts';
import { type TestCore, testCore, until, walletTerms } from '../support/core.ts';

let core: TestCore;
beforeAll(async () => {
  core = await testCore({ payments: { waitSeconds: 0.5 } });
  for (const walletId of [core.ledgerId, core.walletId]) {
    const { address } = await core.ask('createAddress', { walletId }, core.asking());
    network().deposit(address, fromSat(5_000_000));
  }
  network().mineBlocks(2);
  await until('funds', async () => (await available()) === fromSat(5_000_000));
});
afterAll(() => core.end());
beforeEach(() => core.backend.faults.clear());

const network = () => core.backend.world.network;
const available = async () => (await core.wallets.available([core.ledgerId])).get(core.ledgerId) ?? 0n;
const theirs = () => core.backend.world.payee.address();
/** What the command line asks. */
const command = (verb: string, args: Record<string, unknown> = {}) => payoutVerbs[verb]?.({ core, db: core.db }, args);
const listed = async (id: string) =>
  ((await command('payouts')) as readonly { readonly id: string; readonly isInDoubt: boolean }[]).filter((one) => one.id === id);
const order = (more: Partial<SendOnChain> = {}): SendOnChain => {
  return { walletId: core.ledgerId, address: theirs(), amount: { msat: fromSat(20_000) }, speed: 'fast', memo: null, ...more };
};
const send = (more: Partial<SendOnChain> = {}, key: string | null = null) => core.ask('sendOnChain', order(more), core.asking({ key }));
/** How often the chain has something for this address. */
const broadcasts = (address: string) =>
  [...network().sim.records.transactions.values()].filter((one) => one.outputs.some((output) => output.address === address)).length;
const due = () =>
  sql(core.db, {
    name: 'test_payouts_due',
    text: `UPDATE payouts SET next_check_at = now() - interval '1 second' WHERE next_check_at IS NOT NULL`,
  });
/** Twice, because the first may be the worker's own sweep, begun before anything was due. */
const sweep = async () => {
  for (let round = 0; round < 2; round++) {
    await due();
    await core.sweep.once();
  }
};
const older = (id: string, seconds: number) =>
  sql(
    core.db,
    {
      name: 'test_payout_older',
      text: 'UPDATE payouts SET created_at = created_at - make_interval(secs => $2), send_by = send_by - make_interval(secs => $2) WHERE id = $1',
    },
    [id, seconds],
  );
const rowOf = async (id: string | undefined) => (id === undefined ? null : payoutById(core.db, id));
const txOf = async (id: string | undefined) => (id === undefined ? null : core.reads.transactionById([core.ledgerId, core.walletId], id));
const sound = async () => expect(auditFindings(await auditLedger(core.db))).toBe(0);
const confirmed = (id: string | undefined) => until('a block has it', async () => (await rowOf(id))?.state === 'confirmed');

describe('a send', () => {
  test.each(['fast', 'medium', 'slow'] as const)('at speed %s is broadcast at once, and done when a block has it', async (speed) => {
    const before = await available();
    const address = theirs();
    const fee = await core.reads.onChainFee(core.who, { walletId: core.ledgerId, address, amountMsat: fromSat(20_000), speed });
    const answer = await send({ address, speed, memo: 'rent' });
    expect(answer).toMatchObject({
      is: 'succeeded',
      payout: { state: 'sent', txid: expect.stringMatching(/^[0-9a-f]{64}$/), output: 0, feeMsat: fee },
      transaction: {
        status: 'pending',
        direction: 'send',
        kind: 'onchain',
        address,
        memo: 'rent',
        feeMsat: fee,
        amountMsat: fromSat(20_000),
      },
    });
    expect(answer.transaction?.txid).toBe(answer.payout?.txid);
    expect(await available()).toBe(before - fromSat(20_000) - fee);
    await sound();
    network().mineBlocks(1);
    await confirmed(answer.payout?.id);
    expect(await txOf(answer.transaction?.id)).toMatchObject({ status: 'success', vout: 0, endedAt: expect.any(Date) });
    expect(await available()).toBe(before - fromSat(20_000) - fee);
    expect(broadcasts(address)).toBe(1);
    await sound();
  });

  test('happens once under an idempotency key, also when asked twice at once', async () => {
    const address = theirs();
    const [one, two] = await Promise.all([send({ address }, 'once'), send({ address }, 'once')]);
    expect(two.payout?.id).toBe(one.payout?.id);
    expect((await send({ address }, 'once')).payout?.id).toBe(one.payout?.id);
    await expect(send({ address, amount: { msat: fromSat(21_000) } }, 'once')).rejects.toMatchObject({
      refusal: { is: 'idempotencyConflict' },
    });
    expect(broadcasts(address)).toBe(1);
  });

  test('of all sends what the ledger wallet has and no more', async () => {
    const ledgerId = await core.wallets.ensureWallet(core.accountId, walletTerms('emptied', { balanceKind: 'ledger' }));
    await expect(send({ walletId: ledgerId, amount: 'all' })).rejects.toMatchObject({ refusal: { is: 'nothingToSend' } });
    const { address: ours } = await core.ask('createAddress', { walletId: ledgerId }, core.asking());
    network().deposit(ours, fromSat(100_000));
    network().mineBlocks(2);
    await until('funds', async () => (await core.wallets.available([ledgerId])).get(ledgerId) === fromSat(100_000));
    const address = theirs();
    const answer = await send({ walletId: ledgerId, address, amount: 'all' });
    expect(answer.is).toBe('succeeded');
    expect((answer.payout?.amountMsat ?? 0n) + (answer.payout?.feeMsat ?? 0n)).toBe(fromSat(100_000));
    expect((await core.wallets.available([ledgerId])).get(ledgerId)).toBe(0n);
    network().mineBlocks(1);
    await confirmed(answer.payout?.id);
    await sound();
  });
});

/** A ledger wallet of its own with so many satoshis. */
const filled = async (name: string, sats: number): Promise<string> => {
  const walletId = await core.wallets.ensureWallet(core.accountId, walletTerms(name, { balanceKind: 'ledger' }));
  if (sats > 0) await refill(walletId, sats);
  return walletId;
};
const refill = async (walletId: string, sats: number): Promise<void> => {
  const { address } = await core.ask('createAddress', { walletId }, core.asking());
  network().deposit(address, fromSat(sats));
  network().mineBlocks(2);
  await until('funds', async () => (await core.wallets.available([walletId])).get(walletId) === fromSat(sats));
};

describe('of two requests with one key, the one that looked before the other began is answered with the other’s send', () => {
  /** This one looks, the other one begins and is done, and then this one goes on and is refused. */
  const overtaken = async (order: PayoutOrder, thenHalted: boolean) => {
    const deps = core.deps.payouts;
    const others: PaidOut[] = [];
    const halted = async () => {
      others.push(await sendPayout(deps, order));
      return thenHalted;
    };
    return { mine: await sendPayout({ ...deps, halted }, order), other: others[0] };
  };

  test.each([
    ['nothing is left of a ledger wallet', 'ledger', 'all', false],
    ['too little is left of it', 'ledger', { msat: fromSat(60_000) }, false],
    ['the node has nothing that it could spend', 'node', 'all', false],
    ['outgoing payments are halted meanwhile', 'ledger', { msat: fromSat(20_000) }, true],
  ] as const)('when %s', async (what, kind, amount, thenHalted) => {
    const walletId = kind === 'ledger' ? await filled(what, 100_000) : core.twoWalletId;
    const wallet = await core.wallets.wallet(walletId);
    if (!wallet) throw new Error('it is there');
    // The node gives all that it has: another one than that of the other tests.
    const route = kind === 'node' ? { ...wallet, payRoute: ['two'] } : wallet;
    if (kind === 'node') {
      network().deposit(await core.second.chain.createAddress(AbortSignal.timeout(5_000)), fromSat(70_000));
      network().mineBlocks(2);
    }
    const address = theirs();
    const asked = { by: core.accountId, key: what, digest: 'd' };
    const rest = { speed: 'fast', memo: null, keyId: null, waitSeconds: null, asked } as const;
    const { mine, other } = await overtaken({ ...rest, wallet: route, address, amount }, thenHalted);
    expect(mine).toMatchObject({ is: 'payout', payout: { state: 'sent' }, transaction: { status: 'pending' } });
    expect(other).toMatchObject({ payout: { id: mine.is === 'payout' && mine.payout.id } });
    expect(broadcasts(address)).toBe(1);
    await sound();
  });
});

describe('trap: lntb or a Lightning address sent on-chain, and what else is refused with nothing written', () => {
  test.each([
    ['belowDust', { amount: { msat: fromSat(4_999) } }],
    ['amountIsZero', { amount: { msat: 0n } }],
    ['insufficientBalance', { amount: { msat: fromSat(900_000_000) } }],
    ['invalidInput', { address: 'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq' }],
    ['invalidInput', { address: 'tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx' }],
    ['invalidInput', { address: 'lnbcrt1nonsense' }],
    // Lamassu takes what it does not know for an address.
    [
      'invalidInput',
      {
        address:
          'lntb20u1p3y0x3hpp5743k2g0fsqqxj7n8qzuhns5gmkk4djeejk3wkp64ppevgekvc0jsdqcve5kzar2v9nr5gpqd4hkuetesp5ez2g297jduwc20t6lmqlsg3man0vf2jfd8ar9fh8fhn2g8yttfkqxqy9gcqcqzys9qrsgqrzjqtx3k77yrrav9hye7zar2rtqlfkytl094dsp0ms5majzth6gt7ca6uhdkxl983uywgqqqqlgqqqvx5qqjqrzjqd98kxkpyw0l9tyy8r8q57k7zpy9zjmh6sez752wj6gcumqnj3yxzhdsmg6qq56utgqqqqqqqqqqqeqqjq7jd56882gtxhrjm03c93aacyfy306m4fq0tskf83c0nmet8zc2lxyyg3saz8x6vwcp26xnrlagf9semau3qm2glysp7sv95693fphvsp54l567',
      },
    ],
    ['invalidInput', { address: 'somebody@blink.sv' }],
    ['notFound', { walletId: '3f2c1b0a-9e8d-4c7b-a6f5-4e3d2c1b0a99' }],
  ] as const)('%s', async (is, more) => {
    const before = await available();
    await expect(send(more)).rejects.toMatchObject({ refusal: { is } });
    expect(await available()).toBe(before);
  });

  test('more than the wallet has, though the node has it', async () => {
    const before = await available();
    await expect(send({ amount: { msat: before } })).rejects.toMatchObject({
      refusal: { is: 'insufficientBalance', availableMsat: before },
    });
    expect(await available()).toBe(before);
  });

  test('an address of the wallet itself', async () => {
    const { address } = await core.ask('createAddress', { walletId: core.ledgerId }, core.asking());
    await expect(send({ address })).rejects.toMatchObject({ refusal: { is: 'selfPayment' } });
  });

  test('everything while outgoing payments are halted', async () => {
    await core.outgoing.halt('a test');
    await expect(send()).rejects.toMatchObject({ refusal: { is: 'outgoingHalted' } });
    await core.outgoing.resume();
  });

  test('when no backend can say what it costs', async () => {
    core.backend.faults.next('estimateFee', { is: 'notReady' });
    await expect(send()).rejects.toMatchObject({ refusal: { is: 'chainUnavailable' } });
  });
});

describe('doubt', () => {
  test('a lost reply stays pending and ends by the label, with one broadcast', async () => {
    const address = theirs();
    const before = await available();
    core.backend.faults.next('sendOnChain', { is: 'loseReply' });
    const answer = await send({ address });
    expect(answer).toMatchObject({ is: 'pending', payout: { state: 'sending' }, transaction: { status: 'pending' } });
    await sweep();
    expect(await rowOf(answer.payout?.id)).toMatchObject({ state: 'sent', txid: expect.any(String) });
    network().mineBlocks(1);
    await confirmed(answer.payout?.id);
    expect(broadcasts(address)).toBe(1);
    expect(await available()).toBeLessThan(before);
    await sound();
  });

  test('a lost request is not failed before the grace is over, and is given back afterwards', async () => {
    const address = theirs();
    const before = await available();
    core.backend.faults.next('sendOnChain', { is: 'dropRequest' });
    const answer = await send({ address });
    const id = answer.payout?.id ?? '';
    await sweep();
    await older(id, 300);
    await sweep();
    expect((await rowOf(id))?.state).toBe('sending');
    await sound();
    await older(id, 400);
    await sweep();
    expect(await rowOf(id)).toMatchObject({ state: 'failed', failure: 'notSent' });
    expect(await txOf(answer.transaction?.id)).toMatchObject({ status: 'failure' });
    expect(await available()).toBe(before);
    expect(broadcasts(address)).toBe(0);
    await sound();
  });

  test('silence of an hour ends nothing and is told', async () => {
    core.backend.faults.next('sendOnChain', { is: 'dropRequest' });
    const id = (await send()).payout?.id ?? '';
    await older(id, 4_000);
    await sweep();
    expect((await rowOf(id))?.state).toBe('sending');
    expect((await listIncidents(core.db, false)).filter(({ subject }) => subject === id)).toMatchObject([
      { kind: 'payout.unknownTooLong' },
    ]);
    await sql(core.db, { name: 'test_rest', text: 'UPDATE payouts SET next_check_at = NULL WHERE id = $1' }, [id]);
  });

  test('a process that dies between row and call leaves a row that nobody sends again', async () => {
    const address = theirs();
    // As if the insert were the last thing it did: the node never heard of it.
    core.backend.faults.next('sendOnChain', { is: 'dropRequest' });
    const id = (await send({ address })).payout?.id ?? '';
    for (let look = 0; look < 5; look++) await sweep();
    expect(broadcasts(address)).toBe(0);
    await older(id, 700);
    await sweep();
    expect((await rowOf(id))?.state).toBe('failed');
  });

  test('a send that the node refuses is given back at once', async () => {
    const before = await available();
    core.backend.faults.next('sendOnChain', { is: 'notReady' });
    expect(await send()).toMatchObject({
      is: 'failed',
      payout: { state: 'failed', failure: 'notSent' },
      transaction: { status: 'failure' },
    });
    expect(await available()).toBe(before);
    await sound();
  });

  test('what was called unsent and was sent after all stands, at the operator’s loss, and is told', async () => {
    const before = await available();
    core.backend.faults.next('sendOnChain', { is: 'loseReply' });
    const answer = await send();
    const id = answer.payout?.id ?? '';
    await older(id, 700);
    const silence = core.backend.faults.always('findOnChain', { is: 'notFound' });
    await sweep();
    const failed = await until('it is called unsent', async () => {
      const row = await rowOf(id);
      return row?.state === 'failed' && row;
    });
    silence();
    expect(await available()).toBe(before);
    await askAboutPayout(core.deps.payouts, { ...failed, state: 'sending' });
    expect((await rowOf(id))?.state).toBe('sent');
    expect((await listIncidents(core.db, false)).filter(({ subject }) => subject === id)).toMatchObject([
      { kind: 'payout.failed:sawSent' },
    ]);
    expect(await available()).toBe(before);
    network().mineBlocks(1);
    await sweep();
    await confirmed(id);
    expect(await txOf(answer.transaction?.id)).toMatchObject({ status: 'success' });
    await sound();
  });

  test('a broadcast that is gone from the node waits for a person', async () => {
    const answer = await send();
    const id = answer.payout?.id ?? '';
    network().reorganise(0, [answer.payout?.txid ?? '']);
    await sweep();
    expect((await rowOf(id))?.state).toBe('sent');
    expect((await listIncidents(core.db, false)).filter(({ subject }) => subject === id)).toMatchObject([{ kind: 'payout.vanished' }]);
    await sound();
    expect(await listed(id)).toMatchObject([{ id, isInDoubt: true }]);
    expect(await command('payouts.ask', { id })).toMatchObject({ state: 'sent', incidents: [{ kind: 'payout.vanished' }] });

    // Who has looked says that it will never be in a block: the reserve comes back, and the incident is put away.
    const before = await available();
    expect(await command('payouts.giveUp', { id, why: 'replaced by hand' })).toMatchObject({ state: 'failed' });
    expect(await available()).toBe(before + fromSat(20_000) + (answer.payout?.maxFeeMsat ?? 0n));
    expect((await listIncidents(core.db, false)).filter(({ subject }) => subject === id)).toEqual([]);
    expect(await txOf(answer.transaction?.id)).toMatchObject({ status: 'failure' });
    expect(await listed(id)).toEqual([]);
    await sound();
    await expect(command('payouts.giveUp', { id, why: 'again' })).rejects.toThrow('failed');
  });

  test('is given up by nobody while there is no doubt, nor when the node knows it after all', async () => {
    const silence = core.backend.faults.always('findOnChain', { is: 'notFound' });
    const answer = await send();
    const id = answer.payout?.id ?? '';
    silence();
    await expect(command('payouts.giveUp', { id, why: 'tired of it' })).rejects.toThrow('not in doubt');
    core.backend.faults.next('findOnChain', { is: 'notFound' });
    await command('payouts.ask', { id });
    expect(await listed(id)).toMatchObject([{ id, isInDoubt: true }]);
    await expect(command('payouts.giveUp', { id, why: 'it is gone' })).rejects.toThrow('says one');
    expect((await rowOf(id))?.state).toBe('sent');
    expect(await command('payouts.giveUp', { id: crypto.randomUUID(), why: 'x' })).toBeNull();
    network().mineBlocks(1);
    await sweep();
    await confirmed(id);
    await sound();
  });
});

describe('an address of another wallet here', () => {
  test('is paid inside, without fee or transaction, between ledger wallets', async () => {
    const otherId = await core.wallets.ensureWallet(core.accountId, walletTerms('other ledger', { balanceKind: 'ledger' }));
    const { address } = await core.ask('createAddress', { walletId: otherId }, core.asking());
    const before = await available();
    expect(await core.reads.onChainFee(core.who, { walletId: core.ledgerId, address, amountMsat: fromSat(6_000), speed: 'fast' })).toBe(0n);
    const [one, two] = [
      await send({ address, amount: { msat: fromSat(6_000) } }, 'inside'),
      await send({ address, amount: { msat: fromSat(6_000) } }, 'inside'),
    ];
    expect(one).toMatchObject({
      is: 'succeeded',
      payout: null,
      transaction: { status: 'success', kind: 'intraledger', address, feeMsat: 0n },
    });
    expect(two.transaction?.id).toBe(one.transaction?.id);
    expect(await available()).toBe(before - fromSat(6_000));
    expect((await core.wallets.available([otherId])).get(otherId)).toBe(fromSat(6_000));
    expect(broadcasts(address)).toBe(0);
    await sound();
  });

  test('is answered again under its key, though outgoing payments are halted or nothing is left; and under that key nothing else is sent', async () => {
    const [fromId, otherId] = [await filled('all of it', 50_000), await filled('gets it', 0)];
    const { address } = await core.ask('createAddress', { walletId: otherId }, core.asking());
    const again = (more: Partial<SendOnChain> = {}) => send({ walletId: fromId, address, amount: 'all', ...more }, 'all inside');
    const one = await again();
    expect(one).toMatchObject({ is: 'succeeded', payout: null, transaction: { status: 'success', amountMsat: fromSat(50_000) } });
    expect((await again()).transaction?.id).toBe(one.transaction?.id);
    await core.outgoing.halt('a test');
    expect((await again()).transaction?.id).toBe(one.transaction?.id);
    await core.outgoing.resume();
    await refill(fromId, 50_000);
    const outside = theirs();
    for (const more of [{ address: outside, amount: { msat: fromSat(20_000) } }, { amount: { msat: fromSat(20_000) } }])
      await expect(again(more)).rejects.toMatchObject({ refusal: { is: 'idempotencyConflict' } });
    expect(broadcasts(outside)).toBe(0);
    expect((await core.wallets.available([fromId])).get(fromId)).toBe(fromSat(50_000));
    await sound();
  });

  test('of kind node is paid on the chain, and comes in as a deposit', async () => {
    const { address } = await core.ask('createAddress', { walletId: core.walletId }, core.asking());
    expect((await send({ address })).is).toBe('succeeded');
    expect(broadcasts(address)).toBe(1);
    await until('it is seen', async () => (await core.reads.pendingIncoming([core.walletId], address)).length === 1);
    network().mineBlocks(2);
    await until('it is credited', async () => (await core.reads.pendingIncoming([core.walletId], address)).length === 0);
    await sound();
  });
});
