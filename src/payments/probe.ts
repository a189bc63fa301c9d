// What a payment would cost, tried on the channels themselves. A probe writes nothing and moves nothing.
import { msat } from '../lightning/values.ts';
import { refuse } from '../platform/refusal.ts';
import type { PaymentDeps } from './deps.ts';
import { feeLimitOf, type PaymentAsk, preparePayment } from './prepare.ts';
import { payCandidates } from './route.ts';

export type Probed = { readonly is: 'fee'; readonly feeMsat: bigint } | { readonly is: 'noRoute'; readonly reserveMsat: bigint };

const probeMs = 20_000;

/**
 * Throws Refused as a send would, before anything is tried: invalidInvoice, the amount rules, selfPayment, invoiceExpired;
 * backendUnavailable when no backend could tell.
 */
export const probeFee = async (deps: PaymentDeps, ask: PaymentAsk): Promise<Probed> => {
  const prepared = preparePayment(ask, deps.network);
  const { invoice, amount } = prepared;
  const candidates = payCandidates(deps, ask.wallet, prepared);
  const own = await deps.ownInvoice(invoice.hash);
  if (own && (own.walletId === ask.wallet.id || candidates.some((one) => one.identityKey() === own.backendIdentity)))
    return refuse({ is: 'selfPayment' });
  if (invoice.expiresAt <= deps.clock.now()) return refuse({ is: 'invoiceExpired' });
  const reserveMsat = feeLimitOf(ask.wallet, amount);
  let told = false;
  for (const { pay } of candidates) {
    if (!pay.probeFee) continue;
    const order = { bolt11: invoice.bolt11, amount, maxFee: msat(prepared.maxFee) };
    const probe = await pay.probeFee(order, AbortSignal.timeout(probeMs));
    if (probe.is === 'fee') return { is: 'fee', feeMsat: probe.fee };
    // A backend without a route ends the question only if no later one of the route has one.
    told ||= probe.is === 'noRoute';
  }
  return told ? { is: 'noRoute', reserveMsat } : refuse({ is: 'backendUnavailable' });
};
