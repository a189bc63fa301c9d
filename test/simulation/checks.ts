// What must be true when everything has come to rest, whatever happened on the way. Each check answers with what is wrong, in words.
import { attemptsFor, spendableOf } from '../../src/backends/simulated/attempts.ts';
import type { SimInvoice } from '../../src/backends/simulated/model.ts';
import { cashOutTable } from '../../src/cashouts/states.ts';
import { invoiceTable } from '../../src/invoices/states.ts';
import { attemptTable } from '../../src/payments/states.ts';
import { type Database, sql } from '../../src/platform/db.ts';
import { auditLedger } from '../../src/wallets/audit.ts';
import { checkChain } from './chain.ts';
import { limitSats } from './ground.ts';
import { backendNames, type House } from './house.ts';
import type { Town } from './people.ts';

interface Invoice {
  readonly id: string;
  readonly hash: string;
  readonly kind: string;
  readonly state: string;
  readonly backend: string;
  readonly wallet: string;
  readonly received: bigint | null;
  readonly settledBy: string | null;
  readonly preimage: string | null;
}
interface Attempt {
  readonly id: string;
  readonly payment: string;
  readonly hash: string;
  readonly backend: string;
  readonly state: string;
  readonly amount: bigint;
  readonly fee: bigint | null;
  readonly failure: string | null;
}
interface Move {
  readonly what: 'invoices' | 'attempts' | 'cash_outs';
  readonly id: string;
  readonly hash: string | null;
  readonly was: string | null;
  readonly now: string;
  readonly disproved: boolean | null;
}
interface Event {
  readonly cursor: string;
  readonly topic: string;
  readonly subject: string;
  readonly state: string;
  readonly payment: string | null;
}

export interface Scene {
  readonly db: Database;
  readonly limitedKeyId: string;
  readonly town: Town;
  readonly house: House;
  /** What our nodes could spend at the start, in msat. */
  readonly before: ReadonlyMap<string, bigint>;
}

interface Facts extends Scene {
  readonly invoices: readonly Invoice[];
  readonly attempts: readonly Attempt[];
  readonly moves: readonly Move[];
  readonly events: readonly Event[];
  readonly incidents: readonly { readonly kind: string; readonly subject: string }[];
  readonly wrong: string[];
}

const rows = <T extends object>(db: Database, name: string, text: string): Promise<readonly T[]> =>
  sql<T>(db, { name: `sim_${name}`, text });

const gather = async (scene: Scene): Promise<Facts> => {
  const { db } = scene;
  return {
    ...scene,
    invoices: await rows<Invoice>(
      db,
      'invoices',
      'SELECT id, payment_hash AS hash, kind, state, backend_id AS backend, wallet_id AS wallet, received_msat AS received, settled_by AS "settledBy", preimage FROM invoices ORDER BY id',
    ),
    attempts: await rows<Attempt>(
      db,
      'attempts',
      'SELECT id, payment_id AS payment, payment_hash AS hash, backend_id AS backend, state, amount_msat AS amount, fee_msat AS fee, failure FROM attempts ORDER BY id',
    ),
    moves: await rows<Move>(db, 'moves', 'SELECT what, id, hash, was, now, disproved FROM sim_moves ORDER BY seq'),
    events: await rows<Event>(
      db,
      'events',
      `SELECT xid || '.' || seq AS cursor, topic, subject, payload ->> 'state' AS state, payload ->> 'paymentId' AS payment FROM outbox ORDER BY xid, seq`,
    ),
    incidents: await rows(db, 'incidents', 'SELECT kind, subject FROM incidents'),
    wrong: [],
  };
};

/** Everything that is wrong; empty when nothing is. */
export const check = async (scene: Scene): Promise<readonly string[]> => {
  const facts = await gather(scene);
  atRest(facts);
  sendingOnce(facts);
  attemptsAgree(facts);
  goneOnRightly(facts);
  invoicesAgree(facts);
  nodesAgree(facts);
  movesAllowed(facts);
  neverTakenBack(facts);
  announced(facts);
  toldAgree(facts);
  machinesAgree(facts);
  await books(facts);
  const onChain = await checkChain(facts.db, facts.house);
  facts.wrong.push(...onChain);
  await limited(facts);
  await held(facts);
  return [...scene.house.witness.violations, ...facts.wrong];
};

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, one) => total + one, 0n);

/** Nothing waits for ever. */
const atRest = ({ invoices, attempts, town, wrong }: Facts): void => {
  for (const { state, hash, backend } of attempts)
    if (state === 'sending') wrong.push(`the payment of ${town.name(hash)} by ${backend} waits for ever`);
  for (const { state, hash } of invoices)
    if (state !== 'settled' && state !== 'canceled') wrong.push(`the invoice ${town.name(hash)} is ${state} for ever`);
};

/** At most one attempt for a hash is on its way, and none beside a success. */
const sendingOnce = ({ moves, town, wrong }: Facts): void => {
  const live = new Map<string, Map<string, string>>();
  for (const { what, id, hash, now, disproved } of moves) {
    if (what !== 'attempts' || hash === null) continue;
    const states = live.get(hash) ?? new Map<string, string>();
    live.set(hash, states.set(id, disproved === true ? 'disproved' : now));
    const busy = [...states.values()].filter((state) => state === 'sending' || state === 'succeeded');
    if (busy.length > 1) wrong.push(`${town.name(hash)} had ${busy.length} attempts at once: ${busy.join(', ')}`);
  }
};

/** A row says succeeded exactly where the node has paid, with the same fee, and the node was called no more often than rows say. */
const attemptsAgree = ({ attempts, house, town, wrong }: Facts): void => {
  const { sim } = house.world.network;
  for (const backend of ['one', 'two'] as const) {
    const ours = attempts.filter((one) => one.backend === backend);
    const hashes = new Set([...ours.map((one) => one.hash), ...town.requests.map((one) => one.hash)]);
    for (const hash of hashes) {
      const paid = attemptsFor(sim, backend, hash).filter((one) => one.state === 'succeeded');
      const said = ours.filter((one) => one.hash === hash && one.state === 'succeeded');
      if (paid.length !== said.length)
        wrong.push(`${backend} has paid ${town.name(hash)} ${paid.length} times, the rows say ${said.length}`);
      else if (sum(paid.map((one) => one.fee)) !== sum(said.map((one) => one.fee ?? 0n)))
        wrong.push(`the fee of ${town.name(hash)} is not what ${backend} paid`);
      const called = house.witness.payCalls.get(`${backend}/${hash}`) ?? 0;
      const written = ours.filter((one) => one.hash === hash).length;
      if (called > written) wrong.push(`${backend} was called ${called} times to pay ${town.name(hash)}, for ${written} attempts`);
    }
  }
  for (const hash of new Set(attempts.map((one) => one.hash))) {
    const times = attempts.filter((one) => one.hash === hash && one.state === 'succeeded').length;
    if (times > 1 && !house.witness.liedAbout.has(hash)) wrong.push(`${town.name(hash)} was paid ${times} times`);
  }
};

/** Another backend was tried only where the one before was not called, or its failure is proof and not the payee's. */
const goneOnRightly = ({ attempts, house, town, wrong }: Facts): void => {
  const last = new Map<string, Attempt>();
  for (const attempt of attempts) {
    const before = last.get(attempt.payment);
    last.set(attempt.payment, attempt);
    if (before === undefined || before.failure === 'notSent') continue;
    const isProof = backendNames.some((name) => name === before.backend && house.backends.get(name)?.pay.traits.failureIsProof);
    if (!isProof || before.failure === 'rejectedByPayee' || before.failure === 'invoiceExpired')
      wrong.push(`${town.name(attempt.hash)} went on to ${attempt.backend} after ${before.backend} had said ${before.failure}`);
  }
};

/** PAID exactly where the backend says settled, over what it received; inside exactly where a payment inside succeeded. */
const invoicesAgree = ({ invoices, attempts, house, town, wrong }: Facts): void => {
  const { sim } = house.world.network;
  const known = new Set(invoices.map((one) => one.hash));
  for (const row of invoices) {
    const theirs: SimInvoice | undefined = sim.records.invoices.get(`${row.backend}/${row.hash}`);
    const outside = theirs?.state === 'settled';
    const inside = attempts.some((one) => one.backend === 'inside' && one.hash === row.hash && one.state === 'succeeded');
    if (outside && inside) wrong.push(`${town.name(row.hash)} was paid inside and outside`);
    if ((row.state === 'settled') !== (outside || inside))
      wrong.push(`${town.name(row.hash)} is ${row.state}, its backend says ${theirs?.state}, inside ${inside ? 'paid' : 'not paid'}`);
    if (row.state !== 'settled') continue;
    if ((row.settledBy === 'inside') !== inside)
      wrong.push(`${town.name(row.hash)} was settled by ${row.settledBy}, but inside is ${inside}`);
    if (outside && theirs.received !== row.received)
      wrong.push(`${town.name(row.hash)} received ${theirs.received}, credited ${row.received}`);
    if (outside && row.preimage !== theirs.preimage)
      wrong.push(`${town.name(row.hash)} does not show the preimage that its backend gave out`);
  }
  for (const { node, hash, state } of sim.records.invoices.values())
    if (state === 'settled' && backendNames.some((name) => name === node) && !known.has(hash))
      wrong.push(`${node} was paid on an invoice that nobody knows`);
};

/** What our nodes have is what they had, plus what came in, minus what went out. */
const nodesAgree = ({ invoices, attempts, house, before, wrong }: Facts): void => {
  for (const name of backendNames) {
    const came = sum(
      invoices
        .filter((one) => one.backend === name && one.state === 'settled' && one.settledBy === 'backend')
        .map((one) => one.received ?? 0n),
    );
    const went = sum(
      attempts.filter((one) => one.backend === name && one.state === 'succeeded').map((one) => one.amount + (one.fee ?? 0n)),
    );
    const has = spendableOf(house.world.network.sim, name);
    const should = (before.get(name) ?? 0n) + came - went;
    if (has !== should) wrong.push(`${name} has ${has} msat and should have ${should}`);
  }
};

const tables = { invoices: invoiceTable, attempts: attemptTable, cash_outs: cashOutTable } as const;
const terminals = new Set(['settled', 'canceled', 'succeeded', 'failed']);

/** No move that the tables do not know; out of a terminal state only with an incident. */
const movesAllowed = ({ moves, incidents, town, wrong }: Facts): void => {
  for (const { what, hash, was, now } of moves) {
    if (was === null) continue;
    const table: { readonly [state: string]: { readonly [event: string]: string } } = tables[what];
    if (!Object.values(table[was] ?? {}).includes(now)) wrong.push(`${what}: ${was} became ${now}, which no event does`);
    if (what === 'cash_outs' || !terminals.has(was)) continue;
    const about = what === 'invoices' ? 'invoice' : 'attempt';
    if (!incidents.some(({ kind, subject }) => subject === hash && kind.startsWith(`${about}.${was}:`)))
      wrong.push(`${town.name(hash ?? '')} left ${was} for ${now} and nobody was told`);
  }
};

/** What was written as the end of a payment was true, unless a backend had lied: nobody is told of a success after its failure, or the reverse. */
const neverTakenBack = ({ incidents, house, town, wrong }: Facts): void => {
  for (const { kind, subject } of incidents)
    if (/^attempt\.(failed|succeeded):/.test(kind) && !house.witness.liedAbout.has(subject))
      wrong.push(`${town.name(subject)} had another end than was written first (${kind})`);
};

const changes = (states: readonly string[]): string => states.filter((state, at) => state !== states[at - 1]).join(' ');
// That a plain invoice is about to be canceled is told when it is.
const untold = new Set(['open', 'canceling', 'waiting']);

/** Every change that is stored is announced, in order, and nothing else is. */
const announced = ({ moves, events, invoices, attempts, town, wrong }: Facts): void => {
  for (const { id, hash } of invoices) {
    const stored = changes(
      moves
        .filter((move) => move.what === 'invoices' && move.id === id && move.was !== null && !untold.has(move.now))
        .map((move) => move.now),
    );
    const told = changes(
      events.filter((event) => event.topic === 'invoice' && event.subject === hash && !untold.has(event.state)).map((event) => event.state),
    );
    if (stored !== told) wrong.push(`the invoice ${town.name(hash)} went ${stored || 'nowhere'}, and ${told || 'nothing'} was told`);
  }
  for (const payment of new Set(attempts.map((one) => one.payment))) {
    const mine = attempts.filter((one) => one.payment === payment);
    const end = mine.some((one) => one.state === 'succeeded') ? 'succeeded' : 'failed';
    const told = events.filter((event) => event.payment === payment).map((event) => event.state);
    if (told[0] !== 'pending' || told.at(-1) !== end)
      wrong.push(`the payment of ${town.name(mine[0]?.hash ?? '')} ${end}, and ${told.join(' ')} was told`);
    if (told.filter((state) => state === 'pending').length > 1) wrong.push(`a payment was told as pending twice`);
  }
};

/** Each subscriber heard every event between its first and its last, once and in order; nobody was told what is not so. */
const toldAgree = ({ house, town, attempts, events, wrong }: Facts): void => {
  const all = events.map((event) => event.cursor);
  for (const heard of house.told) {
    const first = all.indexOf(heard[0] ?? '');
    if (heard.length > 0 && heard.join(' ') !== all.slice(first, first + heard.length).join(' '))
      wrong.push('a subscriber did not hear every event once and in order');
  }
  for (const { hash, paymentId, is } of town.claims) {
    if (paymentId === null || house.witness.liedAbout.has(hash)) continue;
    const paid = attempts.some((one) => one.payment === paymentId && one.state === 'succeeded');
    if (is === 'succeeded' && !paid) wrong.push(`a client was told that ${town.name(hash)} is paid, and it is not`);
    if (is === 'failed' && paid) wrong.push(`a client was told that ${town.name(hash)} failed, and it is paid`);
  }
};

// What the network itself may do to a held payment, against any guard: blocks in heaps, a cluster that gives up.
const takenBack = /^invoice\.(claimed|settling|canceled):saw(Released|Canceled|Held)$/;

/** No cash without a settlement, unless the network took it back and a person knows; no second start; nobody but the machine cancels. */
const machinesAgree = ({ town, invoices, moves, incidents, wrong }: Facts): void => {
  for (const { hash, id, starts, dispensed } of town.machines) {
    if (starts > 1) wrong.push(`the cash-out ${town.name(hash)} was started ${starts} times`);
    const settled = invoices.some((one) => one.hash === hash && one.state === 'settled');
    const known = incidents.some(({ subject, kind }) => subject === hash && takenBack.test(kind));
    if (dispensed > 0n && !settled && !known) wrong.push(`cash went out for ${town.name(hash)}, and it is not settled`);
    const own = moves.filter((move) => move.what === 'invoices' && move.hash === hash);
    // Also not when it was given back and paid once more; what the network itself had canceled before is another thing.
    const since = own.slice(own.findIndex((move) => move.now === 'claimed') + 1);
    const wasClaimed = own.some((move) => move.now === 'claimed');
    const canceled = wasClaimed && since.some((move) => move.was !== 'canceled' && move.now === 'canceling');
    const nothing = moves.some((move) => move.what === 'cash_outs' && move.id === id && move.now === 'notDispensed');
    if (canceled && !nothing) wrong.push(`the payment of ${town.name(hash)} was canceled while its machine worked`);
  }
};

/** The ledger against itself and against its movements. */
const books = async ({ db, house, wrong }: Facts): Promise<void> => {
  const audit = await auditLedger(db);
  for (const id of audit.unbalanced) wrong.push(`the journal ${id} does not sum to zero`);
  for (const { availableMsat, entriesMsat } of audit.drifted)
    wrong.push(`a wallet has ${availableMsat} msat, its entries say ${entriesMsat}`);
  for (const { reservedMsat, underWayMsat } of audit.reserves)
    wrong.push(`a wallet has ${reservedMsat} msat reserved, ${underWayMsat} are under way`);
  const accounts = await rows<{ account: string; msat: bigint }>(
    db,
    'accounts',
    'SELECT account, sum(amount_msat)::bigint AS msat FROM entries GROUP BY account',
  );
  const of = (account: string): bigint => accounts.find((one) => one.account === account)?.msat ?? 0n;
  if (of('loss') !== 0n && house.witness.liedAbout.size === 0) wrong.push(`${-of('loss')} msat were lost`);
  if (of('backend:inside') !== 0n) wrong.push(`between our own wallets ${of('backend:inside')} msat came from nowhere`);
  const [below] = await rows<{ n: number }>(db, 'below', 'SELECT count(*)::int AS n FROM wallets WHERE available_msat < 0');
  if (below && below.n > 0) wrong.push(`${below.n} wallets are below zero`);
  const movements = await rows<{ wallet: string; available: bigint; moved: bigint }>(
    db,
    'movements',
    `SELECT w.name AS wallet, w.available_msat AS available, coalesce(sum(CASE WHEN t.status <> 'success' THEN 0 WHEN t.direction = 'receive' THEN t.amount_msat
      ELSE -t.amount_msat - t.fee_msat END), 0)::bigint AS moved FROM wallets w LEFT JOIN transactions t ON t.wallet_id = w.id
      WHERE w.balance_kind = 'ledger' GROUP BY w.id ORDER BY w.name`,
  );
  const funded = -of('sim') / BigInt(movements.length || 1);
  if (house.witness.liedAbout.size > 0) return;
  for (const { wallet, available, moved } of movements)
    if (available !== funded + moved) wrong.push(`${wallet} has ${available} msat, its movements say ${funded + moved}`);
};

/** No key has spent more than it may; what failed was given back, what is left of a reserve too. All of a seed lies within a day. */
const limited = async ({ db, limitedKeyId, house, wrong }: Facts): Promise<void> => {
  const text = `SELECT coalesce(sum(amount_msat + fee_msat) FILTER (WHERE status <> 'failure'), 0)::bigint AS spent,
    count(*) FILTER (WHERE status = 'pending')::int AS pending FROM transactions WHERE key_id = $1 AND direction = 'send'`;
  const [row] = await sql<{ spent: bigint; pending: number }>(db, { name: 'sim_limited', text }, [limitedKeyId]);
  const most = BigInt(limitSats) * 1000n;
  // A success after a failure was written counts again, whatever was spent meanwhile.
  if (row && row.spent > most && house.witness.liedAbout.size === 0) wrong.push(`a key has spent ${row.spent} msat of ${most}`);
  if (row && row.pending > 0) wrong.push(`${row.pending} sends count against a key for ever`);
};

const lateMs = 90_000;

/** Nothing is held longer after its deadline than the guard needs to look. */
export const held = async ({ db, town, house, wrong }: Pick<Facts, 'db' | 'town' | 'house' | 'wrong'>): Promise<void> => {
  if (house.current() === null) return;
  const late = await sql<{ hash: string; state: string }>(
    db,
    { name: 'sim_late', text: `SELECT payment_hash AS hash, state FROM invoices WHERE state IN ('held', 'claimed') AND deadline_at < $1` },
    [new Date(town.timeline.now().getTime() - lateMs)],
  );
  for (const { hash, state } of late) wrong.push(`${town.name(hash)} is ${state} long after its deadline`);
};
