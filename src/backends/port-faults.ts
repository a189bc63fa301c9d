// What goes wrong at a backend, how it is, and what an adapter is given: the words of the port that know nothing of Lightning.

/** Why a backend did not answer properly. Never shown to a client; logged and counted. */
export interface Fault {
  readonly kind: 'unreachable' | 'timeout' | 'auth' | 'rateLimited' | 'refused' | 'protocol' | 'internal';
  readonly detail: string;
}

/** A fault on its way up: what reads and health checks throw. Money calls carry the fault in their outcome instead. */
export class BackendFault extends Error {
  readonly fault: Fault;
  constructor(fault: Fault) {
    super(`${fault.kind}: ${fault.detail}`);
    this.name = 'BackendFault';
    this.fault = fault;
  }
}

export interface Health {
  readonly ready: boolean;
  readonly syncedToChain: boolean | null;
  /** What is wrong and what to do, in one sentence; 'ok' when nothing is. */
  readonly detail: string;
  /** Finer than ready, for `doctor`. */
  readonly trouble?: 'down' | 'locked' | 'unsynced' | 'macaroon' | 'certificate' | 'network' | 'identity' | 'other';
  /** The nodes of a cluster; `ready` is false only where it is known that the node is not. */
  readonly members?: readonly { readonly key: string; readonly ready: boolean }[];
}

/** What an adapter is given: nothing of ours but a log and a clock. */
export interface BackendTools {
  readonly log: BackendLog;
  readonly clock: { now(): Date };
}
export interface BackendLog {
  debug(fields: object, text: string): void;
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
}
