// Takes a payment into the books that a backend remembers and a restored database does not: written as if it had just begun, and ended at once
// by what the backend says of it. Nothing is sent.
import { msat } from '../lightning/values.ts';
import { refuse } from '../platform/refusal.ts';
import type { WalletView } from '../wallets/view.ts';
import { beginPayment } from './begin.ts';
import type { PaymentDeps } from './deps.ts';
import { observeAttempt } from './observe.ts';
import { decodeFor, feeLimitOf } from './prepare.ts';
import { viewOfPayment } from './store.ts';
import type { PaymentView } from './view.ts';

export interface Adoption {
  /** Whose books it goes into. */
  readonly wallet: WalletView;
  readonly bolt11: string;
  /** What was sent; null: what the request asks for. */
  readonly amountMsat: bigint | null;
  readonly backendId: string;
}

const memo = 'found at the node after a restore';
const askMs = 10_000;

/**
 * Throws Refused: invalidInvoice, amountRequired, wrongCurrency, backendUnavailable, wrongState (the backend does not say that money moved),
 * paymentInFlight or alreadyPaid (it is in the books), insufficientBalance (the wallet never had so much: book what it received first).
 */
export const adoptPayment = async (deps: PaymentDeps, of: Adoption): Promise<PaymentView> => {
  const { wallet, bolt11, backendId } = of;
  const invoice = decodeFor(bolt11, deps.network);
  const amount = of.amountMsat ?? invoice.amount ?? refuse({ is: 'amountRequired' });
  const registered = deps.registry.get(backendId);
  const pay = registered?.backend.pay ?? refuse({ is: 'backendUnavailable' });
  if ((registered?.backend.currency ?? 'BTC') !== wallet.currency) return refuse({ is: 'wrongCurrency' });
  const said = await pay.find(invoice.hash, null, AbortSignal.timeout(askMs));
  if (said.is !== 'succeeded' && said.is !== 'inFlight') return refuse({ is: 'wrongState', state: said.is, asked: 'book' });
  const maxFee = msat(said.is === 'succeeded' ? said.fee : feeLimitOf(wallet, amount));
  const candidate = { backendId, pay, identityKey: () => registered?.identity()?.key ?? null };
  const begun = await beginPayment.write(deps, {
    order: { wallet, bolt11, amount: { msat: amount }, maxFeeMsat: maxFee, memo, keyId: null, asked: null, waitSeconds: null },
    prepared: { invoice, amount: msat(amount), cents: null, amountless: invoice.amount === null, maxFee, isFeeLimited: false },
    candidates: [candidate],
    first: { candidate, floor: { is: 'nothing' } },
  });
  if (begun.is !== 'started') return refuse({ is: 'alreadyProcessed' });
  await observeAttempt(deps, begun.first.row.id, said);
  return viewOfPayment(deps.db, begun.payment);
};
