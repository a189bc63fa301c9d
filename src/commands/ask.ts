// The only way in for what changes something: authorise, limit, run. Refusals are thrown as `Refused`; doors put them into words.
import { createHash } from 'node:crypto';
import { cancelInvoice } from '../invoices/cancel.ts';
import { createInvoice } from '../invoices/create.ts';
import { createHoldInvoice } from '../invoices/hold.ts';
import { createLateInvoice } from '../invoices/late.ts';
import { cancelHold, settleHold } from '../invoices/settle.ts';
import type { InvoiceView } from '../invoices/view.ts';
import type { DecodedBolt11 } from '../lightning/bolt11.ts';
import { decodeFor, type SendOrder } from '../payments/prepare.ts';
import { probeFee } from '../payments/probe.ts';
import { sendPayment } from '../payments/send.ts';
import { toJson } from '../platform/effects.ts';
import { refuse } from '../platform/refusal.ts';
import { transactionOf } from '../wallets/transactions.ts';
import type { WalletView } from '../wallets/view.ts';
import { addressHandlers } from './addressing.ts';
import { adminHandlers } from './administer.ts';
import { callbackHandlers } from './callbacks.ts';
import { cashOutHandlers, refuseForBegun, refuseForCashOut } from './cashing.ts';
import type { CommandDeps } from './deps.ts';
import { dollarHandlers } from './dollars.ts';
import { keyHandlers } from './keys.ts';
import { limitedCommands } from './limits.ts';
import { onChainHandlers } from './onchain.ts';
import { priceHandlers } from './pricing.ts';
import { ownBitcoin, ownWallet, principal, recipientWallet } from './scope.ts';
import {
  type Ask,
  type Asking,
  type CommandName,
  type CommandTypes,
  type CreateInvoice,
  commandScopes,
  type ProbeAnswer,
  type ProbeFee,
  type SendAnswer,
  type SendPayment,
} from './table.ts';
import { transferHandlers } from './transferring.ts';

type Handlers = { readonly [N in CommandName]: (input: CommandTypes[N]['input'], asking: Asking) => Promise<CommandTypes[N]['output']> };

/** The command table over these parts. */
export const createAsk = (deps: CommandDeps): Ask => {
  const handlers: Handlers = {
    ...adminHandlers(deps),
    ...keyHandlers(deps),
    ...cashOutHandlers(deps, { ownWallet: (asking, id) => ownBitcoin(deps, asking, id), askedUnder }),
    ...callbackHandlers(deps),
    ...transferHandlers(deps, { askedUnder }),
    ...priceHandlers(deps),
    ...dollarHandlers(deps, { askedUnder, send: (input, on) => send(deps, input, on) }),
    ...onChainHandlers(deps, { askedUnder }),
    ...addressHandlers(deps, {
      askedUnder,
      pay: (wallet, order, asking) => pay(deps, asking, { ...order, wallet, amount: 'inInvoice', maxFeeMsat: null }),
    }),
    createInvoice: async (input, asking) => createOwn(deps, input, { asking, wallet: await ownWallet(deps, asking, input.walletId) }),
    createInvoiceOnBehalf: (input, asking) => createOnBehalf(deps, input, asking),
    cancelInvoice: async (input, asking): Promise<InvoiceView> => {
      const { id } = await ownWallet(deps, asking, input.walletId);
      await refuseForBegun(deps, { ...input, walletId: id });
      return cancelInvoice(deps.invoices, input, AbortSignal.timeout(backendMs));
    },
    createHoldInvoice: async (input, asking) => {
      const wallet = await ownBitcoin(deps, asking, input.walletId);
      const asked = askedUnder(asking, 'createHoldInvoice', input);
      return createHoldInvoice(deps.invoices, { ...input, webhookUrl: null, wallet, asked }, AbortSignal.timeout(backendMs));
    },
    settleHoldInvoice: async (input, asking) => {
      const { id } = await ownWallet(deps, asking, input.walletId);
      await refuseForCashOut(deps, { ...input, walletId: id });
      return settleHold(deps.invoices, { ...input, walletId: id }, AbortSignal.timeout(backendMs));
    },
    cancelHoldInvoice: async (input, asking) => {
      const { id } = await ownWallet(deps, asking, input.walletId);
      const mayUndo = principal(asking).scopes.has('ADMIN');
      await refuseForBegun(deps, { ...input, walletId: id });
      return cancelHold(deps.invoices, { ...input, walletId: id, mayUndo }, AbortSignal.timeout(backendMs));
    },
    sendPayment: (input, asking) => send(deps, input, { asking, asked: askedUnder(asking, 'sendPayment', input) }),
    probeFee: (input, asking) => probe(deps, input, asking),
    decodeInvoice: async (input): Promise<DecodedBolt11> => decodeFor(input.bolt11, deps.payments.network),
    simulatePayer: async (input) => (deps.simulatedPayer ? deps.simulatedPayer(input) : refuse({ is: 'notSupported' })),
  };
  return async (name, input, asking) => {
    authorise(name, asking);
    const limited = limitedCommands[name];
    if (limited !== undefined && asking.who) await deps.limits.keyed(limited, asking.who);
    return handlers[name](input, asking);
  };
};

// Not the request's own signal: a client that leaves must not make the backend's answer unknown to us.
const backendMs = 15_000;

const authorise = (name: CommandName, asking: Asking): void => {
  const [first, ...others] = commandScopes[name];
  if (first === undefined) return;
  if (!asking.who) refuse({ is: 'unauthenticated' });
  const { scopes } = asking.who ?? { scopes: new Set() };
  if (![first, ...others].some((scope) => scopes.has(scope))) refuse({ is: 'forbidden', needs: first, kind: 'write' });
};

/** Key and input as they are stored with the row that the request creates (DESIGN §5, idempotency). */
const askedUnder = (
  asking: Asking,
  name: CommandName,
  input: object,
): { readonly by: string; readonly key: string; readonly digest: string } | null => {
  if (asking.key === null || !asking.who) return null;
  const digest = createHash('sha256')
    .update(toJson([name, input]))
    .digest('hex');
  return { by: asking.who.keyId ?? asking.who.accountId, key: asking.key, digest };
};

const createFor = async (
  deps: CommandDeps,
  input: CreateInvoice,
  on: { readonly asking: Asking; readonly wallet: WalletView },
): Promise<InvoiceView> => {
  const asked = askedUnder(on.asking, 'createInvoice', input);
  if (on.wallet.currency !== 'BTC' && input.amountMsat !== null)
    return refuse({ is: input.amountMsat === 0n ? 'amountIsZero' : 'wrongCurrency' });
  return createInvoice(deps.invoices, { ...input, wallet: on.wallet, asked }, AbortSignal.timeout(backendMs));
};

/** A wallet's own invoice over an amount: held and settled late where that is the wallet's policy. */
const createOwn = (
  deps: CommandDeps,
  input: CreateInvoice,
  on: { readonly asking: Asking; readonly wallet: WalletView },
): Promise<InvoiceView> => {
  const { settleAfterSeconds } = on.wallet;
  if (settleAfterSeconds === null || input.amountMsat === null) return createFor(deps, input, on);
  const order = { ...input, wallet: on.wallet, asked: askedUnder(on.asking, 'createInvoice', input) };
  return createLateInvoice(deps.invoices, { order, settleAfterSeconds }, AbortSignal.timeout(backendMs));
};

const createOnBehalf = async (deps: CommandDeps, input: CreateInvoice, asking: Asking): Promise<InvoiceView> =>
  createFor(deps, input, { asking, wallet: await recipientWallet(deps, asking, input.walletId) });

interface Sending {
  readonly asking: Asking;
  readonly asked: SendOrder['asked'];
}

const send = async (deps: CommandDeps, input: SendPayment, { asking, asked }: Sending): Promise<SendAnswer> => {
  const wallet = await ownWallet(deps, asking, input.walletId);
  return pay(deps, asking, { ...input, wallet, asked });
};

const pay = async (deps: CommandDeps, asking: Asking, order: Omit<SendOrder, 'keyId' | 'waitSeconds'>): Promise<SendAnswer> => {
  const { keyId, waitSeconds } = principal(asking);
  const { wallet } = order;
  const sent = await sendPayment(deps.payments, { ...order, keyId, waitSeconds });
  const { payment } = sent;
  // Somebody else's payment for the same request is theirs to look at.
  const own = payment && payment.walletId === wallet.id ? payment : null;
  if (sent.is === 'payment') return { is: sent.payment.state, payment: own, transaction: own && sent.transaction };
  return { is: 'alreadyPaid', payment: own, transaction: own && (await transactionOf(deps.payments.db, own.id, wallet.id)) };
};

const probe = async (deps: CommandDeps, input: ProbeFee, asking: Asking): Promise<ProbeAnswer> => {
  const wallet = await ownWallet(deps, asking, input.walletId);
  // In dollars there is an operation of its own.
  if (wallet.currency !== 'BTC') {
    decodeFor(input.bolt11, deps.payments.network);
    return refuse({ is: 'wrongCurrency' });
  }
  return probeFee(deps.payments, { ...input, wallet, maxFeeMsat: null });
};
