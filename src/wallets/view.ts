// What leaves the wallets folder: accounts, wallets, transactions and who a key is. Amounts in msat, times as Date.

export type Scope = 'READ' | 'RECEIVE' | 'WRITE' | 'ADMIN';

/** Who asks: an API key's account, what it may do, and the one wallet it sees when it is bound to one. */
export interface Principal {
  readonly accountId: string;
  readonly keyId: string | null;
  /** Set: every other wallet of the account does not exist for this key. */
  readonly walletId: string | null;
  readonly scopes: ReadonlySet<Scope>;
  /** Seconds to wait for a payment's end before it is answered as pending; null: the gateway's setting. */
  readonly waitSeconds: number | null;
}

export interface AccountView {
  readonly id: string;
  readonly name: string;
  readonly username: string | null;
  readonly displayCurrency: string;
  readonly defaultWalletId: string;
  readonly createdAt: Date;
}

export interface WalletView {
  readonly id: string;
  readonly accountId: string;
  readonly name: string;
  readonly currency: 'BTC' | 'USD';
  readonly balanceKind: 'node' | 'ledger';
  readonly availableMsat: bigint;
  /** Backend ids in the order they are tried. */
  readonly receiveRoute: readonly string[];
  readonly payRoute: readonly string[];
  readonly acceptFixedAmount: boolean;
  readonly keylessCreate: boolean;
  readonly defaultExpirySeconds: number | null;
  readonly defaultFeeLimitPpm: number | null;
  /** Set: its invoices are held and told as paid, and settled so many seconds later unless an admin undoes it. */
  readonly settleAfterSeconds: number | null;
}

export interface TransactionView {
  readonly id: string;
  readonly accountId: string;
  readonly walletId: string;
  readonly direction: 'send' | 'receive';
  readonly status: 'pending' | 'success' | 'failure';
  readonly kind: 'lightning' | 'intraledger' | 'onchain';
  /** Never negative, fee not included; what was received or what the payee gets. */
  readonly amountMsat: bigint;
  /** What was paid for routing; while pending, the reserve. */
  readonly feeMsat: bigint;
  /** Of a wallet that holds dollars, in cents as amount and fee are in msat; 0 until upstream has said. Null: the wallet holds bitcoin. */
  readonly amountCents: bigint | null;
  readonly feeCents: bigint | null;
  readonly paymentHash: string | null;
  readonly bolt11: string | null;
  readonly preimage: string | null;
  readonly address: string | null;
  readonly txid: string | null;
  readonly vout: number | null;
  readonly memo: string | null;
  readonly externalId: string | null;
  readonly subjectId: string;
  /** Of a movement inside: the wallet of the other side, and the handle of its account. */
  readonly counterpartyWalletId: string | null;
  readonly counterpartyUsername: string | null;
  /** Minor units of `priceCurrency` for one satoshi (or cent, of a wallet that holds dollars), times 10^12; null when no price was known. */
  readonly priceBase: bigint | null;
  readonly priceCurrency: string;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
}

/** A page of a list, newest first. Cursors are opaque to clients; stable while rows are added. */
export interface PageAsk {
  readonly take: number;
  /** Older than this cursor. */
  readonly after: string | null;
  /** Newer than this cursor. */
  readonly before: string | null;
  /** True for `last`: the oldest rows of the range. */
  readonly fromEnd: boolean;
}
export interface Page<T> {
  readonly rows: readonly { readonly cursor: string; readonly node: T }[];
  readonly hasNext: boolean;
  readonly hasPrevious: boolean;
}
