// What people do, one story a function: each draws its turns from a generator of its own and never waits for another story.

import type { Random } from '../../src/backends/simulated/random.ts';
import type { InvoiceView } from '../../src/invoices/view.ts';
import { msat, preimage } from '../../src/lightning/values.ts';
import { type WalletName, walletNames } from './ground.ts';
import { type Answer, type Ask, hashOfHex, insist, outsiders, satsBetween, secretOf, type Town } from './people.ts';

const ledgerPayers = ['ann', 'ben', 'far'] as const satisfies readonly WalletName[];

const terms = { memo: null, descriptionHash: null, externalId: null } as const;

/** Pays a request of ours from outside, perhaps too much, perhaps two at once. */
const payersFor = (town: Town, random: Random, invoice: InvoiceView): Promise<unknown>[] => {
  const payers = random.chance(0.75) ? (random.chance(0.2) ? 2 : 1) : 0;
  return Array.from({ length: payers }, async () => {
    await town.timeline.sleep(random.int(random.chance(0.5) ? 3_000 : 90_000));
    const asked = invoice.amountMsat ?? satsBetween(random, 1, 50_000);
    const amount = random.chance(0.25) ? asked + BigInt(random.int(5_000_000)) : asked;
    await town.outsider(invoice.bolt11, invoice.paymentHash, { amount, from: random.pick(outsiders) });
  });
};

/** An invoice is created, and whoever likes pays or cancels it. */
export const receives = async (town: Town, random: Random, at: string): Promise<void> => {
  const wallet = random.pick(walletNames);
  const input = {
    ...terms,
    webhookUrl: null,
    walletId: town.wallets[wallet],
    amountMsat: random.chance(0.15) ? null : satsBetween(random, 1, 100_000),
    expirySeconds: 60 + random.int(240),
  };
  const how: Ask = { key: random.chance(0.5) ? at : null };
  const answer = await insist(town, random, () => town.ask('createInvoice', input, how));
  if (answer.is !== 'answer') return town.log(`${at} has no invoice: ${answer.is}`);
  const invoice = answer.value;
  town.log(`${at} has invoice ${town.name(invoice.paymentHash)} in ${wallet}`);
  const of = { walletId: input.walletId, paymentHash: invoice.paymentHash };
  const later = async (share: number, work: () => Promise<unknown>): Promise<void> => {
    if (!random.chance(share)) return;
    await town.timeline.sleep(random.int(60_000));
    await work();
  };
  // Somebody inside and somebody outside at once, while the backend does not hear us.
  if (random.chance(0.2)) town.house.world.faultsOf('one').next('cancelInvoice', { is: 'dropRequest' });
  const inside = { walletId: town.wallets[random.pick(ledgerPayers)], bolt11: invoice.bolt11, memo: null, maxFeeMsat: null };
  const amount = invoice.amountMsat === null ? { msat: satsBetween(random, 1, 50_000) } : ('inInvoice' as const);
  await Promise.all([
    ...payersFor(town, random, invoice),
    later(0.25, () => town.ask('cancelInvoice', of)),
    later(wallet === 'late' ? 0.3 : 0, () => town.ask('cancelHoldInvoice', of, { admin: true })),
    later(0.4, () => sendOnce(town, { ...inside, amount }, { key: random.chance(0.5) ? `${at}/inside` : null, waitSeconds: 20 })),
    later(how.key === null ? 0 : 0.3, () => town.ask('createInvoice', random.chance(0.7) ? input : { ...input, memo: 'other' }, how)),
  ]);
};

type SendInput = Parameters<typeof sendOnce>[1];

const sendOnce = async (
  town: Town,
  input: {
    readonly walletId: string;
    readonly bolt11: string;
    readonly amount: 'inInvoice' | { readonly msat: bigint };
    readonly memo: string | null;
    readonly maxFeeMsat: bigint | null;
  },
  how: Ask,
): Promise<Answer<unknown>> => {
  const answer = await town.ask('sendPayment', input, how);
  if (answer.is !== 'answer') return answer;
  const { value } = answer;
  const hash = value.payment?.paymentHash ?? '';
  town.claims.push({ hash, paymentId: value.payment?.id ?? null, is: value.is });
  town.log(`a send of ${town.name(hash)} is ${value.is}`);
  return answer;
};

/** A request of somebody outside is paid, more than once if the client is impatient. */
export const sends = (town: Town, random: Random, at: string): Promise<void> =>
  sendsFrom(town, random, { at, wallet: random.pick(walletNames) });

/** The same, from a wallet that pays by `two`. */
export const sendsFar = (town: Town, random: Random, at: string): Promise<void> => sendsFrom(town, random, { at, wallet: 'far' });

const sendsFrom = async (
  town: Town,
  random: Random,
  { at, wallet }: { readonly at: string; readonly wallet: WalletName },
): Promise<void> => {
  const amountless = random.chance(0.2);
  const value = random.chance(0.1) ? satsBetween(random, 300_000, 900_000) : satsBetween(random, 1, 90_000);
  const order = { amount: amountless ? null : msat(value), expirySeconds: 120 + random.int(600), node: random.pick(outsiders) };
  const isHold = random.chance(0.35);
  const target = isHold ? town.house.world.payee.createHoldInvoice(order) : town.house.world.payee.createInvoice(order);
  town.requests.push(target);
  town.log(`${at} pays ${isHold ? 'the hold' : 'the request'} ${town.name(target.hash)}`);
  const base = { bolt11: target.bolt11, amount: amountless ? { msat: value } : ('inInvoice' as const), memo: null, maxFeeMsat: null };
  const times = 1 + random.int(3);
  const limited = random.chance(0.4);
  // The first try finds no way: the next one is a second attempt, beside the old story of the first.
  const failsFirst = times > 1 && random.chance(0.5);
  if (failsFirst) {
    const faults = town.house.world.faultsOf(random.pick(['one', 'one', 'two'] as const));
    faults.next('pay', { is: 'fail', reason: random.pick(['noRoute', 'noRoute', 'rejectedByPayee'] as const) });
    if (random.chance(0.5)) faults.next('pay', { is: 'loseReply', ms: random.int(2_000) });
  }
  const tries = Array.from({ length: times }, async (_, turn) => {
    if (turn > 0) await town.timeline.sleep(random.pick([0, 5, 2_000, 30_000, 120_000]));
    const other = random.chance(0.3) ? random.pick(walletNames) : wallet;
    const input: SendInput = { ...base, walletId: town.wallets[other] };
    const how: Ask = {
      key: random.chance(failsFirst ? 0.2 : 0.6) ? `${at}/${other === wallet ? 'a' : 'b'}` : null,
      waitSeconds: random.pick([2, 10, 45]),
      limited,
    };
    await (how.key === null ? sendOnce(town, input, how) : insist(town, random, () => sendOnce(town, input, how)));
  });
  const end = isHold && random.chance(0.8) ? [endTheirs(town, random, target)] : [];
  await Promise.all([...tries, ...end]);
};

/**
 * The answer to a send is lost, its payee takes his time, and the node does not show it yet; perhaps one before it failed. What the node tells
 * meanwhile is the story of before, and it ends nothing.
 */
export const sendsInTheDark = async (town: Town, random: Random, at: string): Promise<void> => {
  const { world, witness } = town.house;
  const faults = world.faultsOf('one');
  const target = world.payee.createHoldInvoice({
    amount: msat(satsBetween(random, 1, 20_000)),
    expirySeconds: 600,
    node: random.pick(outsiders),
  });
  town.requests.push(target);
  const walletId = town.wallets[random.pick(['atm', 'ann', 'ben'] as const)];
  const input: SendInput = { walletId, bolt11: target.bolt11, amount: 'inInvoice', memo: null, maxFeeMsat: null };
  const send = (): Promise<unknown> => sendOnce(town, input, { waitSeconds: 2 });
  if (random.chance(0.5)) {
    faults.next('pay', { is: 'fail', reason: 'noRoute' });
    await send();
    await town.timeline.sleep(random.int(5_000));
  }
  town.log(`${at} pays the hold ${town.name(target.hash)} in the dark`);
  witness.inTheDark.add(`one/${target.hash}`);
  faults.next('pay', { is: 'loseReply', ms: random.int(2_000) });
  const loud = faults.always('fact', { is: 'lose' });
  await Promise.all([send(), town.timeline.sleep(40_000).then(loud), endTheirs(town, random, target)]);
};

const endTheirs = async (town: Town, random: Random, target: Town['requests'][number]): Promise<void> => {
  await town.timeline.sleep(5_000 + random.int(150_000));
  const { payee } = town.house.world;
  const settles = random.chance(0.6) && target.preimage !== null;
  const end = settles ? payee.settle(target, preimage(target.preimage ?? '')) : payee.cancel(target);
  town.log(`the payee of ${town.name(target.hash)} ${settles ? 'settles' : 'cancels'}: ${end}`);
};

/** A hold invoice is created, paid, and settled or canceled or both at once, or left to its deadline. */
export const holds = async (town: Town, random: Random, at: string): Promise<void> => {
  const own = random.chance(0.4) ? secretOf(at) : null;
  const wallet = random.pick(walletNames);
  const walletId = town.wallets[wallet];
  const input = {
    ...terms,
    walletId,
    amountMsat: satsBetween(random, 1, 100_000),
    expirySeconds: 60 + random.int(240),
    paymentHash: own === null ? null : hashOfHex(own),
    longestHoldSeconds: 30 + random.int(wallet === 'mux' ? 30 : 200),
    onDeadline: own === null && random.chance(0.4) ? ('settle' as const) : ('cancel' as const),
  };
  const how: Ask = { key: random.chance(0.5) ? at : null };
  const answer = await insist(town, random, () => town.ask('createHoldInvoice', input, how));
  if (answer.is !== 'answer') return town.log(`${at} has no hold invoice: ${answer.is === 'refused' ? answer.refusal.is : answer.is}`);
  const { paymentHash } = answer.value;
  town.log(`${at} has hold invoice ${town.name(paymentHash)} in ${wallet}`);
  const settle = async (): Promise<void> => {
    const secret = random.chance(0.1) ? secretOf('wrong', at) : own;
    const end = await town.ask('settleHoldInvoice', { walletId, paymentHash, preimage: secret });
    if (end.is === 'answer' && secret !== own) town.house.witness.violations.push('a wrong preimage settled a hold');
    town.log(`${at} settles ${town.name(paymentHash)}: ${end.is === 'answer' ? end.value.state : end.is}`);
  };
  const cancel = async (): Promise<void> => {
    const end = await town.ask('cancelHoldInvoice', { walletId, paymentHash });
    town.log(`${at} cancels ${town.name(paymentHash)}: ${end.is === 'answer' ? end.value.state : end.is}`);
  };
  const turns = Array.from({ length: random.int(4) }, async () => {
    await town.timeline.sleep(random.chance(0.5) ? 20_000 : random.int(150_000));
    await (random.chance(0.6) ? settle() : cancel());
  });
  await Promise.all([...payersFor(town, random, answer.value), ...turns]);
};

/** A machine sells cash: it waits for HELD, starts, dispenses some or all or nothing, and reports, or falls silent. */
export const cashesOut = async (town: Town, random: Random, at: string): Promise<void> => {
  const walletId = town.wallets[random.pick(['atm', 'ann', 'ben', 'far'] as const)];
  const input = {
    walletId,
    amountMsat: satsBetween(random, 10, 50_000),
    memo: null,
    expirySeconds: 120,
    externalId: null,
    startSeconds: 20 + random.int(60),
    dispenseSeconds: 20 + random.int(60),
    longestHoldSeconds: null,
    refundSeconds: null,
  };
  const answer = await insist(town, random, () => town.ask('createCashOut', input, { key: at }));
  if (answer.is !== 'answer') return town.log(`${at} has no cash-out: ${answer.is === 'refused' ? answer.refusal.is : answer.is}`);
  const { id, invoice } = answer.value;
  const machine = { hash: invoice.paymentHash, id, starts: 0, dispensed: 0n };
  town.machines.push(machine);
  town.log(`${at} has cash-out ${town.name(invoice.paymentHash)}`);
  const paying = payersFor(town, random, invoice);
  const cancel = random.chance(0.3) ? [cancelAtSomeTime(town, random, { walletId, paymentHash: invoice.paymentHash })] : [];
  await Promise.all([...paying, ...cancel, operate(town, random, { machine, amount: input.amountMsat })]);
};

const cancelAtSomeTime = async (
  town: Town,
  random: Random,
  of: { readonly walletId: string; readonly paymentHash: string },
): Promise<void> => {
  await town.timeline.sleep(random.int(100_000));
  await town.ask('cancelHoldInvoice', of);
};

const operate = async (
  town: Town,
  random: Random,
  { machine, amount }: { readonly machine: Town['machines'][number]; readonly amount: bigint },
): Promise<void> => {
  const { id } = machine;
  const start = async (): Promise<boolean> => {
    const answer = await town.ask('startDispense', { id });
    if (answer.is === 'answer') machine.starts += 1;
    return answer.is === 'answer';
  };
  let mayDispense = false;
  for (let look = 0; look < 6 && !mayDispense; look++) {
    await town.timeline.sleep(5_000 + random.int(20_000));
    const both = random.chance(0.15) ? [start(), start()] : [start()];
    mayDispense = (await Promise.all(both)).includes(true);
  }
  if (!mayDispense) return;
  await town.timeline.sleep(random.int(40_000));
  const result = random.pick(['all', 'all', 'partial', 'none'] as const);
  const part = amount / 2n - ((amount / 2n) % 1000n);
  machine.dispensed = result === 'all' ? amount : result === 'partial' ? part : 0n;
  town.log(`the machine of ${town.name(machine.hash)} dispensed ${result}`);
  // Its network is gone, or its power.
  if (random.chance(0.2)) return;
  const report = { id, result, dispensedMsat: result === 'partial' ? part : null, note: null };
  const told = await insist(town, random, () => town.ask('reportDispense', report));
  town.log(`its report: ${told.is === 'answer' ? told.value.state : told.is === 'refused' ? told.refusal.is : told.is}`);
  if (random.chance(0.3)) await town.ask('reportDispense', random.chance(0.5) ? report : { ...report, result: 'all', dispensedMsat: null });
  const refund = told.is === 'answer' ? told.value.refund : null;
  if (refund !== null) await redeem(town, random, { id, amount: refund.amountMsat });
};

const redeem = async (town: Town, random: Random, of: { readonly id: string; readonly amount: bigint }): Promise<void> => {
  const tries = Array.from({ length: 1 + random.int(3) }, async () => {
    await town.timeline.sleep(random.int(60_000));
    const target = town.house.world.payee.createInvoice({ amount: msat(of.amount), node: random.pick(outsiders), expirySeconds: 600 });
    town.requests.push(target);
    await insist(town, random, () => town.ask('redeemRefund', { id: of.id, bolt11: target.bolt11 }, { waitSeconds: 10 }));
  });
  await Promise.all(tries);
};

/** Money goes from one of our wallets to another by id, perhaps twice under one key, perhaps more than there is. */
export const transfers = async (town: Town, random: Random, at: string): Promise<void> => {
  const input = {
    walletId: town.wallets[random.pick(ledgerPayers)],
    recipientWalletId: town.wallets[random.pick(walletNames)],
    amountMsat: random.chance(0.1) ? satsBetween(random, 100_000, 300_000) : satsBetween(random, 1, 40_000),
    memo: null,
  };
  const how: Ask = { key: random.chance(0.6) ? at : null, limited: random.chance(0.5) };
  const asks = Array.from({ length: 1 + random.int(2) }, async () => {
    await town.timeline.sleep(random.pick([0, 0, 3_000, 30_000]));
    const ask = () => town.ask('transfer', input, how);
    const answer = await (how.key === null ? ask() : insist(town, random, ask));
    town.log(`${at} moves money: ${answer.is === 'refused' ? answer.refusal.is : answer.is}`);
  });
  await Promise.all(asks);
};
