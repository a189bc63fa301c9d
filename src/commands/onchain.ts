// Money on the chain: addresses of the asker's wallets, sends from them, what a send would cost, and what is on its way to them.
import { createAddress, currentAddress } from '../deposits/address.ts';
import { pendingTransaction } from '../deposits/pending.ts';
import { pendingBalances, pendingDeposits } from '../deposits/store.ts';
import { payoutFee } from '../payouts/prepare.ts';
import { sendPayout } from '../payouts/send.ts';
import type { PayoutView } from '../payouts/view.ts';
import { refuse } from '../platform/refusal.ts';
import type { CommandDeps } from './deps.ts';
import type { ChainFeeAsk, Reads, SpeedView } from './reads.ts';
import { ownBitcoin, ownWallet, principal, walletsOf } from './scope.ts';
import type { Asking, CommandName, CommandTypes, PayoutAnswer, SendOnChain } from './table.ts';

type Names = Extract<CommandName, 'createAddress' | 'currentAddress' | 'sendOnChain' | 'sendOnChainUsd' | 'simulateDeposit'>;
type Handlers = { readonly [N in Names]: (input: CommandTypes[N]['input'], asking: Asking) => Promise<CommandTypes[N]['output']> };

interface Shared {
  readonly askedUnder: (asking: Asking, name: CommandName, input: object) => { by: string; key: string; digest: string } | null;
}

// Not the request's own signal: a client that leaves must not make the backend's answer unknown to us.
const backendMs = 15_000;
const mostBlocks = 100;

export const onChainHandlers = (deps: CommandDeps, { askedUnder }: Shared): Handlers => ({
  createAddress: async (input, asking) => {
    const wallet = await ownBitcoin(deps, asking, input.walletId);
    const asked = askedUnder(asking, 'createAddress', input);
    return { address: await createAddress(deps.deposits, { wallet, asked }, AbortSignal.timeout(backendMs)) };
  },
  currentAddress: async ({ walletId }, asking) => {
    const wallet = await ownBitcoin(deps, asking, walletId);
    return { address: await currentAddress(deps.deposits, { wallet, asked: null }, AbortSignal.timeout(backendMs)) };
  },
  sendOnChain: (input, asking) => send(deps, input, { asking, asked: askedUnder(asking, 'sendOnChain', input) }),
  sendOnChainUsd: async ({ walletId }, asking) => {
    // The place of dollar wallets: what a backend with one of its own would pass on. A bitcoin wallet is told Galoy's own words.
    await ownWallet(deps, asking, walletId);
    return refuse({ is: 'wrongCurrency' });
  },
  simulateDeposit: async ({ address, amountMsat, blocks }) => {
    if (!deps.simulatedDepositor) return refuse({ is: 'notSupported' });
    if (blocks < 0 || blocks > mostBlocks)
      return refuse({ is: 'invalidInput', field: 'blocks', rule: `0 to ${mostBlocks}`, given: String(blocks) });
    if (address !== null && amountMsat <= 0n) return refuse({ is: 'amountIsZero' });
    return deps.simulatedDepositor({ address, amountMsat, blocks }) ?? refuse({ is: 'chainUnavailable' });
  },
});

const send = async (
  deps: CommandDeps,
  input: SendOnChain,
  { asking, asked }: { readonly asking: Asking; readonly asked: { by: string; key: string; digest: string } | null },
): Promise<PayoutAnswer> => {
  const { keyId, waitSeconds } = principal(asking);
  const wallet = await ownBitcoin(deps, asking, input.walletId);
  const sent = await sendPayout(deps.payouts, { ...input, wallet, keyId, waitSeconds, asked });
  if (sent.is === 'inside') return { is: 'succeeded', payout: null, transaction: sent.transaction };
  return { is: answerOf(sent.payout), payout: sent.payout, transaction: sent.transaction };
};

/** Galoy says SUCCESS once a payout is on its way; its transaction is pending until a block has it. */
const answerOf = ({ state, isTaken }: PayoutView): PayoutAnswer['is'] => {
  if (state === 'failed') return 'failed';
  return isTaken ? 'succeeded' : 'pending';
};

type ChainReads = Pick<Reads, 'onChainFee' | 'payoutSpeeds' | 'pendingIncoming' | 'pendingIncomingBalances'>;

export const onChainReads = (deps: CommandDeps): ChainReads => ({
  onChainFee: async (who, { walletId, address, amountMsat, speed }: ChainFeeAsk) => {
    const wallet = (await walletsOf(deps, who)).find((one) => one.id === walletId.toLowerCase());
    if (!wallet) return refuse({ is: 'notFound', what: 'wallet', given: walletId });
    if (amountMsat === null || wallet.currency !== 'BTC') return refuse({ is: 'wrongCurrency' });
    return payoutFee(deps.payouts, { wallet, address, amount: { msat: amountMsat }, speed });
  },
  payoutSpeeds: () => {
    const { targets } = deps.payouts.settings;
    return (['fast', 'medium', 'slow'] as const).map((speed): SpeedView => ({ speed, targetConfirmations: targets[speed] }));
  },
  pendingIncoming: async (walletIds, address) => {
    const rows = await pendingDeposits(deps.deposits.db, walletIds, address);
    return Promise.all(rows.map((row) => pendingTransaction(deps.deposits, row)));
  },
  pendingIncomingBalances: (walletIds) => pendingBalances(deps.deposits.db, walletIds),
});
