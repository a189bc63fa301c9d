// Follows one backend's facts for as long as the process lives: effect first, cursor after. Every replica follows; the compare-and-swap
// lets one win. A stream that ends or breaks is opened again from the stored cursor.

import { keepCursor, readPin } from '../backends/pins.ts';
import type { Cursor, Fact } from '../backends/port.ts';
import type { Registered } from '../backends/registry.ts';
import type { DepositDeps } from '../deposits/deps.ts';
import { observeDeposits } from '../deposits/observe.ts';
import { dueOf } from '../invoices/deadline.ts';
import type { InvoiceDeps } from '../invoices/deps.ts';
import { observeInvoice } from '../invoices/observe.ts';
import type { BlockHeight } from '../lightning/values.ts';
import type { PaymentDeps } from '../payments/deps.ts';
import { observePaymentFact } from '../payments/observe.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/db.ts';
import type { Log } from '../platform/log.ts';

export interface FollowDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly invoices: InvoiceDeps;
  readonly payments: PaymentDeps;
  readonly deposits: DepositDeps;
  readonly block: (backendId: string, height: BlockHeight) => void;
  /** Something is held that is due at once: a plain invoice on a backend that leaves settling to us. */
  readonly due: () => void;
  /** The stream is open (again): what it cannot replay is asked about now. */
  readonly reconnected: (backendId: string) => void;
}

const leastPauseMs = 500;
const mostPauseMs = 15_000;

/** Runs until `signal` aborts; never throws. */
export const follow = async (deps: FollowDeps, registered: Registered, signal: AbortSignal): Promise<void> => {
  const { id } = registered.backend;
  let pause = leastPauseMs;
  while (!signal.aborted) {
    try {
      if ((await followOnce(deps, registered, signal)) > 0) pause = leastPauseMs;
    } catch (error) {
      if (!signal.aborted) deps.log.warn({ backend: id, err: error }, 'the facts of this backend stopped; following again soon');
    }
    await deps.clock.sleep(pause, signal).catch(() => undefined);
    pause = Math.min(pause * 2, mostPauseMs);
  }
};

const followOnce = async (deps: FollowDeps, registered: Registered, signal: AbortSignal): Promise<number> => {
  const fault = await registered.verify();
  const identity = registered.identity();
  if (fault || !identity) throw new Error(fault?.detail ?? 'nobody answered');
  const pin = await readPin(deps.db, registered.backend.id);
  deps.reconnected(registered.backend.id);
  const from = { backendId: registered.backend.id, identityKey: identity.key };
  const cursors = cursorKeeper(deps, from);
  let seen = 0;
  for await (const fact of registered.backend.facts(pin?.cursor ?? null, signal)) {
    await effect(deps, from, fact);
    seen += 1;
    if (fact.cursor !== null) await cursors.reached(fact.cursor);
  }
  await cursors.flush();
  return seen;
};

interface Source {
  readonly backendId: string;
  readonly identityKey: string;
}

const effect = async (deps: FollowDeps, from: Source, fact: Fact): Promise<void> => {
  switch (fact.about) {
    case 'invoice': {
      const row = await observeInvoice(deps.invoices, { ...from, hash: fact.hash, sighting: fact.sighting });
      if (row !== null && dueOf(row, deps.clock.now(), null) !== null) deps.due();
      return;
    }
    case 'payment':
      await observePaymentFact(deps.payments, { ...from, hash: fact.hash, outcome: fact.outcome });
      return;
    case 'block':
      deps.block(from.backendId, fact.height);
      return;
    case 'deposit':
      await observeDeposits(deps.deposits, from, [fact]);
      return;
  }
};

const keepEveryMs = 500;

/** Stores the cursor at most twice a second: an older one repeats facts, which is harmless; a newer one would lose them. */
const cursorKeeper = (
  deps: FollowDeps,
  from: Source,
): { readonly reached: (at: Cursor) => Promise<void>; readonly flush: () => Promise<void> } => {
  let kept: Cursor | null = null;
  let latest: Cursor | null = null;
  let keptAt = 0;
  const flush = async (): Promise<void> => {
    if (latest === null || latest === kept) return;
    kept = latest;
    keptAt = deps.clock.now().getTime();
    await keepCursor(deps.db, deps.clock, { ...from, cursor: latest });
  };
  return {
    flush,
    reached: async (at) => {
      latest = at;
      if (deps.clock.now().getTime() - keptAt >= keepEveryMs) await flush();
    },
  };
};
