// Which backends may carry a payment, in the wallet's order, and what the next of them knows of the hash already.
import type { Floor, Pay } from '../backends/port.ts';
import { insideId } from '../backends/registry.ts';
import type { DecodedBolt11 } from '../lightning/bolt11.ts';
import { paymentHash, toSatFloor } from '../lightning/values.ts';
import type { WalletView } from '../wallets/view.ts';
import type { OwnInvoice, PaymentDeps } from './deps.ts';
import { galoyReserve, type PreparedPayment } from './prepare.ts';

export interface Candidate {
  readonly backendId: string;
  readonly pay: Pay;
  /** Null until the backend was verified. */
  readonly identityKey: () => string | null;
}

const floorMs = 5_000;

/** Backends of the wallet's pay route that can carry this order at all. */
export const payCandidates = (deps: PaymentDeps, wallet: WalletView, prepared: Carried): readonly Candidate[] =>
  candidatesOf(deps, wallet.payRoute, wallet.currency).filter((one) => carries(one.pay, prepared));

/** Of backends that hold what the wallet holds: no other can pay for it. */
const candidatesOf = (deps: PaymentDeps, ids: readonly string[], currency: WalletView['currency'] = 'BTC'): readonly Candidate[] =>
  ids.flatMap((id) => {
    const registered = deps.registry.get(id);
    const pay = registered?.backend.pay;
    return registered && pay && (registered.backend.currency ?? 'BTC') === currency
      ? [{ backendId: id, pay, identityKey: () => registered.identity()?.key ?? null }]
      : [];
  });

/** Our own ledger, as the one backend that can carry a payment between two of its wallets. */
export const insideCandidates = (deps: PaymentDeps): readonly Candidate[] => candidatesOf(deps, [insideId]);

/** Byte-equal to a plain invoice of another ledger wallet whose preimage we hold; a hash alone proves nothing, for anybody may repeat it. */
export const paidInside = (own: OwnInvoice | null, by: { readonly wallet: WalletView; readonly bolt11: string }): boolean =>
  own !== null && own.inside !== 'never' && own.bolt11 === by.bolt11 && own.walletId !== by.wallet.id && by.wallet.balanceKind === 'ledger';

/** What a request says of itself, beside its hash. */
export type Requested = Pick<DecodedBolt11, 'bolt11' | 'paymentSecret' | 'destination'>;

/** Its own invoice, or one of the very node that would have to pay it: the network cannot carry that. */
export const paysItself = (
  own: OwnInvoice,
  { request, wallet, candidates }: { readonly request: Requested; readonly wallet: WalletView; readonly candidates: readonly Candidate[] },
): boolean => isOf(own, request) && (own.walletId === wallet.id || candidates.some((one) => one.identityKey() === own.backendIdentity));

/**
 * True when it is this invoice that the request would pay: the same text, or its payment secret in the text of another signer, or the node that has
 * it is who is paid (LND and lnmux; who asks a custodian pays the custodian's node). Never by the hash alone: anybody may hold an invoice under the
 * hash of a request elsewhere, to keep others from paying that, or to pay it with what the hold brings (a swap).
 */
const isOf = (own: OwnInvoice, { bolt11, paymentSecret, destination }: Requested): boolean =>
  own.bolt11 === bolt11 || own.paymentSecret === paymentSecret || own.backendIdentity === destination;

type Carried = Pick<PreparedPayment, 'amount' | 'amountless' | 'maxFee' | 'isFeeLimited'>;

const carries = (pay: Pay, { amount, amountless, maxFee, isFeeLimited }: Carried): boolean => {
  if (amountless && !pay.traits.amountless) return false;
  // Upstream takes no limit of ours and spends up to its own reserve.
  if (isFeeLimited && !pay.traits.feeLimit && maxFee < galoyReserve(amount)) return false;
  return pay.traits.unit === 'msat' || BigInt(toSatFloor(amount)) * 1000n === amount;
};

/**
 * The first of these that answers, with its floor. One that cannot be asked was not called and nothing was written:
 * going on to the next is safe. Null when none answers.
 */
export const nextCandidate = async (
  deps: PaymentDeps,
  candidates: readonly Candidate[],
  hash: string,
): Promise<{ readonly candidate: Candidate; readonly floor: Floor } | null> => {
  for (const candidate of candidates) {
    try {
      return { candidate, floor: await candidate.pay.floor(paymentHash(hash), AbortSignal.timeout(floorMs)) };
    } catch (error) {
      deps.log.warn({ backend: candidate.backendId, err: error }, 'this backend cannot be asked, so it is not asked to pay');
    }
  }
  return null;
};
