// The Galoy adapter put together: an account at a Galoy or Blink server (or at another gateway like this one) pays and is paid for us.
// No hold invoices, for upstream has none; addresses and deposits on the chain, and no sends.
import type { BackendId } from '../../lightning/values.ts';
import type { Backend, BackendKind, BackendTools } from '../port.ts';
import { galoyBalance, galoyHealth, galoyIdentity, newAccount } from './account.ts';
import { newAsking } from './asking.ts';
import { newBell } from './bell.ts';
import { galoyChain } from './chain.ts';
import type { GaloyContext } from './context.ts';
import { galoyFacts } from './facts.ts';
import { galoyPay } from './pay.ts';
import { galoyRecall } from './recall.ts';
import { galoyReceive } from './receive.ts';
import { type GaloySettings, galoySettings } from './settings.ts';
import { openTransport } from './transport.ts';
import { newWatched } from './watched.ts';

/** Does not touch the network. */
export const connectGaloy = (id: BackendId, settings: GaloySettings, { log, clock }: BackendTools): Backend => {
  const asking = newAsking(openTransport(settings), clock);
  const account = newAccount(asking, settings);
  const context: GaloyContext = { settings, asking, account, bell: newBell(), watched: newWatched(clock), log, clock };
  const closing = new AbortController();
  const facts = galoyFacts(context);
  return {
    id,
    kind: 'galoy',
    ...(settings.currency === 'USD' && { currency: settings.currency }),
    pay: galoyPay(context, closing.signal),
    receive: galoyReceive(context),
    // Coins are no dollars.
    ...(settings.currency === 'BTC' && { chain: galoyChain(context) }),
    balance: (signal) => galoyBalance(context, signal),
    identity: (signal) => galoyIdentity(account, settings, signal),
    facts: (after, signal) => facts(after, AbortSignal.any([signal, closing.signal])),
    recall: (since, signal) => galoyRecall(context, since, signal),
    health: (signal) => galoyHealth(account, settings, signal),
    close: async () => closing.abort(),
  };
};

export const galoyKind: BackendKind<GaloySettings> = {
  kind: 'galoy',
  simulated: false,
  settings: galoySettings,
  connect: async (id, settings, tools) => connectGaloy(id, settings, tools),
};
