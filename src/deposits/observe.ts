// What a backend says of an output to one of our addresses, written down. It is credited once, when it is deep enough, whoever tells it and
// however often; what the chain takes back before is never credited, and what it takes back afterwards is for a person to look at.
import type { DepositSighting } from '../backends/port.ts';
import type { Effects, OutboxRow, TransactionRow } from '../platform/effects.ts';
import { newId } from '../platform/ids.ts';
import { step } from '../platform/machine.ts';
import type { Price } from '../prices/price.ts';
import { bookDeposit } from '../wallets/ledger.ts';
import type { DepositDeps } from './deps.ts';
import { type DepositEvent, type DepositState, depositAlarms, depositTable } from './states.ts';
import {
  type AddressRow,
  advanceDeposit,
  type DepositRow,
  depositOf,
  insertDeposit,
  knownAddresses,
  listedHeight,
  type NewDeposit,
} from './store.ts';

export interface DepositSource {
  readonly backendId: string;
  readonly identityKey: string;
}

const maxTries = 5;
// A reorganisation deeper than that has never been seen: nobody looks any more.
const watchedBeyond = 100;

/** Writes down what was seen. Outputs to addresses that we gave to nobody, change among them, are passed over; so is what another node says. */
export const observeDeposits = async (deps: DepositDeps, from: DepositSource, seen: readonly DepositSighting[]): Promise<void> => {
  if (seen.length === 0) return;
  const known = await knownAddresses(deps.db, [...new Set(seen.map(({ address }) => address))]);
  const owners = new Map(known.map((row) => [row.address, row]));
  for (const sighting of seen) {
    const owner = owners.get(sighting.address);
    if (owner && owner.backendId === from.backendId && owner.backendIdentity === from.identityKey) await observe(deps, owner, sighting);
  }
};

const observe = async (deps: DepositDeps, owner: AddressRow, sighting: DepositSighting): Promise<void> => {
  const event = needed(deps, owner.backendId) <= sighting.confirmations ? 'sawDeep' : 'sawShallow';
  for (let tries = 0; tries < maxTries; tries++) {
    const row = await depositOf(deps.db, sighting.txid, sighting.output);
    if (row ? await move(deps, row, { event, confirmations: sighting.confirmations }) : await begin(deps, owner, { sighting, event }))
      return;
  }
};

/** The backend lists all that there is, and this is not in it. */
export const observeGone = async (deps: DepositDeps, row: DepositRow): Promise<void> => {
  for (let tries = 0; tries < maxTries; tries++) {
    const now = tries === 0 ? row : await depositOf(deps.db, row.txid, row.vout);
    if (!now || (await move(deps, now, { event: 'sawGone', confirmations: 0 }))) return;
  }
};

const creditsByItself = (deps: DepositDeps, backendId: string): boolean =>
  deps.registry.get(backendId)?.backend.chain?.traits.creditsByItself === true;

const needed = (deps: DepositDeps, backendId: string): number => (creditsByItself(deps, backendId) ? 1 : deps.settings.confirmations);

const begin = async (
  deps: DepositDeps,
  owner: AddressRow,
  { sighting, event }: { readonly sighting: DepositSighting; readonly event: DepositEvent },
): Promise<boolean> => {
  const now = deps.clock.now();
  const row: NewDeposit = {
    id: newId(now),
    account_id: owner.accountId,
    wallet_id: owner.walletId,
    address: owner.address,
    backend_id: owner.backendId,
    backend_identity: owner.backendIdentity,
    txid: sighting.txid,
    vout: sighting.output,
    amount_msat: sighting.amount,
    state: event === 'sawDeep' ? 'credited' : 'pending',
    confirmations: sighting.confirmations,
    since_height: await notBelow(deps, owner, sighting),
    watched: !isBuried(deps, owner.backendId, sighting.confirmations),
    seen_at: now,
    ended_at: event === 'sawDeep' ? now : null,
  };
  const stored = { ...storedDeposit(row), state: row.state };
  const written = await insertDeposit(deps.db, row, await effectsOf(deps, stored, row.state));
  if (written) announce(deps, stored, row.state);
  return written;
};

/**
 * No block below has it. What was listed to some height and did not show it is in no block below; and a fact may be older than the height
 * that we know, or a list older than the blocks that were told, so the lower of the two counts.
 */
const notBelow = async (deps: DepositDeps, owner: AddressRow, { confirmations }: DepositSighting): Promise<number | null> => {
  const height = deps.heights.of(owner.backendId);
  const listed = await listedHeight(deps.db, owner);
  return height === null || listed === null ? null : Math.max(0, Math.min(height - confirmations, listed));
};

/** Nobody need look any more. What a backend has credited by itself stays credited, and no further block is told. */
const isBuried = (deps: DepositDeps, backendId: string, confirmations: number): boolean =>
  confirmations >= (creditsByItself(deps, backendId) ? 1 : deps.settings.confirmations + watchedBeyond);

/** True when there is nothing more to write: it was written, or it is no news. */
const move = async (
  deps: DepositDeps,
  row: DepositRow,
  { event, confirmations }: { readonly event: DepositEvent; readonly confirmations: number },
): Promise<boolean> => {
  const to = step(depositTable, row.state, event);
  if (depositAlarms.has(`${row.state}:${event}`)) return tell(deps, row, event);
  const watched = !isBuried(deps, row.backendId, confirmations);
  if (to.is !== 'moved') {
    // Facts come late and twice: fewer confirmations than before are no news, except that they say how it stands.
    const isNews =
      event !== 'sawGone' && (confirmations > row.confirmations || (row.state === 'pending' && confirmations !== row.confirmations));
    if (!isNews && watched === row.watched) return true;
    return advanceDeposit(deps.db, { id: row.id, from: row.state, set: { state: row.state, confirmations, watched }, effects: {} });
  }
  const now = deps.clock.now();
  const set = { state: to.to, confirmations, watched, ...(to.to === 'pending' ? {} : { ended_at: now }) };
  const moved = await advanceDeposit(deps.db, {
    id: row.id,
    from: row.state,
    set,
    effects: await effectsOf(deps, { ...row, confirmations }, to.to),
  });
  if (moved) announce(deps, row, to.to);
  return moved;
};

const tell = async (deps: DepositDeps, row: DepositRow, event: DepositEvent): Promise<boolean> => {
  const now = deps.clock.now();
  const kind = `deposit.${row.state}:${event}`;
  const subject = `${row.txid}:${row.vout}`;
  const detail = { depositId: row.id, walletId: row.walletId, backendId: row.backendId, amountMsat: String(row.amountMsat) };
  const incidents = [{ id: newId(now), kind, subject, detail, created_at: now }];
  // Told once: from here on it is a person's.
  const set = { state: row.state, watched: false };
  if (!(await advanceDeposit(deps.db, { id: row.id, from: row.state, set, effects: { incidents } }))) return false;
  deps.alarm(kind, subject, detail);
  return true;
};

const announce = (deps: DepositDeps, row: DepositRow, to: DepositState): void => {
  deps.poke();
  const { id: depositId, txid, vout, walletId, backendId: backend } = row;
  deps.log.info({ depositId, txid, vout, walletId, backend, to }, 'deposit moved');
};

const effectsOf = async (deps: DepositDeps, row: DepositRow, to: DepositState): Promise<Effects> => {
  const events = [depositEvent(row, to, deps.clock.now())];
  if (to !== 'credited') return { events };
  const wallet = await deps.wallet(row.walletId);
  const at = deps.clock.now();
  const received = { backendId: row.backendId, msat: row.amountMsat };
  return {
    events,
    transactions: [transactionRow(row, deps.prices.current(await deps.displayCurrency(row.accountId)), at)],
    journals: wallet ? bookDeposit({ wallet, subjectId: row.id, at }, received) : [],
  };
};

/** What the outbox tells of a deposit. `pending` again after `vanished`: it has come back. */
export interface DepositNews {
  readonly depositId: string;
  readonly state: DepositState;
  readonly address: string;
  readonly txid: string;
  readonly vout: number;
  readonly amountMsat: string;
}

const depositEvent = (row: DepositRow, state: DepositState, now: Date): OutboxRow => {
  const news: DepositNews = {
    depositId: row.id,
    state,
    address: row.address,
    txid: row.txid,
    vout: row.vout,
    amountMsat: String(row.amountMsat),
  };
  return {
    topic: 'deposit',
    subject: row.id,
    account_id: row.accountId,
    wallet_id: row.walletId,
    payload: { ...news },
    created_at: now,
  };
};

const transactionRow = (row: DepositRow, price: Price | null, now: Date): TransactionRow => {
  return {
    id: newId(now),
    account_id: row.accountId,
    wallet_id: row.walletId,
    direction: 'receive',
    status: 'success',
    kind: 'onchain',
    amount_msat: row.amountMsat,
    fee_msat: 0n,
    payment_hash: null,
    bolt11: null,
    preimage: null,
    address: row.address,
    txid: row.txid,
    vout: row.vout,
    memo: null,
    external_id: null,
    subject_id: row.id,
    counterparty_wallet_id: null,
    key_id: null,
    price_base: price?.base ?? null,
    price_currency: price?.currency ?? 'USD',
    created_at: row.seenAt,
    ended_at: now,
  };
};

/** The row as it will be read back. */
const storedDeposit = (row: NewDeposit): DepositRow => ({
  id: row.id,
  accountId: row.account_id,
  walletId: row.wallet_id,
  address: row.address,
  backendId: row.backend_id,
  backendIdentity: row.backend_identity,
  txid: row.txid,
  vout: row.vout,
  amountMsat: row.amount_msat,
  state: row.state,
  confirmations: row.confirmations,
  sinceHeight: row.since_height,
  watched: row.watched,
  seenAt: row.seen_at,
  endedAt: row.ended_at,
});
