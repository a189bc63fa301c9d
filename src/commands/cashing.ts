// The commands of cash-outs, and what hold invoices must know of them: scoped to the asker's wallets like everything else.
import { createCashOut } from '../cashouts/create.ts';
import { cashOutView } from '../cashouts/look.ts';
import { redeemRefund } from '../cashouts/refund.ts';
import { reportDispense } from '../cashouts/report.ts';
import { startDispense } from '../cashouts/start.ts';
import { type HashInWallet, isBegunUnclaimed, isCashOut } from '../cashouts/store.ts';
import type { CashOutView } from '../cashouts/view.ts';
import { isUuid } from '../platform/ids.ts';
import { Refused, refuse } from '../platform/refusal.ts';
import type { Principal, WalletView } from '../wallets/view.ts';
import type { CommandDeps } from './deps.ts';
import { walletsOf } from './scope.ts';
import type { Asking, CommandName, CommandTypes } from './table.ts';

type Names = Extract<CommandName, 'createCashOut' | 'startDispense' | 'reportDispense' | 'redeemRefund'>;
type Handlers = { readonly [N in Names]: (input: CommandTypes[N]['input'], asking: Asking) => Promise<CommandTypes[N]['output']> };

interface Shared {
  /** Throws Refused: unauthenticated, notFound. */
  readonly ownWallet: (asking: Asking, walletId: string) => Promise<WalletView>;
  readonly askedUnder: (asking: Asking, name: CommandName, input: object) => { by: string; key: string; digest: string } | null;
}

// Not the request's own signal: a machine that leaves must not make the backend's answer unknown to us.
const backendMs = 15_000;
const patience = (): AbortSignal => AbortSignal.timeout(backendMs);

export const cashOutHandlers = (deps: CommandDeps, { ownWallet, askedUnder }: Shared): Handlers => ({
  createCashOut: async (input, asking) => {
    const wallet = await ownWallet(asking, input.walletId);
    return createCashOut(deps, { ...input, wallet, asked: askedUnder(asking, 'createCashOut', input) }, patience());
  },
  startDispense: async ({ id }, asking) => startDispense(deps, (await own(deps, asking, id)).id, patience()),
  reportDispense: async ({ id, ...report }, asking) => reportDispense(deps, (await own(deps, asking, id)).id, report, patience()),
  redeemRefund: async ({ id, bolt11 }, asking) => {
    const { walletId } = await own(deps, asking, id);
    const wallet = await ownWallet(asking, walletId);
    const { keyId, waitSeconds } = asking.who ?? refuse({ is: 'unauthenticated' });
    return redeemRefund(deps, { wallet, id: id.toLowerCase(), bolt11, keyId, waitSeconds });
  },
});

const own = async (deps: CommandDeps, asking: Asking, id: string): Promise<CashOutView> =>
  (await ownCashOut(deps, asking.who ?? refuse({ is: 'unauthenticated' }), id)) ?? refuse({ is: 'notFound', what: 'cashOut', given: id });

/** Null when none of the asker's wallets has such a cash-out. */
export const ownCashOut = async (deps: CommandDeps, who: Principal, id: string): Promise<CashOutView | null> => {
  if (!isUuid(id)) return null;
  try {
    const view = await cashOutView(deps, id.toLowerCase(), null);
    return (await walletsOf(deps, who)).some((wallet) => wallet.id === view.walletId) ? view : null;
  } catch (error) {
    if (error instanceof Refused && error.refusal.is === 'notFound') return null;
    throw error;
  }
};

/** A cash-out's hold is settled by the machine's report alone: whoever settled it by hand would take money for no cash. */
export const refuseForCashOut = async (deps: CommandDeps, of: HashInWallet): Promise<void> => {
  if (await isCashOut(deps.invoices.db, of)) refuse({ is: 'wrongState', state: 'cashOut', asked: 'settleAsked' });
};

/**
 * What its machine has begun nobody else cancels. A start that comes between this look and the cancellation claims the invoice, and that
 * forbids it.
 */
export const refuseForBegun = async (deps: CommandDeps, of: HashInWallet): Promise<void> => {
  if (await isBegunUnclaimed(deps.invoices.db, of)) refuse({ is: 'wrongState', state: 'claimed', asked: 'cancelAsked' });
};
