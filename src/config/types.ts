// What the gateway is told by its operator, validated and complete: no key is missing, every path is absolute, every secret is read.
import type { BackendKind, Network } from '../backends/port.ts';
import type { BackendId } from '../lightning/values.ts';
import type { RawLimits } from './schema-limits.ts';

export interface Config {
  /** The file that it was read from; null: there was none. */
  readonly file: string | null;
  /** No backend is configured: a simulated one stands in, and a key is printed at the first start. */
  readonly sandbox: boolean;
  readonly network: Network;
  /** Absolute. The embedded database, the admin socket and `sandbox.json` live here. */
  readonly dataDir: string;
  readonly listen: ListenConfig;
  readonly database: DatabaseConfig;
  readonly log: { readonly level: LogLevel /** Null: pretty when a person is looking (a terminal). */; readonly pretty: boolean | null };
  readonly backends: readonly BackendConfig[];
  readonly accounts: readonly AccountConfig[];
  readonly payments: PaymentsConfig;
  readonly holds: HoldsConfig;
  readonly onChain: OnChainConfig;
  readonly outbound: OutboundConfig;
  readonly graphql: GraphqlConfig;
  /** Null: prices are not known. */
  readonly price: PriceConfig | null;
  /** Host name behind the @ of a lightning address. */
  readonly lightningAddressDomain: string;
  readonly limits: RawLimits;
  /** Nobody else uses these nodes: a hold that we do not know may be canceled. */
  readonly exclusive: boolean;
  /** Every file that a secret was read from, absolute; `doctor` looks at who may read them. */
  readonly secretFiles: readonly string[];
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

export interface ListenConfig {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Absolute paths of PEM files, read again when they change. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
  /** A proxy in front speaks TLS and says who asks (`X-Forwarded-For`, `X-Forwarded-Proto`). */
  readonly trustProxy: boolean;
  readonly insecure: boolean;
  /** As clients see us, without a slash at the end; null: what we listen on. */
  readonly publicUrl: string | null;
  /** How long what is under way may still take after SIGTERM. */
  readonly drainSeconds: number;
}

export type DatabaseConfig =
  /** `durable`: the log is on the disk before an answer leaves. */
  | { readonly is: 'embedded'; readonly dir: string; readonly durable: boolean }
  | { readonly is: 'server'; readonly url: string; readonly poolSize: number };

/** What the configuration needs to know of a kind of backend; every `BackendKind` is one. */
export type ConfigKind = Pick<BackendKind<unknown>, 'kind' | 'simulated' | 'settings'>;

export interface BackendConfig {
  readonly id: BackendId;
  /** A name in `backendKinds`. */
  readonly kind: string;
  readonly simulated: boolean;
  /** What its wallet holds. */
  readonly currency: 'BTC' | 'USD';
  /** What the kind's own parser made of them. */
  readonly settings: unknown;
}

export interface AccountConfig {
  readonly name: string;
  readonly username: string | null;
  /** At least one; the first is the default. */
  readonly wallets: readonly WalletConfig[];
}

/** What `WalletStore.ensureWallet` takes. */
export interface WalletConfig {
  readonly name: string;
  /** What its backends hold. */
  readonly currency: 'BTC' | 'USD';
  readonly balanceKind: 'node' | 'ledger';
  readonly receiveRoute: readonly BackendId[];
  readonly payRoute: readonly BackendId[];
  readonly acceptFixedAmount: boolean;
  readonly keylessCreate: boolean;
  readonly defaultExpirySeconds: number | null;
  readonly defaultFeeLimitPpm: number | null;
  /** Null: its invoices are settled at once. */
  readonly settleAfterSeconds: number | null;
}

export interface PaymentsConfig {
  /** How long a send waits for its end before it is answered as pending. */
  readonly waitSeconds: number;
}

export interface HoldsConfig {
  /** Absolute; made at the first start. */
  readonly keyFile: string;
  /** At most so much in hold invoices at once. */
  readonly walletSats: number;
  readonly gatewaySats: number;
  /** At one backend, satoshis. */
  readonly nodeSats: number;
  /** When the creator names no longest hold. */
  readonly longestSeconds: number;
}

export interface OnChainConfig {
  /** Blocks after which a deposit is credited. */
  readonly confirmations: number;
  readonly leastSats: number;
  /** Blocks within which each speed shall be confirmed. */
  readonly speeds: { readonly fast: number; readonly medium: number; readonly slow: number };
}

/** How addresses that strangers name are asked. */
export interface OutboundConfig {
  readonly allowPrivate: boolean;
  readonly onionProxy: { readonly host: string; readonly port: number } | null;
}

export interface GraphqlConfig {
  readonly graphiql: boolean;
  readonly introspection: boolean;
  /** False: no page of another origin may ask; a list of origins; `*`: any page. */
  readonly cors: false | '*' | readonly string[];
  readonly limits: {
    readonly depth: number;
    readonly cost: number;
    readonly aliases: number;
    readonly directives: number;
    readonly tokens: number;
    readonly bodyBytes: number;
  };
  /** Open subscriptions of the whole process. */
  readonly maxSubscriptions: number;
  readonly maxSubscriptionsPerConnection: number;
}

export interface PriceConfig {
  /** ISO 4217 code; of accounts that chose none. */
  readonly currency: string;
  readonly source: PriceSourceConfig;
  readonly refreshSeconds: number;
  /** Older prices are not reckoned with. */
  readonly staleSeconds: number;
}

export type PriceSourceConfig =
  /** Whole units of each currency for one bitcoin. */
  | { readonly is: 'stated'; readonly perBtc: Readonly<Record<string, number>> }
  | { readonly is: 'galoy'; readonly endpoint: string; readonly currencies: readonly string[] }
  | {
      readonly is: 'ticker';
      readonly url: string;
      readonly path: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly currencies: readonly string[];
    };

/** Command-line flags that stand above the file, as they were typed. */
export interface ConfigFlags {
  readonly port?: string;
  readonly host?: string;
  readonly dataDir?: string;
}
