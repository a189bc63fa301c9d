// The deadline guard: looks at everything that is held, at every tick and every block, and stores what is due before LND or the chain
// decides. It only ever acts on rows of ours; a hold of another program on the same node is not even looked at.

import { askToCancel } from '../invoices/cancel.ts';
import { dueOf, marginBlocks } from '../invoices/deadline.ts';
import type { InvoiceDeps } from '../invoices/deps.ts';
import { heldInvoices } from '../invoices/lists.ts';
import { askToSettle, intend } from '../invoices/settle.ts';
import type { InvoiceRow } from '../invoices/store.ts';
import type { BlockHeight } from '../lightning/values.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { Refused } from '../platform/refusal.ts';

export interface DeadlineGuard {
  /** A backend's chain has grown: what that makes due is done now. */
  readonly block: (backendId: string, height: BlockHeight) => void;
  /** Something is due now, outside of the usual ticks. */
  readonly due: () => void;
  /** Looks once; resolves when everything due was asked for. */
  readonly once: () => Promise<void>;
  readonly start: () => void;
  readonly stop: () => Promise<void>;
}

const everyMs = 1_000;
const askMs = 15_000;

export const createDeadlineGuard = (deps: { readonly clock: Clock; readonly log: Log; readonly invoices: InvoiceDeps }): DeadlineGuard => {
  const { heights } = deps.invoices;
  let running: Promise<void> | null = null;
  let missed = false;
  let stopTimer: (() => Promise<void>) | null = null;

  const look = async (): Promise<void> => {
    const ids = deps.invoices.registry.all.map((one) => one.backend.id);
    const rows = await heldInvoices(deps.invoices.db, ids);
    await Promise.all(rows.map((row) => guard(deps.invoices, row, heights.of(row.backendId))));
  };
  // What falls due while we look is looked at right after.
  const again = (): void => {
    if (running === null) void once();
    else missed = true;
  };
  const once = (): Promise<void> => {
    running ??= look()
      .catch((error: unknown) => deps.log.warn({ err: error }, 'the deadlines could not be looked at; the next tick looks again'))
      .finally(() => {
        running = null;
        if (missed) {
          missed = false;
          void once();
        }
      });
    return running;
  };
  return {
    once,
    block: (backendId, height) => {
      heights.reached(backendId, height);
      void once();
    },
    due: again,
    start: () => {
      stopTimer ??= deps.clock.every(everyMs, once);
    },
    stop: async () => {
      await stopTimer?.();
      await running;
    },
  };
};

const guard = async (deps: InvoiceDeps, row: InvoiceRow, height: number | null): Promise<void> => {
  const due = dueOf(row, deps.clock.now(), height);
  if (due === null) return;
  warnWhenLate(deps, row, height);
  try {
    const moved = await intend(deps, row, { event: due, sealed: null });
    const signal = AbortSignal.timeout(askMs);
    await (due === 'settleDue' ? askToSettle(deps, moved, signal) : askToCancel(deps, moved, signal));
  } catch (error) {
    // A row that moved meanwhile is no trouble; anything else is asked again by the sweep, for the intention is stored.
    if (!(error instanceof Refused))
      deps.log.warn({ err: error, paymentHash: row.paymentHash }, 'a hold at its deadline could not be ended yet');
  }
};

/** Half of the margin is gone and it is still held: a person must look before the chain decides. */
const warnWhenLate = (deps: InvoiceDeps, row: InvoiceRow, height: number | null): void => {
  if (row.deadlineHeight === null || height === null || height < row.deadlineHeight + marginBlocks / 2) return;
  deps.alarm('invoice.deadlineNear', row.paymentHash, {
    invoiceId: row.id,
    backendId: row.backendId,
    height,
    deadlineHeight: row.deadlineHeight,
  });
};
