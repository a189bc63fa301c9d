// What doors may look at: scoped to the asker, batched where a list would fan out, never a row of the database.
import type { CashOutView } from '../cashouts/view.ts';
import type { InvoiceView } from '../invoices/view.ts';
import type { PaymentView } from '../payments/view.ts';
import type { Speed } from '../payouts/view.ts';
import type { IncidentView } from '../platform/incidents.ts';
import type { Spent } from '../wallets/spending.ts';
import type { EndpointView } from '../wallets/store-callbacks.ts';
import type { KeyView } from '../wallets/store-keys.ts';
import type { AccountView, Page, PageAsk, Principal, TransactionView, WalletView } from '../wallets/view.ts';
import type { PriceReads } from './pricing.ts';
import type { StatusView } from './table.ts';
import type { UpdateReads } from './updates.ts';

/** All amounts in msat. Every read takes the principal and shows only what is its own; foreign things do not exist (`notFound`). */
export interface Reads extends PriceReads, UpdateReads {
  /** The principal of an API key, null when it is unknown, revoked or expired. */
  authenticate(apiKey: string): Promise<Principal | null>;
  account(who: Principal): Promise<AccountView>;
  wallets(who: Principal): Promise<readonly WalletView[]>;
  /** A wallet by its id. Throws Refused `notFound`. */
  wallet(who: Principal, walletId: string): Promise<WalletView>;
  /** Wallet that anybody may see by the username or name of its account (PublicWallet), with `currency` one in it; null when there is none. */
  publicWallet(username: string, currency?: WalletView['currency'] | null): Promise<WalletView | null>;
  /** True when an account answers to this name. */
  isNameTaken(username: string): Promise<boolean>;
  /** Spendable of each wallet, of one that holds dollars in cents, in the order asked; a BackendFault becomes Refused `backendUnavailable` for that wallet alone. */
  balances(walletIds: readonly string[]): Promise<readonly (bigint | Error)[]>;
  transactions(walletIds: readonly string[], page: PageAsk): Promise<Page<TransactionView>>;
  /** Those on the chain with this address. Deposits are here once they are credited. */
  transactionsByAddress(walletIds: readonly string[], address: string, page: PageAsk): Promise<Page<TransactionView>>;
  /** Deposits that are not credited yet, newest first; `address` null: to any. */
  pendingIncoming(walletIds: readonly string[], address: string | null): Promise<readonly TransactionView[]>;
  /** The sum of them in msat, in the order asked. */
  pendingIncomingBalances(walletIds: readonly string[]): Promise<readonly bigint[]>;
  /** What sending this would cost now, in msat. Throws Refused as the send would. */
  onChainFee(who: Principal, ask: ChainFeeAsk): Promise<bigint>;
  payoutSpeeds(): readonly SpeedView[];
  transactionsByHash(walletIds: readonly string[], paymentHash: string): Promise<readonly TransactionView[]>;
  transactionById(walletIds: readonly string[], id: string): Promise<TransactionView | null>;
  invoices(walletIds: readonly string[], page: PageAsk): Promise<Page<InvoiceView>>;
  invoiceByHash(walletIds: readonly string[], paymentHash: string): Promise<InvoiceView | null>;
  /**
   * Status of any payment request, asked by anybody. PAID for what we were paid and for what we have paid; an unknown but decodable
   * request is PENDING or EXPIRED by its own expiry. Throws Refused `invalidInvoice`.
   */
  statusByRequest(bolt11: string): Promise<StatusView>;
  /** Null when neither an invoice nor a payment of ours has this hash. */
  statusByHash(paymentHash: string): Promise<StatusView | null>;
  /** One page of the wallets' hold invoices, newest first; the cursor is the payment hash. */
  holdInvoices(walletIds: readonly string[], page: PageAsk): Promise<Page<InvoiceView>>;
  /** Current state first, then every change; ends after `settled` or `canceled`. Throws Refused `notFound`. */
  watchHoldInvoice(who: Principal, paymentHash: string, signal: AbortSignal): AsyncIterable<InvoiceView>;
  /** One cash-out with its whole story; null when none of the asker's wallets has it. */
  cashOut(who: Principal, id: string): Promise<CashOutView | null>;
  /** Height of a backend's chain; null until it has told of a block. */
  blockHeight(backendId: string): number | null;
  /** The newest payment for a hash among the principal's wallets; a succeeded one wins. */
  payment(who: Principal, paymentHash: string): Promise<PaymentView | null>;
  /** Current status first, then every change; ends after PAID or EXPIRED (EXPIRED comes a second after the expiry). */
  watchStatus(of: { readonly paymentHash: string } | { readonly bolt11: string }, signal: AbortSignal): AsyncIterable<StatusView>;
  /**
   * Current state first (unless `after`), then every change; ends after a final state. `after` resumes where a cursor of an earlier
   * event left off, across restarts and without loss. Throws Refused `notFound`, `invalidInput` (cursor).
   */
  watchPayment(who: Principal, paymentHash: string, after: string | null, signal: AbortSignal): AsyncIterable<PaymentEvent>;
  /** Of the principal's account, or of the one wallet that it is bound to; newest last. */
  apiKeys(who: Principal): Promise<readonly KeyView[]>;
  /** Where the principal's account wants to be called, oldest first; none for a key that sees one wallet. */
  callbackEndpoints(who: Principal): Promise<readonly EndpointView[]>;
  /** What each of these keys has spent, in the order asked. */
  spentByKeys(keyIds: readonly string[]): Promise<readonly Spent[]>;
  /** Every configured backend as it is now; asked of each, so it may take seconds. For scope ADMIN. */
  backends(): Promise<readonly BackendView[]>;
  /** Open ones, newest first; with `all` the resolved ones too. For scope ADMIN. */
  incidents(all: boolean): Promise<readonly IncidentView[]>;
  globals(): Promise<GlobalsView>;
}

export interface ChainFeeAsk {
  readonly walletId: string;
  readonly address: string;
  /** Null: the amount was given in dollars. */
  readonly amountMsat: bigint | null;
  readonly speed: Speed;
}

export interface SpeedView {
  readonly speed: Speed;
  /** Blocks within which it shall be confirmed. */
  readonly targetConfirmations: number;
}

export interface PaymentEvent {
  readonly payment: PaymentView;
  /** Give it back as `after` to resume behind this event. */
  readonly cursor: string;
}

export interface BackendView {
  readonly id: string;
  readonly kind: string;
  readonly identity: string | null;
  readonly label: string | null;
  readonly ready: boolean;
  readonly syncedToChain: boolean | null;
  /** What is wrong, in a sentence; 'ok' when nothing is. */
  readonly detail: string;
  readonly facets: readonly string[];
  /** In msat; null when it cannot be asked. */
  readonly spendableMsat: bigint | null;
  readonly receivableMsat: bigint | null;
  readonly chainConfirmedMsat: bigint | null;
  readonly members: readonly { readonly key: string; readonly ready: boolean }[];
}

export interface GlobalsView {
  readonly network: 'mainnet' | 'testnet' | 'signet' | 'regtest';
  /** Public keys of the Lightning nodes behind the gateway, as far as they are known. */
  readonly nodeIds: readonly string[];
  readonly lightningAddressDomain: string;
  readonly version: string;
  readonly commit: string;
  readonly simulated: boolean;
  readonly blockHeight: number | null;
  readonly blockHash: string | null;
}
