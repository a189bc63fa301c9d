// Takes a send on the chain into the books that a backend remembers and a restored database does not: written as if it had just begun, and moved at
// once by what the backend says of it. Nothing is sent.
import { isCheckViolation } from '../platform/db.ts';
import { refuse } from '../platform/refusal.ts';
import type { WalletView } from '../wallets/view.ts';
import { questionOf } from './ask.ts';
import { beginPayout } from './begin.ts';
import type { PayoutDeps } from './deps.ts';
import { observePayout } from './observe.ts';
import { storedPayout } from './rows.ts';
import { type NewPayout, payoutById, toPayoutView } from './store.ts';
import type { PayoutView } from './view.ts';

export interface PayoutAdoption {
  /** Whose books it goes into. */
  readonly wallet: WalletView;
  /** As the label at the backend says. */
  readonly payoutId: string;
  readonly address: string;
  readonly amountMsat: bigint;
  readonly backendId: string;
  readonly backendIdentity: string;
  /** When the backend sent it. */
  readonly at: Date;
}

const memo = 'found at the node after a restore';
const askMs = 60_000;

/**
 * Throws Refused: alreadyProcessed (it is in the books), backendUnavailable, wrongState (the backend does not say that it was sent),
 * insufficientBalance (the wallet never had so much: book what it received first).
 */
export const adoptPayout = async (deps: PayoutDeps, of: PayoutAdoption): Promise<PayoutView> => {
  const { wallet, backendId } = of;
  if (await payoutById(deps.db, of.payoutId)) return refuse({ is: 'alreadyProcessed' });
  const chain = deps.registry.get(backendId)?.backend.chain ?? refuse({ is: 'backendUnavailable' });
  const row = begun(of);
  const said = await chain.find(questionOf(storedPayout(row)), AbortSignal.timeout(askMs));
  if (said.is !== 'sent') return refuse({ is: 'wrongState', state: said.is, asked: 'book' });
  try {
    await beginPayout(deps, wallet, { ...row, max_fee_msat: said.fee });
  } catch (error) {
    if (!isCheckViolation(error, 'wallets_available')) throw error;
    return refuse({
      is: 'insufficientBalance',
      neededMsat: of.amountMsat + said.fee,
      availableMsat: await deps.available(wallet.id),
    });
  }
  const after = await observePayout(deps, row.id, said);
  return toPayoutView(after ?? storedPayout(row));
};

const begun = ({ wallet, payoutId, address, amountMsat, backendId, backendIdentity, at }: PayoutAdoption): NewPayout => ({
  id: payoutId,
  account_id: wallet.accountId,
  wallet_id: wallet.id,
  key_id: null,
  backend_id: backendId,
  backend_identity: backendIdentity,
  address,
  amount_msat: amountMsat,
  sends_all: false,
  max_fee_msat: 0n,
  speed: 'medium',
  target_confirmations: 6,
  memo,
  since_height: null,
  send_by: at,
  created_at: at,
  next_check_at: at,
  asked_by: null,
  asked_key: null,
  asked_digest: null,
});
