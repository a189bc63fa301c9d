// A hold invoice as a stream: the current state first, then every change; it ends after a final state.

import { invoiceTerminal } from '../invoices/states.ts';
import { invoiceByHash, toInvoiceView } from '../invoices/store.ts';
import type { InvoiceView } from '../invoices/view.ts';
import { refuse } from '../platform/refusal.ts';
import type { Principal } from '../wallets/view.ts';
import type { CommandDeps } from './deps.ts';
import { walletsOf } from './scope.ts';
import { wakeable } from './wake.ts';

const lookMs = 5_000;

/** Throws Refused notFound when none of the asker's wallets has such a hold invoice. */
export async function* watchHold(
  deps: CommandDeps,
  of: { readonly who: Principal; readonly hash: string },
  signal: AbortSignal,
): AsyncGenerator<InvoiceView> {
  const wallets = (await walletsOf(deps, of.who)).map((wallet) => wallet.id);
  const wake = wakeable(signal);
  // First listen, then read: what happens between the two wakes us.
  const stop = await deps.payments.feed.listen(of.hash, wake.up);
  try {
    let last = '';
    while (!signal.aborted) {
      const row = await invoiceByHash(deps.invoices.db, of.hash);
      if (row?.kind !== 'hold' || !wallets.includes(row.walletId)) return refuse({ is: 'notFound', what: 'invoice', given: of.hash });
      const now = `${row.state} ${row.receivedMsat} ${row.deadlineHeight} ${row.deadlineAt?.getTime()}`;
      if (now !== last) yield toInvoiceView(row);
      last = now;
      if (invoiceTerminal.has(row.state)) return;
      await wake.sleep(deps.invoices.clock, lookMs);
    }
  } finally {
    stop();
  }
}
