// The lnmux adapter put together: receiving and holding over a cluster of nodes. It has no way to pay: a wallet's pay route names the LND nodes
// of the cluster, each a backend of its own.
import type { BackendId } from '../../lightning/values.ts';
import type { Backend, BackendKind, BackendTools } from '../port.ts';
import { newBook } from './book.ts';
import { openLnmux } from './client.ts';
import { completeAfter, type LnmuxContext, patience } from './context.ts';
import { lnmuxFacts } from './facts.ts';
import { lnmuxHealth, lnmuxIdentity } from './health.ts';
import { lnmuxHold, lnmuxReceive } from './invoices.ts';
import { newLive } from './live.ts';
import { lnmuxRecall } from './recall.ts';
import { type LnmuxSettings, lnmuxSettings } from './settings.ts';

// By so much earlier than lnmux we settle or cancel: for the way there, and for the time that its message needed to reach us.
const safetyOf = (heldMs: number): number => Math.min(10_000, heldMs / 6);

/** Touches no network. */
export const connectLnmux = (id: BackendId, settings: LnmuxSettings, { log, clock }: BackendTools): Backend => {
  const connection = openLnmux(settings.socket);
  const heldMs = settings.heldSeconds * 1_000;
  const times = { now: () => clock.now().getTime(), heldMs, safetyMs: safetyOf(heldMs), graceMs: completeAfter(settings) };
  const book = newBook((from, most, signal) =>
    connection.calls().listInvoices({ max_invoices_count: String(most), sequence_start: String(from) }, { ms: patience.list, signal }),
  );
  const context: LnmuxContext = { connection, settings, log, clock, live: newLive(times), book, settled: new Set() };
  const closing = new AbortController();
  const facts = lnmuxFacts(context);
  return {
    id,
    kind: 'lnmux',
    receive: lnmuxReceive(context),
    hold: lnmuxHold(context),
    identity: (signal) => lnmuxIdentity(context, signal),
    facts: (after, signal) => facts(after, AbortSignal.any([signal, closing.signal])),
    recall: (since, signal) => lnmuxRecall(context, since, signal),
    health: (signal) => lnmuxHealth(context, signal),
    close: async () => {
      closing.abort();
      connection.close();
    },
  };
};

export const lnmuxKind: BackendKind<LnmuxSettings> = {
  kind: 'lnmux',
  simulated: false,
  settings: lnmuxSettings,
  connect: async (id, settings, tools) => connectLnmux(id, settings, tools),
};
