// The LND adapter put together: everything the port knows, over one connection.
import type { BackendId } from '../../lightning/values.ts';
import type { Backend, BackendKind, BackendTools } from '../port.ts';
import { newBell } from './bell.ts';
import { lndChain } from './chain.ts';
import { openConnection } from './connection.ts';
import type { LndContext } from './context.ts';
import { lndFacts } from './facts.ts';
import { lndBalance, lndHealth, lndIdentity, lndTiedUp } from './health.ts';
import { lndHold } from './hold.ts';
import { holdWatch } from './hold-watch.ts';
import { lndPay } from './pay.ts';
import { lndRecall } from './recall.ts';
import { lndReceive } from './receive.ts';
import { type LndSettings, lndSettings } from './settings.ts';
import { privateHints } from './terms.ts';

/** Touches files, never the network. @throws BackendFault naming the key whose file cannot be read. */
export const connectLnd = (id: BackendId, settings: LndSettings, { log, clock }: BackendTools): Backend => {
  const connection = openConnection(settings, log);
  const context: LndContext = { connection, settings, log, clock, bell: newBell() };
  const closing = new AbortController();
  const pay = lndPay(context);
  const watch = holdWatch(context);
  const hints = privateHints(context);
  const facts = lndFacts(context, { watch, isProbe: pay.isProbe });
  return {
    id,
    kind: 'lnd',
    pay: pay.facet,
    receive: lndReceive(context, hints),
    hold: lndHold(context, { hints, watch }),
    chain: lndChain(context),
    balance: (signal) => lndBalance(context, signal),
    tiedUp: (signal) => lndTiedUp(context, signal),
    identity: (signal) => lndIdentity(context, signal),
    facts: (after, signal) => facts(after, AbortSignal.any([signal, closing.signal])),
    recall: (since, signal) => lndRecall(context, since, signal),
    health: (signal) => lndHealth(context, signal),
    close: async () => {
      closing.abort();
      connection.close();
    },
  };
};

export const lndKind: BackendKind<LndSettings> = {
  kind: 'lnd',
  simulated: false,
  settings: lndSettings,
  connect: async (id, settings, tools) => connectLnd(id, settings, tools),
};
