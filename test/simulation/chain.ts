// The block chain under simulation: what people do with it, and what must be true of it at the end. Rule: however
// often somebody asks or dies, one send is one transaction, and one deposit is one credit.
import type { Random } from '../../src/backends/simulated/random.ts';
import { type Database, sql } from '../../src/platform/db.ts';
import { walletNames } from './ground.ts';
import { backendNames, type House } from './house.ts';
import { type Ask, insist, outsiders, satsBetween, type Town } from './people.ts';

const wealth = 500_000_000n;
const payers = ['atm', 'ann', 'ben'] as const;

/** Somebody sends coins to an address outside, or to one of ours, perhaps twice under one key. */
export const sendsCoins = async (town: Town, random: Random, at: string): Promise<void> => {
  const { network, payee } = town.house.world;
  const wallet = town.wallets[random.pick(payers)];
  // The node needs coins before it can send any.
  const own = await insist(town, random, () => town.ask('createAddress', { walletId: town.wallets.atm }));
  if (own.is !== 'answer') return town.log(`${at} has no address: ${own.is}`);
  network.deposit(own.value.address, wealth);
  network.mineBlocks(2);
  await town.timeline.sleep(random.int(30_000));
  const other = random.chance(0.2) ? await town.ask('createAddress', { walletId: town.wallets[random.pick(walletNames)] }) : null;
  const address = other?.is === 'answer' ? other.value.address : payee.address(random.pick(outsiders));
  const amount = random.chance(0.15) ? ('all' as const) : { msat: satsBetween(random, 6_000, 90_000) };
  const input = { walletId: wallet, address, amount, speed: random.pick(['fast', 'medium', 'slow'] as const), memo: null };
  const how: Ask = { key: random.chance(0.6) ? at : null, limited: random.chance(0.3), waitSeconds: random.pick([2, 10]) };
  const tries = Array.from({ length: 1 + random.int(2) }, async () => {
    await town.timeline.sleep(random.pick([0, 0, 4_000, 60_000]));
    const ask = () => town.ask('sendOnChain', input, how);
    const answer = await (how.key === null ? ask() : insist(town, random, ask));
    if (amount === 'all' && answer.is === 'answer') town.counts.set('all coins sent', (town.counts.get('all coins sent') ?? 0) + 1);
    town.log(`${at} sends coins: ${answer.is === 'answer' ? answer.value.is : answer.is === 'refused' ? answer.refusal.is : answer.is}`);
  });
  await Promise.all(tries);
};

/** Coins come from outside, and blocks after them, sooner or later. */
export const getsCoins = async (town: Town, random: Random, at: string): Promise<void> => {
  const walletId = town.wallets[random.pick(walletNames)];
  const how: Ask = { key: random.chance(0.5) ? at : null };
  const answer = await insist(town, random, () => town.ask('createAddress', { walletId }, how));
  if (answer.is !== 'answer') return town.log(`${at} has no address: ${answer.is === 'refused' ? answer.refusal.is : answer.is}`);
  const { network } = town.house.world;
  for (let coins = 1 + random.int(2); coins > 0; coins--) {
    await town.timeline.sleep(random.int(40_000));
    network.deposit(answer.value.address, satsBetween(random, 1_000, 200_000));
    town.log(`${at} gets coins`);
    await town.timeline.sleep(random.int(40_000));
    network.mineBlocks(random.int(3));
  }
};

/**
 * The last blocks are taken back and others come. What was in them waits again; of what people outside sent, the last may be gone for good, as
 * if they had spent it elsewhere, unless its receiver would lack it: he may have sent it on.
 */
export const reorganises = async (town: Town, random: Random): Promise<void> => {
  const { network } = town.house.world;
  const { transactions, wallets, addresses } = network.sim.records;
  const blocks = 1 + random.int(3);
  const missable = [...transactions.values()].filter(({ from, height, outputs }) => {
    const has = wallets.get(addresses.get(outputs[0]?.address ?? '') ?? '') ?? 0n;
    const isYoung = height === null || height > network.height() - blocks;
    return from === null && isYoung && (height === null || has >= wealth);
  });
  const gone = random.chance(0.7) ? missable.slice(-1).map(({ txid }) => txid) : [];
  for (const txid of gone) town.gone.add(txid);
  town.log(`${blocks} blocks are taken back${gone.length > 0 ? ', and a deposit with them' : ''}`);
  network.reorganise(blocks, gone);
  await town.timeline.sleep(random.int(30_000));
  network.mineBlocks(blocks + random.int(2));
};

/** What came to addresses that we gave to somebody and is on the chain. */
const deposited = async (db: Database, house: House): Promise<readonly { readonly at: string; readonly amount: bigint }[]> => {
  const addresses = await sql<{ address: string }>(db, { name: 'sim_addresses', text: 'SELECT address FROM addresses' });
  const given = new Set(addresses.map(({ address }) => address));
  return [...house.world.network.sim.records.transactions.values()].flatMap(({ txid, outputs }) =>
    outputs.flatMap(({ address, amount }, vout) => (given.has(address) ? [{ at: `${txid}:${vout}`, amount }] : [])),
  );
};

/** How many of them nobody here has seen yet: the gateway may have been down when they came, and a stream may have lost them. */
export const unseenDeposits = async (db: Database, house: House): Promise<number> => {
  const text = `SELECT txid || ':' || vout AS at FROM deposits`;
  const seen = new Set((await sql<{ at: string }>(db, { name: 'sim_seen', text })).map(({ at }) => at));
  return (await deposited(db, house)).filter(({ at }) => !seen.has(at)).length;
};

interface Payout {
  readonly id: string;
  readonly backend: string;
  readonly state: string;
  readonly txid: string | null;
  readonly paid: bigint | null;
  readonly fee: bigint | null;
}

/** What is wrong between our rows and the chain. */
export const checkChain = async (db: Database, house: House): Promise<readonly string[]> => {
  const wrong: string[] = [];
  const { records } = house.world.network.sim;
  const ours = [...records.transactions.values()].filter(({ from }) => backendNames.some((name) => name === from));
  const payouts = await sql<Payout>(db, {
    name: 'sim_payouts',
    text: 'SELECT id, backend_id AS backend, state, txid, coalesce(paid_msat, amount_msat) AS paid, fee_msat AS fee FROM payouts ORDER BY id',
  });
  const known = new Map(payouts.filter(({ txid }) => txid !== null).map((row) => [row.txid, row]));
  for (const { txid, fee, outputs } of ours) {
    const row = known.get(txid);
    if (row === undefined || row.state !== 'confirmed')
      wrong.push(`a transaction of ours belongs to a payout that is ${row?.state ?? 'not there'}`);
    else if (row.paid !== outputs[0]?.amount) wrong.push(`a payout says ${row.paid}, the chain says ${outputs[0]?.amount}`);
    else if (row.fee !== fee) wrong.push(`the fee of a payout is ${row.fee}, the chain says ${fee}`);
  }
  const sent = payouts.filter(({ state }) => state === 'sent' || state === 'confirmed');
  if (sent.length !== ours.length) wrong.push(`${ours.length} transactions for ${sent.length} payouts`);
  const credited = await sql<{ at: string; amount: bigint }>(db, {
    name: 'sim_deposits',
    text: `SELECT txid || ':' || vout AS at, amount_msat AS amount FROM deposits WHERE state = 'credited'`,
  });
  const came = (await deposited(db, house)).map(({ at, amount }) => `${at} ${amount}`);
  const told = await sql<{ subject: string }>(db, {
    name: 'sim_deposits_gone',
    text: `SELECT subject FROM incidents WHERE kind = 'deposit.credited:sawGone'`,
  });
  // What the chain took back after it was credited stays credited, and a person knows.
  const takenBack = new Set(told.map(({ subject }) => subject));
  const said = credited.filter(({ at }) => !takenBack.has(at)).map(({ at, amount }) => `${at} ${amount}`);
  if (came.toSorted().join() !== said.toSorted().join()) wrong.push(`${came.length} deposits came, ${said.length} were credited`);
  return wrong;
};
