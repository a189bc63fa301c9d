// What Galoy offers for wallets that hold dollars. Such a wallet is one of an upstream's: orders go through in cents, and what they were worth is
// upstream's word. Whoever asks it of a wallet that holds bitcoin is told what upstream tells, after what is wrong with the question itself.
import { createInvoice } from '../invoices/create.ts';
import type { InvoiceView } from '../invoices/view.ts';
import { decodeFor } from '../payments/prepare.ts';
import { probeFee } from '../payments/probe.ts';
import { paymentByAsk } from '../payments/store.ts';
import { refuse } from '../platform/refusal.ts';
import { replayOr } from '../platform/replay.ts';
import type { WalletView } from '../wallets/view.ts';
import type { CommandDeps } from './deps.ts';
import { ownWallet, recipientWallet } from './scope.ts';
import type { Asking, CommandName, CommandTypes, CreateUsdInvoice, SendAnswer, SendPayment, UsdAsk } from './table.ts';

type Asked = { readonly by: string; readonly key: string; readonly digest: string } | null;

type Names = 'createUsdInvoice' | 'createUsdInvoiceOnBehalf' | 'sendUsd' | 'probeUsd' | 'transferUsd';
type Handlers = { readonly [N in Names]: (input: CommandTypes[N]['input'], asking: Asking) => Promise<CommandTypes[N]['output']> };

export interface DollarsShared {
  readonly askedUnder: (asking: Asking, name: CommandName, input: object) => Asked;
  readonly send: (input: SendPayment, on: { readonly asking: Asking; readonly asked: Asked }) => Promise<SendAnswer>;
}

const backendMs = 15_000;

interface Refusable {
  readonly amount: number | null;
  readonly inSats?: boolean;
  readonly bolt11?: string;
  readonly expirySeconds?: number | null;
}

/** What is wrong with a question, for a wallet that it cannot be asked of. */
const refused = (deps: CommandDeps, { amount, inSats, bolt11, expirySeconds }: Refusable): never => {
  if (bolt11 !== undefined) decodeFor(bolt11, deps.payments.network);
  if (typeof expirySeconds === 'number' && (expirySeconds < 60 || expirySeconds > 86_400))
    refuse({ is: 'invalidInput', field: 'expirySeconds', rule: '60 to 86400', given: String(expirySeconds) });
  if (amount === 0) refuse({ is: inSats === true ? 'amountIsZero' : 'usdAmountIsZero' });
  return refuse({ is: 'wrongCurrency' });
};

export const dollarHandlers = (deps: CommandDeps, { askedUnder, send }: DollarsShared): Handlers => {
  const create = async (input: CreateUsdInvoice, on: { readonly asking: Asking; readonly wallet: WalletView }): Promise<InvoiceView> => {
    if (on.wallet.currency !== 'USD' || input.amount === 0) return refused(deps, input);
    const { amount, inSats, memo, descriptionHash, expirySeconds, externalId, webhookUrl } = input;
    const order = {
      ...(inSats ? { amountMsat: BigInt(amount) * 1000n } : { amountMsat: null, amountCents: BigInt(amount) }),
      ...{ memo, descriptionHash, expirySeconds, externalId, webhookUrl },
      ...{ wallet: on.wallet, asked: askedUnder(on.asking, 'createUsdInvoice', input) },
    };
    return createInvoice(deps.invoices, order, AbortSignal.timeout(backendMs));
  };
  /** Over cents where the operation names some, else over what the request asks for. */
  const orderOf = ({ walletId, amount, bolt11 }: UsdAsk) =>
    ({ walletId, bolt11, amount: amount === null ? 'inInvoice' : { cents: BigInt(amount) } }) as const;

  return {
    createUsdInvoice: async (input, asking) => create(input, { asking, wallet: await ownWallet(deps, asking, input.walletId) }),
    createUsdInvoiceOnBehalf: async (input, asking) =>
      create(input, { asking, wallet: await recipientWallet(deps, asking, input.walletId) }),
    sendUsd: async (input, asking) => {
      const wallet = await ownWallet(deps, asking, input.walletId);
      if (wallet.currency !== 'USD') return refused(deps, input);
      const asked = askedUnder(asking, 'sendUsd', input);
      return send({ ...orderOf(input), memo: input.memo, maxFeeMsat: null }, { asking, asked });
    },
    probeUsd: async (input, asking) => {
      const wallet = await ownWallet(deps, asking, input.walletId);
      if (wallet.currency !== 'USD') return refused(deps, input);
      return probeFee(deps.payments, { ...orderOf(input), wallet, maxFeeMsat: null });
    },
    transferUsd: async (input, asking) => {
      const from = await ownWallet(deps, asking, input.walletId);
      const to = await deps.wallets.wallet(input.recipientWalletId.toLowerCase());
      if (!to) return refuse({ is: 'notFound', what: 'recipient', given: input.recipientWalletId });
      // Nothing changes its currency here.
      if (from.currency !== 'USD' || to.currency !== 'USD') return refuse({ is: 'wrongCurrency' });
      if (input.amount === 0) return refuse({ is: 'usdAmountIsZero' });
      if (from.id === to.id) return refuse({ is: 'selfPayment' });
      return transferByInvoice(deps, { input, on: { asking, asked: askedUnder(asking, 'transferUsd', input) }, to, send });
    },
  };
};

interface Transferring extends Pick<DollarsShared, 'send'> {
  readonly input: CommandTypes['transferUsd']['input'];
  readonly on: { readonly asking: Asking; readonly asked: Asked };
  readonly to: WalletView;
}

/**
 * There are no books of ours in dollars, so they move as upstream moves them: by an invoice of the recipient's, which the sender pays. An order that
 * is repeated under its key is about the invoice that was paid first; of two at once each makes one, which is harmless, and one is paid.
 */
const transferByInvoice = async (deps: CommandDeps, { input, on, to, send }: Transferring): Promise<SendAnswer> => {
  const { walletId, amount, memo } = input;
  const terms = { amountMsat: null, memo, descriptionHash: null, expirySeconds: null, externalId: null, webhookUrl: null };
  // What was begun is answered as it stands, though the recipient's upstream makes no invoice now.
  const { bolt11 } = await replayOr<{ readonly bolt11: string }>(
    () => on.asked && paymentByAsk(deps.payments.db, on.asked),
    () => createInvoice(deps.invoices, { ...terms, wallet: to, asked: null }, AbortSignal.timeout(backendMs)),
  );
  return send({ walletId, bolt11, amount: { cents: BigInt(amount) }, memo, maxFeeMsat: null }, on);
};
