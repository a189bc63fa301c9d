// Takes an invoice into the books that a backend remembers and a restored database does not: written as if it had just been made, and then as the
// backend says that it stands. The preimage of a hold is lost with the row; whoever has it may settle, else the clock gives the money back.
import { decodeBolt11 } from '../lightning/bolt11.ts';
import { paymentHash } from '../lightning/values.ts';
import { refuse } from '../platform/refusal.ts';
import type { WalletView } from '../wallets/view.ts';
import { insertIssued } from './create.ts';
import type { InvoiceDeps } from './deps.ts';
import { observeInvoice } from './observe.ts';
import { toInvoiceView } from './store.ts';
import type { InvoiceView } from './view.ts';

export interface InvoiceAdoption {
  readonly wallet: WalletView;
  readonly bolt11: string;
  readonly backendId: string;
  readonly backendIdentity: string;
  readonly isHold: boolean;
}

const askMs = 10_000;

/** Throws Refused: invalidInvoice, backendUnavailable, alreadyProcessed (it is in the books). Throws BackendFault when it cannot be asked. */
export const adoptInvoice = async (deps: InvoiceDeps, of: InvoiceAdoption): Promise<InvoiceView> => {
  const { wallet, backendId, backendIdentity, isHold } = of;
  const decoding = decodeBolt11(of.bolt11);
  if (decoding.is === 'undecodable') return refuse({ is: 'invalidInvoice', why: 'undecodable' });
  const { hash, bolt11, paymentSecret, amount, description, descriptionHash, expiresAt } = decoding.invoice;
  const backend = deps.registry.get(backendId)?.backend;
  const facet = (isHold ? backend?.hold : backend?.receive) ?? refuse({ is: 'backendUnavailable' });
  const sighting = await facet.find(hash, AbortSignal.timeout(askMs));
  const rest = { expirySeconds: null, externalId: null, webhookUrl: null, asked: null };
  const view = await insertIssued(
    deps,
    { wallet, amountMsat: amount, memo: description, descriptionHash, ...rest },
    { issue: { is: 'issued', hash, bolt11, paymentSecret, expiresAt }, backendId, identity: backendIdentity, ...(isHold && holdOf(deps)) },
  );
  const row = await observeInvoice(deps, { hash: paymentHash(hash), backendId, identityKey: backendIdentity, sighting });
  return row ? toInvoiceView(row) : view;
};

const holdOf = (deps: InvoiceDeps) => ({
  more: {
    kind: 'hold' as const,
    sealedPreimage: null,
    longestHoldSeconds: deps.holds.longestSeconds,
    onDeadline: 'cancel',
    settleAfterSeconds: null,
  },
});
