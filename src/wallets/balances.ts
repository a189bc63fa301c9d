// What a wallet can spend: a ledger wallet what its journals left it, a node wallet what the backends of its pay route can spend now, and one that
// holds dollars the cents that its backend tells.
import { BackendFault, type Balance } from '../backends/port.ts';
import type { Registry } from '../backends/registry.ts';
import { Refused } from '../platform/refusal.ts';
import type { WalletStore } from './store.ts';
import type { WalletView } from './view.ts';

const askMs = 10_000;

/** Spendable of each wallet in msat, or in cents where it holds dollars, in the order asked; an error stands for that wallet alone. */
export const balanceReader =
  (wallets: WalletStore, registry: Registry) =>
  async (ids: readonly string[]): Promise<readonly (bigint | Error)[]> => {
    const views = await Promise.all(ids.map((id) => wallets.wallet(id)));
    const ledger = views.some((view) => view?.balanceKind === 'ledger') ? await wallets.available(ids) : new Map<string, bigint>();
    const ask = onceEach(registry);
    return Promise.all(
      views.map((view, index) => {
        if (!view) return new Refused({ is: 'notFound', what: 'wallet', given: ids[index] ?? '' });
        return view.balanceKind === 'ledger' ? (ledger.get(view.id) ?? 0n) : spendable(view, ask);
      }),
    );
  };

const spendable = async (wallet: WalletView, ask: (backendId: string) => Promise<Balance>): Promise<bigint | Error> => {
  try {
    const parts = await Promise.all([...new Set(wallet.payRoute)].map(ask));
    return parts.reduce((sum, part) => sum + (wallet.currency === 'USD' ? (part.cents ?? 0n) : part.spendable), 0n);
  } catch (error) {
    if (error instanceof BackendFault) return new Refused({ is: 'backendUnavailable' });
    return error instanceof Error ? error : new Error(String(error));
  }
};

/** Each backend is asked once, however many wallets stand on it. */
const onceEach = (registry: Registry): ((backendId: string) => Promise<Balance>) => {
  const asked = new Map<string, Promise<Balance>>();
  return (id) => {
    const known = asked.get(id) ?? balanceOf(registry, id);
    asked.set(id, known);
    return known;
  };
};

const balanceOf = async (registry: Registry, id: string): Promise<Balance> => {
  const balance = registry.get(id)?.backend.balance;
  if (!balance) throw new BackendFault({ kind: 'unreachable', detail: `backend ${id} is not configured or tells no balance` });
  return balance(AbortSignal.timeout(askMs));
};
