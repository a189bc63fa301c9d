// Sends to who has no invoice at hand: an LNURL or a Lightning address gives one, which is then paid like any other. A name of our own is not asked
// over HTTP: its wallet makes the invoice.
import { createHash } from 'node:crypto';
import { createInvoice } from '../invoices/create.ts';
import { addressUrl, type LightningAddress, readLightningAddress, readLnurl } from '../lightning/lnurl.ts';
import { invoiceForAsk, type PayableInvoice, requestInvoice } from '../payments/lnurl.ts';
import { feeLimitOf } from '../payments/prepare.ts';
import { toJson } from '../platform/effects.ts';
import { refuse } from '../platform/refusal.ts';
import type { WalletView } from '../wallets/view.ts';
import type { CommandDeps } from './deps.ts';
import { ownWallet } from './scope.ts';
import type { Asking, CommandName, CommandTypes, SendAnswer, SendLnurl } from './table.ts';

type Handlers = Pick<
  { readonly [N in CommandName]: (input: CommandTypes[N]['input'], asking: Asking) => Promise<CommandTypes[N]['output']> },
  'sendLnurl'
>;

interface Shared {
  readonly askedUnder: (asking: Asking, name: CommandName, input: object) => { by: string; key: string; digest: string } | null;
  /** Pays an invoice the amount that stands in it, under the ask that was for the LNURL. */
  readonly pay: (
    wallet: WalletView,
    order: { readonly bolt11: string; readonly memo: string | null; readonly asked: ReturnType<Shared['askedUnder']> },
    asking: Asking,
  ) => Promise<SendAnswer>;
}

// Not the request's own signal: a client that leaves must not make the backend's answer unknown to us.
const backendMs = 15_000;

export const addressHandlers = (deps: CommandDeps, { askedUnder, pay }: Shared): Handlers => ({
  sendLnurl: async (input, asking) => {
    const wallet = await ownWallet(deps, asking, input.walletId);
    if (input.amountMsat <= 0n) return refuse({ is: 'amountIsZero' });
    const asked = askedUnder(asking, 'sendLnurl', input);
    const digest =
      asked?.digest ??
      createHash('sha256')
        .update(toJson([wallet.id, input]))
        .digest('hex');
    const bolt11 = await invoiceForAsk(deps.payments, { asked, digest }, async () => {
      await refuseEarly(deps, wallet, input.amountMsat);
      return issue(deps, wallet, input);
    });
    return pay(wallet, { bolt11, memo: input.comment, asked }, asking);
  },
});

/** What the payment would be refused for anyway need not trouble a stranger's service. */
const refuseEarly = async (deps: CommandDeps, wallet: WalletView, amountMsat: bigint): Promise<void> => {
  if (await deps.payments.halted()) refuse({ is: 'outgoingHalted' });
  if (wallet.balanceKind !== 'ledger') return;
  const availableMsat = (await deps.wallets.available([wallet.id])).get(wallet.id) ?? 0n;
  const neededMsat = amountMsat + feeLimitOf(wallet, amountMsat);
  if (availableMsat < neededMsat) refuse({ is: 'insufficientBalance', neededMsat, availableMsat });
};

const issue = async (deps: CommandDeps, wallet: WalletView, { to, amountMsat, comment }: SendLnurl): Promise<PayableInvoice> => {
  const address = readLightningAddress(to);
  const url = address ? addressUrl(address) : readLnurl(to);
  if (url === null) return refuse({ is: 'lnurlFailed', why: 'notOne', says: null });
  const own = ownName(deps, address, url);
  return own === null
    ? requestInvoice(deps.payments, deps.outbound, { url, amountMsat, comment })
    : invoiceOfOurs(deps, wallet, { username: own, amountMsat, comment });
};

/** The name in an address of our own domain, or in the URL that such an address stands for; null for all others. */
const ownName = ({ about }: CommandDeps, address: LightningAddress | null, url: string): string | null => {
  const domain = about.lightningAddressDomain.toLowerCase();
  if (address) return address.domain === domain ? address.user : null;
  const { host, pathname } = new URL(url);
  const [, user] = /^\/\.well-known\/lnurlp\/([a-z0-9_.+-]{1,64})$/i.exec(pathname) ?? [];
  return host === domain ? (user ?? null) : null;
};

const invoiceOfOurs = async (
  deps: CommandDeps,
  from: WalletView,
  { username, amountMsat, comment }: { readonly username: string; readonly amountMsat: bigint; readonly comment: string | null },
): Promise<PayableInvoice> => {
  const wallet = await deps.wallets.publicWallet(username, 'BTC');
  if (!wallet) return refuse({ is: 'notFound', what: 'account', given: username });
  if (wallet.id === from.id) return refuse({ is: 'selfPayment' });
  const order = { amountMsat, memo: comment, descriptionHash: null, expirySeconds: null, externalId: null, webhookUrl: null };
  const made = await createInvoice(deps.invoices, { ...order, wallet, asked: null }, AbortSignal.timeout(backendMs));
  return { bolt11: made.bolt11, hash: made.paymentHash, expiresAt: made.expiresAt };
};
