// Gives out addresses. The row is written after the backend's answer and before ours: an address that nobody heard of is harmless, and one
// that somebody heard of belongs to its wallet for good.
import type { Registered } from '../backends/registry.ts';
import { readAddress } from '../lightning/address.ts';
import { isUniqueViolation } from '../platform/db.ts';
import { refuse } from '../platform/refusal.ts';
import type { WalletView } from '../wallets/view.ts';
import type { DepositDeps } from './deps.ts';
import { type AddressRow, addressAsked, insertAddress, newestAddressOf } from './store.ts';

export interface AddressOrder {
  readonly wallet: WalletView;
  readonly asked: { readonly by: string; readonly key: string; readonly digest: string } | null;
}

/** Always a new one. Throws Refused: notSupported, chainUnavailable, idempotencyConflict. */
export const createAddress = async (deps: DepositDeps, order: AddressOrder, signal: AbortSignal): Promise<string> => {
  const before = await replayed(deps, order);
  if (before !== null) return before;
  const candidates = chainsOf(deps, order.wallet.receiveRoute);
  if (candidates.length === 0) return refuse({ is: 'notSupported' });
  // Receiving fails over freely: an address that is not used costs nothing.
  for (const one of candidates) {
    try {
      return await give(deps, order, { one, signal });
    } catch (error) {
      if (isUniqueViolation(error, 'addresses_asked_by_asked_key_key')) return (await replayed(deps, order)) ?? refuse({ is: 'internal' });
      if (isUniqueViolation(error)) throw error;
      deps.log.warn({ err: error, backend: one.backend.id }, 'this backend gives no address');
    }
  }
  return refuse({ is: 'chainUnavailable' });
};

/** The wallet's newest address, as long as its backend is still one that it receives by; else a new one. Throws Refused like `createAddress`. */
export const currentAddress = async (deps: DepositDeps, order: AddressOrder, signal: AbortSignal): Promise<string> => {
  const newest = await newestAddressOf(deps.db, order.wallet.id);
  if (newest && order.wallet.receiveRoute.includes(newest.backendId)) {
    const identity = deps.registry.get(newest.backendId)?.identity()?.key ?? newest.backendIdentity;
    if (identity === newest.backendIdentity) return newest.address;
  }
  return createAddress(deps, order, signal);
};

const replayed = async (deps: DepositDeps, { asked }: AddressOrder): Promise<string | null> => {
  const row = asked && (await addressAsked(deps.db, asked));
  if (!row) return null;
  return row.askedDigest === asked.digest ? row.address : refuse({ is: 'idempotencyConflict' });
};

const chainsOf = (deps: DepositDeps, ids: readonly string[]): readonly Registered[] =>
  ids.flatMap((id) => {
    const one = deps.registry.get(id);
    return one?.backend.chain ? [one] : [];
  });

const give = async (
  deps: DepositDeps,
  { wallet, asked }: AddressOrder,
  { one, signal }: { readonly one: Registered; readonly signal: AbortSignal },
): Promise<string> => {
  const text = await one.backend.chain?.createAddress(signal);
  const identity = one.identity();
  const address = readAddress(text ?? '')?.address;
  if (address === undefined || !identity) return refuse({ is: 'chainUnavailable' });
  const row: AddressRow = {
    address,
    accountId: wallet.accountId,
    walletId: wallet.id,
    backendId: one.backend.id,
    backendIdentity: identity.key,
    createdAt: deps.clock.now(),
    askedBy: asked?.by ?? null,
    askedKey: asked?.key ?? null,
    askedDigest: asked?.digest ?? null,
  };
  await insertAddress(deps.db, row, deps.heights.of(one.backend.id));
  return address;
};
