// From what a client asked to an order that may be sent: address, amount, backend, fee. Nothing is written here.
import type { Chain, ChainPace } from '../backends/port.ts';
import { readAddress } from '../lightning/address.ts';
import { type Msat, msat } from '../lightning/values.ts';
import { refuse } from '../platform/refusal.ts';
import type { WalletView } from '../wallets/view.ts';
import type { PayoutDeps } from './deps.ts';
import type { Speed } from './view.ts';

export interface PayoutAsk {
  readonly wallet: WalletView;
  readonly address: string;
  readonly amount: { readonly msat: bigint } | 'all';
  readonly speed: Speed;
}

export interface ChainCandidate {
  readonly backendId: string;
  readonly identityKey: string;
  readonly chain: Chain;
}

export interface PreparedPayout {
  readonly on: ChainCandidate;
  readonly address: string;
  readonly amount: Msat;
  /** The backend is asked to send everything; `amount` is what it has now. */
  readonly sendsAll: boolean;
  readonly fee: Msat;
  readonly pace: ChainPace;
}

const askMs = 10_000;

/** The address as nodes write it. Throws Refused `invalidInput` (address) for one of another network. */
export const addressFor = (deps: Pick<PayoutDeps, 'network'>, text: string): string => {
  const read = readAddress(text);
  return read?.networks.includes(deps.network)
    ? read.address
    : refuse({ is: 'invalidInput', field: 'address', rule: `an address of ${deps.network}`, given: text.slice(0, 100) });
};

export const paceOf = (deps: PayoutDeps, speed: Speed): ChainPace => ({ speed, targetConfirmations: deps.settings.targets[speed] });

/** Throws Refused: amountIsZero, belowDust, nothingToSend, insufficientBalance, notSupported, chainUnavailable, invalidInput (address). */
export const preparePayout = async (deps: PayoutDeps, ask: PayoutAsk): Promise<PreparedPayout> => {
  const address = addressFor(deps, ask.address);
  if (ask.amount !== 'all') checkAmount(deps, ask.amount.msat);
  const candidates = chainsOf(deps, ask.wallet.payRoute);
  if (candidates.length === 0) return refuse({ is: 'notSupported' });
  for (const { id, verified } of candidates) {
    const on = await verified();
    if (on === null) continue;
    try {
      return await priced(deps, { ask, address, on });
    } catch (error) {
      // Nothing was sent: the next backend of the route may be asked.
      if (!(error instanceof Error) || error.name !== 'BackendFault') throw error;
      deps.log.warn({ err: error, backend: id }, 'this backend cannot say what a send would cost, so it is not asked to send');
    }
  }
  return refuse({ is: 'chainUnavailable' });
};

const checkAmount = (deps: PayoutDeps, amount: bigint): void => {
  if (amount <= 0n) refuse({ is: 'amountIsZero' });
  const { leastSats } = deps.settings;
  if (amount < BigInt(leastSats) * 1000n) refuse({ is: 'belowDust', leastSats });
};

const chainsOf = (deps: PayoutDeps, ids: readonly string[]) =>
  ids.flatMap((id) => {
    const one = deps.registry.get(id);
    const chain = one?.backend.chain;
    if (!one || !chain || chain.traits.sendsNot !== undefined) return [];
    const verified = async (): Promise<ChainCandidate | null> => {
      if (one.identity() === null) await one.verify();
      const identity = one.identity();
      return identity === null || one.refusal() !== null ? null : { backendId: id, identityKey: identity.key, chain };
    };
    return [{ id, verified }];
  });

interface Pricing {
  readonly ask: PayoutAsk;
  readonly address: string;
  readonly on: ChainCandidate;
}

const priced = async (deps: PayoutDeps, { ask, address, on }: Pricing): Promise<PreparedPayout> => {
  const pace = paceOf(deps, ask.speed);
  if (ask.amount !== 'all') {
    const amount = msat(ask.amount.msat);
    return { on, address, amount, sendsAll: false, fee: await feeOf(deps, { ask, on, amount, address }), pace };
  }
  if (ask.wallet.balanceKind === 'node') {
    const amount = await confirmedOf(deps, on);
    if (amount <= 0n) return refuse({ is: 'nothingToSend' });
    return { on, address, amount, sendsAll: true, fee: msat(0n), pace };
  }
  // The wallet's share of the node and no more: what it has, less what sending that costs.
  const available = wholeSats(await deps.available(ask.wallet.id));
  if (available <= 0n) return refuse({ is: 'nothingToSend' });
  const fee = await feeOf(deps, { ask, on, amount: await lessFee(deps, { ask, on, amount: available, address }), address });
  const amount = wholeSats(available - fee);
  checkAmount(deps, amount > 0n ? amount : 1n);
  return { on, address, amount, sendsAll: false, fee, pace };
};

const wholeSats = (amount: bigint): Msat => msat(amount <= 0n ? 0n : amount - (amount % 1000n));

/** An amount that leaves room for a fee on a node that may hold no more than the wallet does. */
const lessFee = async (deps: PayoutDeps, asked: Costing): Promise<Msat> => {
  const confirmed = await confirmedOf(deps, asked.on);
  return confirmed > asked.amount ? asked.amount : wholeSats((asked.amount * 9n) / 10n);
};

const confirmedOf = async (deps: PayoutDeps, on: ChainCandidate): Promise<Msat> => {
  const balance = await deps.registry.get(on.backendId)?.backend.balance?.(AbortSignal.timeout(askMs));
  return wholeSats(balance?.chainConfirmed ?? 0n);
};

interface Costing {
  readonly ask: PayoutAsk;
  readonly on: ChainCandidate;
  readonly amount: Msat;
  readonly address: string;
}

/** What sending this would cost now. Throws Refused where the backend would not send it, and a BackendFault when it cannot be asked. */
export const feeOf = async (deps: PayoutDeps, { ask, on, amount, address }: Costing): Promise<Msat> => {
  const fee = await on.chain.estimateFee({ address, amount }, paceOf(deps, ask.speed), AbortSignal.timeout(askMs));
  if (fee.is === 'fee') return fee.fee;
  switch (fee.reason) {
    case 'insufficientBalance': {
      const ledger = ask.wallet.balanceKind === 'ledger' ? await deps.available(ask.wallet.id) : null;
      const node = await confirmedOf(deps, on);
      return refuse({ is: 'insufficientBalance', neededMsat: amount, availableMsat: ledger !== null && ledger < node ? ledger : node });
    }
    case 'dust':
      return refuse({ is: 'belowDust', leastSats: deps.settings.leastSats });
    case 'address':
      return refuse({ is: 'invalidInput', field: 'address', rule: 'an address that the node takes', given: address });
    case 'feeLimit':
      return refuse({ is: 'feeTooHigh' });
    case 'other':
      return refuse({ is: 'chainUnavailable' });
  }
};

/** What a send would cost, in msat: nothing inside the gateway. Throws Refused as a send would, before anything is written. */
export const payoutFee = async (deps: PayoutDeps, ask: PayoutAsk): Promise<bigint> => {
  const own = await deps.ownAddress(addressFor(deps, ask.address));
  if (own && own.id !== ask.wallet.id && isInside(ask.wallet, own)) return 0n;
  return (await preparePayout(deps, ask)).fee;
};

/** Between two of our ledger wallets no transaction is needed. */
export const isInside = (from: WalletView, to: WalletView): boolean => from.balanceKind === 'ledger' && to.balanceKind === 'ledger';
