// What a payment would cost, tried on the channels themselves. A probe writes nothing and moves nothing.
import { msat } from '../lightning/values.ts';
import { refuse } from '../platform/refusal.ts';
import type { PaymentDeps } from './deps.ts';
import { feeLimitOf, type PaymentAsk, preparePayment } from './prepare.ts';
import { payCandidates, paysItself } from './route.ts';

/** `cents`: of a wallet that holds dollars, which pays nothing in msat; null where nobody can say what would be set aside. */
export type Probed =
  | { readonly is: 'fee'; readonly feeMsat: bigint; readonly cents?: bigint }
  | { readonly is: 'noRoute'; readonly reserveMsat: bigint; readonly cents?: bigint | null };

const probeMs = 20_000;

/**
 * Throws Refused as a send would, before anything is tried: invalidInvoice, the amount rules, selfPayment, invoiceExpired;
 * backendUnavailable when no backend could tell.
 */
export const probeFee = async (deps: PaymentDeps, ask: PaymentAsk): Promise<Probed> => {
  const prepared = preparePayment(ask, deps.network);
  const { invoice, amount, cents } = prepared;
  const candidates = payCandidates(deps, ask.wallet, prepared);
  const own = await deps.ownInvoice(invoice.hash);
  if (own && paysItself(own, { request: invoice, wallet: ask.wallet, candidates })) return refuse({ is: 'selfPayment' });
  if (invoice.expiresAt <= deps.clock.now()) return refuse({ is: 'invoiceExpired' });
  const reserveMsat = feeLimitOf(ask.wallet, amount);
  let told = false;
  for (const { pay } of candidates) {
    if (!pay.probeFee) continue;
    const order = { bolt11: invoice.bolt11, amount, maxFee: msat(prepared.maxFee), ...(cents !== null && { cents }) };
    const probe = await pay.probeFee(order, AbortSignal.timeout(probeMs));
    if (probe.is === 'fee') return { is: 'fee', feeMsat: probe.fee, ...(probe.cents !== undefined && { cents: probe.cents }) };
    // A backend without a route ends the question only if no later one of the route has one.
    told ||= probe.is === 'noRoute';
  }
  if (!told) return refuse({ is: 'backendUnavailable' });
  return { is: 'noRoute', reserveMsat, ...(ask.wallet.currency === 'USD' && { cents: cents === null ? null : usdReserve(cents) }) };
};

/** Galoy's reserve in cents (contract §5.6): half a percent, rounded up, at least one. */
const usdReserve = (cents: bigint): bigint => (cents + 199n) / 200n;
