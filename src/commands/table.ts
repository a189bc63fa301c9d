// The one table of what a door may ask for. Doors offer parts of it and hold no logic; what is not a command is a read (reads.ts).
import type { CashOutView } from '../cashouts/view.ts';
import type { InvoiceStatus, InvoiceView } from '../invoices/view.ts';
import type { DecodedBolt11 } from '../lightning/bolt11.ts';
import type { PaymentView } from '../payments/view.ts';
import type { PayoutView, Speed } from '../payouts/view.ts';
import type { LimitWindow } from '../wallets/spending.ts';
import type { EndpointView } from '../wallets/store-callbacks.ts';
import type { KeyView } from '../wallets/store-keys.ts';
import type { AccountView, Principal, Scope, TransactionView, WalletView } from '../wallets/view.ts';

export type Door = 'graphql' | 'kafka' | 'nostr' | 'ilp' | 'lnurl' | 'cli' | 'worker';

/** Who asks, through which door, and under which key the answer is remembered (kept on the row that the first write creates). */
export interface Asking {
  /** Null: nobody said who they are; only what needs no key is answered. */
  readonly who: Principal | null;
  readonly door: Door;
  /** Idempotency key: the same key with the same input replays the current answer; with other input it is refused. */
  readonly key: string | null;
  /** The network address behind the request, for limits on what needs no key. */
  readonly from: string | null;
  readonly signal: AbortSignal;
}

export interface CreateInvoice {
  readonly walletId: string;
  /** Null: the payer chooses. */
  readonly amountMsat: bigint | null;
  readonly memo: string | null;
  /** 64 lower-case hex digits; goes into the request instead of the memo. */
  readonly descriptionHash: string | null;
  /** Null: the wallet's default, else Galoy's (4 h with an amount, 2 h without). 60 s to 24 h, else refused (`invalidInput` on `expirySeconds`). */
  readonly expirySeconds: number | null;
  /** Null: the payment hash. Unique in the account. */
  readonly externalId: string | null;
  readonly webhookUrl: string | null;
}

export interface SendPayment {
  readonly walletId: string;
  /** As it came from the client; may be of any case, may not decode. */
  readonly bolt11: string;
  /** `inInvoice`: lnInvoicePaymentSend. A number: lnNoAmount…, with what the client gave; in cents of a wallet that holds dollars. */
  readonly amount: 'inInvoice' | { readonly msat: bigint } | { readonly cents: bigint };
  readonly memo: string | null;
  /** Most that routing may cost; 0: nothing. Null: the wallet's default, else Galoy's reserve. */
  readonly maxFeeMsat: bigint | null;
}

export interface SendLnurl {
  readonly walletId: string;
  /** An LNURL in any form, or a Lightning address, as the client gave it. */
  readonly to: string;
  /** What the payee gets; the invoice that it gives must say just this. */
  readonly amountMsat: bigint;
  /** For the payee (LUD-12), and kept as the payment's memo. */
  readonly comment: string | null;
}

/** What became of a send: never thrown once a row says `sending`. `pending`: it ends later, by the backend's word. */
export interface SendAnswer {
  readonly is: 'succeeded' | 'pending' | 'failed' | 'alreadyPaid';
  readonly payment: PaymentView | null;
  readonly transaction: TransactionView | null;
}

export type ProbeFee = Pick<SendPayment, 'walletId' | 'bolt11' | 'amount'>;

/** `noRoute` still names the reserve that a send would take (contract §5.5). */
export type ProbeAnswer =
  /** `cents`: of a wallet that holds dollars, instead of what is in msat; null where nobody can say what would be set aside. */
  | { readonly is: 'fee'; readonly feeMsat: bigint; readonly cents?: bigint }
  | { readonly is: 'noRoute'; readonly reserveMsat: bigint; readonly cents?: bigint | null };

export interface SimulatedPay {
  readonly bolt11: string;
  /** For a request without an amount, or to pay more than it asks for. */
  readonly amountMsat: bigint | null;
}

export interface SendOnChain {
  readonly walletId: string;
  readonly address: string;
  /** `all`: what the wallet has, less the fee. */
  readonly amount: { readonly msat: bigint } | 'all';
  readonly speed: Speed;
  readonly memo: string | null;
}

/** What became of a send on the chain: never thrown once a row says `sending`. `succeeded`: it was broadcast, or is sure to be. */
export interface PayoutAnswer {
  readonly is: 'succeeded' | 'pending' | 'failed';
  /** Null where no transaction was needed, from one of our wallets to another. */
  readonly payout: PayoutView | null;
  readonly transaction: TransactionView | null;
}

export interface SimulatedDeposit {
  /** Null: blocks alone. */
  readonly address: string | null;
  readonly amountMsat: bigint;
  /** Mined after it. */
  readonly blocks: number;
}

export interface CreateHoldInvoice {
  readonly walletId: string;
  readonly amountMsat: bigint;
  readonly memo: string | null;
  readonly descriptionHash: string | null;
  /** As in CreateInvoice. */
  readonly expirySeconds: number | null;
  readonly externalId: string | null;
  /** 64 hex digits: the caller keeps the preimage. Null: the gateway makes and guards it. */
  readonly paymentHash: string | null;
  /** Seconds; null: 600. Then what is due is done, with no block mined. */
  readonly longestHoldSeconds: number | null;
  /** `settle` only where the gateway has the preimage. */
  readonly onDeadline: 'settle' | 'cancel';
}

export interface CreateCashOut {
  readonly walletId: string;
  readonly amountMsat: bigint;
  readonly memo: string | null;
  /** Null: 120 s, which is as long as a machine waits. */
  readonly expirySeconds: number | null;
  readonly externalId: string | null;
  /** Longest time from HELD to the start; null: 90 s. */
  readonly startSeconds: number | null;
  /** Longest time from the start to the report; null: 120 s. */
  readonly dispenseSeconds: number | null;
  /** Null: as long as both need. */
  readonly longestHoldSeconds: number | null;
  /** How long a refund may be redeemed; null: 30 days. */
  readonly refundSeconds: number | null;
}

/** What a machine says that it gave out. */
export interface ReportDispense {
  readonly id: string;
  readonly result: 'all' | 'none' | 'partial';
  /** Of `partial`: the part of the amount. */
  readonly dispensedMsat: bigint | null;
  readonly note: string | null;
}

/** Backend ids in the order they are tried; what is in flight stays where it is. */
export interface WalletRoutes {
  readonly receiveRoute: readonly string[];
  readonly payRoute: readonly string[];
}

export interface CreateKey {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Set: the key sees this wallet alone. */
  readonly walletId: string | null;
  readonly expireInDays: number | null;
  /** Seconds that its sends wait before PENDING, 0 to 300; null: the gateway's setting. */
  readonly waitSeconds: number | null;
}

/** What a key may spend in a rolling window, from the next send on. */
export interface SetKeyLimit {
  readonly id: string;
  readonly window: LimitWindow;
  /** Whole satoshis, fees included; null: no limit. */
  readonly sats: number | null;
}

export interface Transfer {
  /** Of the sender, one of the asker's. */
  readonly walletId: string;
  /** Anybody's. */
  readonly recipientWalletId: string;
  readonly amountMsat: bigint;
  readonly memo: string | null;
}

/** As CreateInvoice, for a wallet that holds dollars. */
export interface CreateUsdInvoice extends Omit<CreateInvoice, 'amountMsat'> {
  /** Cents, or satoshis for `inSats`. */
  readonly amount: number;
  readonly inSats: boolean;
}

export interface UsdAsk {
  readonly walletId: string;
  /** Cents. Null: what the request asks for. */
  readonly amount: number | null;
  readonly bolt11: string;
}

/** Between wallets that hold dollars. */
export interface TransferUsd extends Omit<Transfer, 'amountMsat'> {
  /** Cents. */
  readonly amount: number;
}

/** Name → scope that it needs (null: anybody), input, output. */
export interface CommandTypes {
  readonly createInvoice: { readonly input: CreateInvoice; readonly output: InvoiceView };
  /** For a wallet that is not the asker's: off by default, limited when on (`walletId` is the recipient's). */
  readonly createInvoiceOnBehalf: { readonly input: CreateInvoice; readonly output: InvoiceView };
  readonly cancelInvoice: { readonly input: { readonly walletId: string; readonly paymentHash: string }; readonly output: InvoiceView };
  readonly createHoldInvoice: { readonly input: CreateHoldInvoice; readonly output: InvoiceView };
  /** `preimage` null: the gateway's own. Idempotent and durable: the answer may still say `settling`. */
  readonly settleHoldInvoice: {
    readonly input: { readonly walletId: string; readonly paymentHash: string; readonly preimage: string | null };
    readonly output: InvoiceView;
  };
  /** Idempotent and durable: the answer may still say `canceling`. */
  readonly cancelHoldInvoice: { readonly input: { readonly walletId: string; readonly paymentHash: string }; readonly output: InvoiceView };
  readonly createCashOut: { readonly input: CreateCashOut; readonly output: CashOutView };
  /** Once only: a second start is a refusal, whoever asks. */
  readonly startDispense: { readonly input: { readonly id: string }; readonly output: CashOutView };
  /** The same report again is answered as before; another one is refused. */
  readonly reportDispense: { readonly input: ReportDispense; readonly output: CashOutView };
  readonly redeemRefund: { readonly input: { readonly id: string; readonly bolt11: string }; readonly output: CashOutView };
  readonly sendPayment: { readonly input: SendPayment; readonly output: SendAnswer };
  /** Asks the payee for an invoice and pays it. The same ask again pays the same invoice as long as that is open. */
  readonly sendLnurl: { readonly input: SendLnurl; readonly output: SendAnswer };
  /** Between ledger wallets, at once. */
  readonly transfer: { readonly input: Transfer; readonly output: TransactionView };
  /** Between wallets that hold dollars, by an invoice of the recipient's. */
  readonly transferUsd: { readonly input: TransferUsd; readonly output: SendAnswer };
  /** Of wallets that hold dollars: passed on to their upstream. Throws Refused wrongCurrency for any other. */
  readonly createUsdInvoice: { readonly input: CreateUsdInvoice; readonly output: InvoiceView };
  readonly createUsdInvoiceOnBehalf: { readonly input: CreateUsdInvoice; readonly output: InvoiceView };
  readonly sendUsd: { readonly input: UsdAsk & { readonly memo: string | null }; readonly output: SendAnswer };
  readonly probeUsd: { readonly input: UsdAsk; readonly output: ProbeAnswer };
  readonly probeFee: { readonly input: ProbeFee; readonly output: ProbeAnswer };
  readonly decodeInvoice: { readonly input: { readonly bolt11: string }; readonly output: DecodedBolt11 };
  /** A further wallet of the asker's account. */
  readonly createWallet: {
    readonly input: WalletRoutes & { readonly name: string; readonly balanceKind: 'node' | 'ledger' };
    readonly output: WalletView;
  };
  readonly setWalletRoutes: { readonly input: WalletRoutes & { readonly walletId: string }; readonly output: WalletView };
  /** Which wallet the account's handle leads to. */
  readonly setDefaultWallet: { readonly input: { readonly walletId: string }; readonly output: AccountView };
  /** Once and for all. */
  readonly setUsername: { readonly input: { readonly username: string }; readonly output: AccountView };
  /** In which currency the account's amounts are shown from now on. */
  readonly setDisplayCurrency: { readonly input: { readonly currency: string }; readonly output: AccountView };
  /** The secret is in this answer and nowhere else. */
  readonly createKey: { readonly input: CreateKey; readonly output: { readonly key: string; readonly view: KeyView } };
  readonly revokeKey: { readonly input: { readonly id: string }; readonly output: KeyView };
  /** The secret that signs what is sent there is in this answer and nowhere else that a client sees. */
  readonly addCallback: {
    readonly input: { readonly url: string };
    readonly output: { readonly endpoint: EndpointView; readonly secret: string };
  };
  /** What still waits for it is dropped. */
  readonly deleteCallback: { readonly input: { readonly id: string }; readonly output: { readonly id: string } };
  readonly setKeyLimit: { readonly input: SetKeyLimit; readonly output: KeyView };
  /** Asks the backend now what became of a payment, and writes down what it says. */
  readonly askPayment: { readonly input: { readonly paymentHash: string }; readonly output: PaymentView };
  /** Nothing more is sent, on every replica, until resumed; what is under way goes on to its end. */
  readonly haltOutgoing: { readonly input: { readonly reason: string }; readonly output: { readonly halted: string | null } };
  readonly resumeOutgoing: { readonly input: Readonly<Record<never, never>>; readonly output: { readonly halted: string | null } };
  /** Always a new one. */
  readonly createAddress: { readonly input: { readonly walletId: string }; readonly output: { readonly address: string } };
  /** The newest one, made when there is none. */
  readonly currentAddress: { readonly input: { readonly walletId: string }; readonly output: { readonly address: string } };
  readonly sendOnChain: { readonly input: SendOnChain; readonly output: PayoutAnswer };
  /** From a dollar wallet, of which there is none yet: `wrongCurrency`. */
  readonly sendOnChainUsd: { readonly input: { readonly walletId: string }; readonly output: PayoutAnswer };
  /** Coins from outside on the simulated chain; `notSupported` unless a simulated backend is configured. */
  readonly simulateDeposit: {
    readonly input: SimulatedDeposit;
    readonly output: { readonly txid: string | null; readonly height: number };
  };
  /** Makes the simulated payer pay; `notSupported` unless a simulated backend is configured. */
  readonly simulatePayer: { readonly input: SimulatedPay; readonly output: { readonly paid: boolean; readonly detail: string } };
}
export type CommandName = keyof CommandTypes;

/** Scopes, any one of which suffices; empty: no key needed. */
export const commandScopes: { readonly [N in CommandName]: readonly Scope[] } = {
  createInvoice: ['RECEIVE', 'WRITE'],
  createInvoiceOnBehalf: [],
  cancelInvoice: ['RECEIVE', 'WRITE'],
  createHoldInvoice: ['RECEIVE', 'WRITE'],
  settleHoldInvoice: ['RECEIVE', 'WRITE'],
  // ADMIN alone may cancel what was told as paid (wallets that settle late).
  cancelHoldInvoice: ['RECEIVE', 'WRITE', 'ADMIN'],
  createCashOut: ['RECEIVE', 'WRITE'],
  startDispense: ['RECEIVE', 'WRITE'],
  reportDispense: ['RECEIVE', 'WRITE'],
  redeemRefund: ['WRITE'],
  sendPayment: ['WRITE'],
  sendLnurl: ['WRITE'],
  transfer: ['WRITE'],
  transferUsd: ['WRITE'],
  createUsdInvoice: ['RECEIVE', 'WRITE'],
  createUsdInvoiceOnBehalf: [],
  sendUsd: ['WRITE'],
  probeUsd: ['WRITE'],
  setDefaultWallet: ['WRITE'],
  setUsername: ['WRITE'],
  setDisplayCurrency: ['WRITE'],
  probeFee: ['WRITE'],
  decodeInvoice: [],
  createWallet: ['ADMIN'],
  setWalletRoutes: ['ADMIN'],
  createKey: ['ADMIN'],
  revokeKey: ['ADMIN'],
  addCallback: ['WRITE'],
  deleteCallback: ['WRITE'],
  setKeyLimit: ['ADMIN'],
  askPayment: ['ADMIN'],
  haltOutgoing: ['ADMIN'],
  resumeOutgoing: ['ADMIN'],
  createAddress: ['RECEIVE', 'WRITE'],
  currentAddress: ['RECEIVE', 'WRITE'],
  sendOnChain: ['WRITE'],
  sendOnChainUsd: ['WRITE'],
  simulateDeposit: [],
  simulatePayer: [],
};

/** The only way in for whatever changes something. Throws `Refused`. */
export type Ask = <N extends CommandName>(name: N, input: CommandTypes[N]['input'], asking: Asking) => Promise<CommandTypes[N]['output']>;

/** What the status queries and subscriptions tell about any payment request. */
export interface StatusView {
  readonly status: InvoiceStatus;
  readonly paymentHash: string;
  /** Null when only a hash was asked and no request of ours is known for it. */
  readonly bolt11: string | null;
  /** Only for an invoice of ours that was settled; never that of a payment, for anybody may ask. */
  readonly preimage: string | null;
  /** The request's own expiry; null when no request is known for the hash. */
  readonly expiresAt: Date | null;
}
