// Lists what came to a backend's addresses and holds it against what we know: whatever a stream forgot is seen here, and what is not in the
// list is not there. One listing serves all deposits of a backend.
import type { DepositSighting } from '../backends/port.ts';
import { blockHeight } from '../lightning/values.ts';
import type { DepositDeps } from './deps.ts';
import { observeDeposits, observeGone } from './observe.ts';
import { type DepositRow, keepChainWatch, type WatchRow, watchedDeposits } from './store.ts';

const listMs = 60_000;
/** A transaction may move to a lower block in a reorganisation: so far below the known height is listed too. */
const marginBlocks = 20;
const busySeconds = 60;
const idleSeconds = 600;

/** One listing. Throws when the backend cannot be asked; it is then asked again soon. */
export const reconcileDeposits = async (deps: DepositDeps, watch: WatchRow): Promise<void> => {
  const registered = deps.registry.get(watch.backendId);
  const chain = registered?.backend.chain;
  const later = (seconds: number): Date => new Date(deps.clock.now().getTime() + seconds * 1000);
  if (!registered || !chain) return keepChainWatch(deps.db, watch, { at: later(idleSeconds), height: null });
  if (registered.identity() === null) await registered.verify();
  // Another node behind the same name knows nothing of these addresses.
  if (registered.identity()?.key !== watch.backendIdentity) return keepChainWatch(deps.db, watch, { at: later(idleSeconds), height: null });
  // Read before the list: what is stored while the list is on its way need not be in it.
  const known = await watchedDeposits(deps.db, watch);
  const height = deps.heights.of(watch.backendId);
  const since = lowest([watch.height, ...known.map((row) => row.sinceHeight)]);
  const seen = await chain.deposits(since === null ? null : blockHeight(since), AbortSignal.timeout(listMs));
  await observeDeposits(deps, { backendId: watch.backendId, identityKey: watch.backendIdentity }, seen);
  for (const row of missing(known, seen)) await observeGone(deps, row);
  await keepChainWatch(deps.db, watch, { at: later(known.some((row) => row.state === 'pending') ? busySeconds : idleSeconds), height });
};

/** Null, which lists everything, unless all of these are known. */
const lowest = (heights: readonly (number | null)[]): number | null => {
  const known = heights.filter((height) => height !== null);
  return known.length < heights.length ? null : Math.max(0, Math.min(...known) - marginBlocks);
};

const missing = (known: readonly DepositRow[], seen: readonly DepositSighting[]): readonly DepositRow[] => {
  const there = new Set(seen.map((one) => `${one.txid}:${one.output}`));
  return known.filter((row) => !there.has(`${row.txid}:${row.vout}`));
};
