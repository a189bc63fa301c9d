// What the command line needs of the rest: the gateway (main.ts satisfies it), the kinds of backends, and a place to write. No verb knows
// where these come from, so every verb can be tried without a process.
import type { Backend, BackendTools } from '../backends/port.ts';
import type { Config, ConfigKind } from '../config/types.ts';
import type { BackendId } from '../lightning/values.ts';

/**
 * What a person may ask of a gateway. Answers are plain values; an amount in msat may be a bigint here and arrives as its digits.
 * `wallets` {} → WalletRow[]; `keys.list` {} → KeyRow[]; `keys.create` {accountId, walletId|null, name, scopes, expiresAt|null, waitSeconds|null}
 * → {key, view}; `keys.revoke` {key: id or prefix} → KeyRow or null; `incidents` {all} → rows; `look` {hash} → what is stored of it, null when
 * nothing is; `ask` {hash} → what the backends say of it now; `status` {} → StatusAnswer; `pins` {} → PinRow[]; `preimageKeys.rotate` {} → which key was
 * added, which there are and which something stored needs.
 */
export type AdminPort = (verb: string, args: Record<string, unknown>) => Promise<unknown>;

/** What scripts read from `sandbox.json`. */
export interface Sandbox {
  /** The GraphQL endpoint. */
  readonly endpoint: string;
  readonly apiKey: string;
  readonly walletId: string;
}

export interface RunningGateway {
  /** Where it listens, without a path. */
  readonly url: string;
  /** Null with a real configuration. */
  readonly sandbox: Sandbox | null;
  readonly admin: AdminPort;
  /** Drains for `listen.drainSeconds` at most, then closes everything. */
  close(): Promise<void>;
}

/** What main.ts exports. */
export interface Gateway {
  startGateway(config: Config, options: { readonly version: string }): Promise<RunningGateway>;
  /** The core alone, without doors and workers, for a command line beside which no gateway runs. */
  openAdmin(config: Config): Promise<{ readonly admin: AdminPort; close(): Promise<void> }>;
}

/** A kind of backend, whatever its settings are; every `BackendKind` is one. */
export interface AnyKind extends ConfigKind {
  connect(id: BackendId, settings: unknown, tools: BackendTools): Promise<Backend>;
}
export type Kinds = Readonly<Record<string, AnyKind>>;

/** The outside of the command line. */
export interface Io {
  out(text: string): void;
  err(text: string): void;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Calls on SIGTERM and SIGINT; the answer stops that. */
  onStop(listener: (signal: string) => void): () => void;
  readonly now: () => Date;
}

/** Loaded when first needed: `--help` must not wait for a database library. */
export interface Parts {
  gateway(): Promise<Gateway>;
  kinds(): Promise<Kinds>;
  readonly version: string;
}
