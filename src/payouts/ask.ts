// Asks a backend what became of a payout, and when its silence proves something. `find` never sends; `notFound` ends a row only when the
// backend's list is complete, the time to send and a grace are over, and nobody has ever seen it; all other silence is for a person.
import type { ChainQuestion } from '../backends/port.ts';
import { blockHeight, msat } from '../lightning/values.ts';
import { newId } from '../platform/ids.ts';
import type { PayoutDeps } from './deps.ts';
import { observePayout, type Said } from './observe.ts';
import { payoutTerminal } from './states.ts';
import { advancePayout, type PayoutRow } from './store.ts';

const findMs = 60_000;
const oldMs = 3_600_000;
const marginBlocks = 20;

/** Asks about one payout and writes down the answer; the row afterwards, null when there is none. */
export const askAboutPayout = async (deps: PayoutDeps, row: PayoutRow): Promise<PayoutRow | null> => {
  if (payoutTerminal.has(row.state)) return row;
  const registered = deps.registry.get(row.backendId);
  const chain = registered?.backend.chain;
  if (!registered || !chain) return doubt(deps, row, 'backendMissing');
  const fault = registered.identity() === null ? await registered.verify() : null;
  if (fault) return row;
  // Another node says nothing about what this one was given.
  if (registered.identity()?.key !== row.backendIdentity) return doubt(deps, row, 'otherIdentity');
  const said = await chain.find(questionOf(row), AbortSignal.timeout(findMs));
  if (said.is === 'unknown') {
    deps.log.warn({ payoutId: row.id, backend: row.backendId, detail: said.fault.detail }, 'the backend cannot tell of this payout');
    return isOld(deps, row) && row.state === 'sending' ? doubt(deps, row, 'unknownTooLong') : row;
  }
  return said.is === 'notFound' ? notFound(deps, row, chain.traits.findIsComplete) : observePayout(deps, row.id, said);
};

const notFound = async (deps: PayoutDeps, row: PayoutRow, isComplete: boolean): Promise<PayoutRow | null> => {
  if (row.taken || row.state === 'sent') return doubt(deps, row, 'vanished');
  if (isOld(deps, row)) return doubt(deps, row, 'unknownTooLong');
  const over = row.sendBy.getTime() + deps.settings.graceSeconds * 1000;
  return isComplete && deps.clock.now().getTime() >= over ? observePayout(deps, row.id, unsent) : row;
};

const unsent: Said = {
  is: 'notSent',
  fault: { kind: 'internal', detail: 'the backend knows nothing of it, after the time to send and a grace' },
};

const isOld = (deps: PayoutDeps, row: PayoutRow): boolean => deps.clock.now().getTime() - row.createdAt.getTime() > oldMs;

/** The label is the row's id, so that whoever reads the node's list can find the row. */
export const labelOf = (row: Pick<PayoutRow, 'id'>): string => `switchyard ${row.id}`;

const labelled = /^switchyard ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** The payout that a label names; null when it is none of ours. */
export const payoutOfLabel = (label: string): string | null => labelled.exec(label)?.[1] ?? null;

export const questionOf = (row: PayoutRow): ChainQuestion => ({
  to: { address: row.address, amount: row.sendsAll ? 'all' : msat(row.amountMsat) },
  label: labelOf(row),
  since: row.sinceHeight === null ? null : blockHeight(Math.max(0, row.sinceHeight - marginBlocks)),
});

const doubt = async (
  deps: PayoutDeps,
  row: PayoutRow,
  why: 'backendMissing' | 'otherIdentity' | 'vanished' | 'unknownTooLong',
): Promise<PayoutRow> => {
  const now = deps.clock.now();
  const kind = `payout.${why}`;
  const detail = { payoutId: row.id, walletId: row.walletId, backendId: row.backendId, txid: row.txid };
  const incidents = [{ id: newId(now), kind, subject: row.id, detail, created_at: now }];
  await advancePayout(deps.db, { id: row.id, from: row.state, set: { state: row.state }, effects: { incidents } });
  deps.alarm(kind, row.id, detail);
  return row;
};
