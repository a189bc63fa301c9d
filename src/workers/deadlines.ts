// The deadline guard: looks at everything that is held, at every tick and every block, and stores what is due before LND or the chain
// decides; and tells a person when that was not enough. It only ever acts on rows of ours; a hold of another program on the same node is not
// even looked at.

import type { CashOutDeps } from '../cashouts/deps.ts';
import { mayBeDispensing } from '../cashouts/forgotten.ts';
import { askToCancel } from '../invoices/cancel.ts';
import { dueOf, isLate } from '../invoices/deadline.ts';
import type { InvoiceDeps } from '../invoices/deps.ts';
import { guardedInvoices } from '../invoices/lists.ts';
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

interface Parts {
  readonly clock: Clock;
  readonly log: Log;
  readonly cashOuts: CashOutDeps;
}

export const createDeadlineGuard = (deps: Parts): DeadlineGuard => {
  const { invoices } = deps.cashOuts;
  /** By the id of the invoice: what is being asked of its backend now. A backend that is silent holds up its own holds alone. */
  const asking = new Map<string, Promise<void>>();
  let told: ReadonlySet<string> = new Set();
  let looking: Promise<void> | null = null;
  let missed = false;
  let stopTimer: (() => Promise<void>) | null = null;

  const look = async (): Promise<void> => {
    const rows = await guardedInvoices(invoices.db);
    told = tellLate(invoices, rows, told);
    for (const row of rows) {
      if (asking.has(row.id)) continue;
      asking.set(
        row.id,
        guard(deps.cashOuts, row).finally(() => asking.delete(row.id)),
      );
    }
  };
  // What falls due while we look is looked at right after.
  const again = (): void => {
    if (looking === null) void tick();
    else missed = true;
  };
  const tick = (): Promise<void> => {
    looking ??= look()
      .catch((error: unknown) => deps.log.warn({ err: error }, 'the deadlines could not be looked at; the next tick looks again'))
      .finally(() => {
        looking = null;
        if (missed) {
          missed = false;
          void tick();
        }
      });
    return looking;
  };
  const once = async (): Promise<void> => {
    await tick();
    await Promise.all(asking.values());
  };
  return {
    once,
    block: (backendId, height) => {
      invoices.heights.reached(backendId, height);
      void tick();
    },
    due: again,
    start: () => {
      stopTimer ??= deps.clock.every(everyMs, tick);
    },
    stop: async () => {
      await stopTimer?.();
      await looking;
      await Promise.all(asking.values());
    },
  };
};

const guard = async (cashOuts: CashOutDeps, row: InvoiceRow): Promise<void> => {
  const deps = cashOuts.invoices;
  const due = deps.registry.get(row.backendId) === null ? null : dueOf(row, deps.clock.now(), deps.heights.of(row.backendId));
  if (due === null) return;
  // Before the chain decides it is given back all the same.
  const byBlocks = dueOf({ ...row, deadlineAt: null }, deps.clock.now(), deps.heights.of(row.backendId)) !== null;
  try {
    if (due === 'cancelDue' && !byBlocks && (await mayBeDispensing(cashOuts, row))) return;
    const moved = await intend(deps, row, { event: due, sealed: null });
    const signal = AbortSignal.timeout(askMs);
    await (due === 'settleDue' ? askToSettle(deps, moved, signal) : askToCancel(deps, moved, signal));
  } catch (error) {
    // A row that moved meanwhile is no trouble; anything else is asked again by the sweep, for the intention is stored.
    if (!(error instanceof Refused))
      deps.log.warn({ err: error, paymentHash: row.paymentHash }, 'a hold at its deadline could not be ended yet');
  }
};

/** Tells of each once, whatever was decided and not carried out in time; answers with all that are told. */
const tellLate = (deps: InvoiceDeps, rows: readonly InvoiceRow[], told: ReadonlySet<string>): ReadonlySet<string> => {
  const late = rows.flatMap((row) => {
    const kind = troubleOf(deps, row);
    return kind === null ? [] : [{ row, kind, key: `${kind} ${row.id}` }];
  });
  for (const { row, kind, key } of late) {
    if (told.has(key)) continue;
    const { id: invoiceId, backendId, state, deadlineHeight, deadlineAt } = row;
    deps.alarm(kind, row.paymentHash, { invoiceId, backendId, state, height: deps.heights.of(backendId), deadlineHeight, deadlineAt });
  }
  return new Set(late.map(({ key }) => key));
};

const troubleOf = (deps: InvoiceDeps, row: InvoiceRow): string | null => {
  // Nobody can be asked about it, and its node or the chain will decide alone.
  if (deps.registry.get(row.backendId) === null) return 'invoice.backendMissing';
  return isLate(row, deps.clock.now(), deps.heights.of(row.backendId)) ? 'invoice.deadlineNear' : null;
};
