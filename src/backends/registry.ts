// The connected backends of this process, each behind its guard and verified to be who it was. Verification is remembered for a short
// while, so that it costs a payment nothing, and forgotten on the first sign of trouble.
import { type BackendId, backendId } from '../lightning/values.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/db.ts';
import type { Log } from '../platform/log.ts';
import { faultOf, guarded } from './guarded.ts';
import { mismatch, pinned } from './pins.ts';
import type { Backend, Fault, Identity, Network } from './port.ts';

export interface Registered {
  readonly backend: Backend;
  /** Who answered last; null until the first verification. */
  identity(): Identity | null;
  /** Asks again who is there. Null when all is well. */
  verify(): Promise<Fault | null>;
  /** What the last verification found wrong for good (other identity, other network); null otherwise. */
  refusal(): string | null;
}

export interface Registry {
  readonly all: readonly Registered[];
  /** Those that an operator has configured: all but the one inside. */
  readonly configured: readonly Registered[];
  /** Null when no backend of that name is configured (any more). */
  get(id: string): Registered | null;
  close(): Promise<void>;
}

export interface RegistryDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly network: Network;
  readonly observed?: (backend: BackendId, call: string, outcome: string, seconds: number) => void;
}

/** The name under which payments between our own ledger wallets go; no configured backend may take it. */
export const insideId: BackendId = backendId('inside');

const trustMs = 30_000;
const askMs = 5_000;

/** Registers connected backends; none is asked anything before its first verification. */
export const createRegistry = (backends: readonly Backend[], deps: RegistryDeps): Registry => {
  const all = backends.map((backend) => register(backend, deps));
  const byId = new Map<string, Registered>(all.map((one) => [one.backend.id, one]));
  return {
    all,
    configured: all.filter((one) => one.backend.id !== insideId),
    get: (id) => byId.get(id) ?? null,
    close: async () => {
      await Promise.allSettled(all.map((one) => one.backend.close()));
    },
  };
};

const register = (inner: Backend, deps: RegistryDeps): Registered => {
  const log = deps.log.child({ backend: inner.id });
  let identity: Identity | null = null;
  let refusal: string | null = null;
  let trustedUntil = 0;
  let asking: Promise<Fault | null> | null = null;

  const refused = (why: string): Fault => {
    if (refusal !== why) log.error({}, `backend refused: ${why}`);
    refusal = why;
    return { kind: 'refused', detail: why };
  };

  const ask = async (): Promise<Fault | null> => {
    try {
      const seen = await inner.identity(AbortSignal.timeout(askMs));
      // Before the pin: a node of another network must not become the one we know.
      if (seen.network !== deps.network) return refused(`it is on ${seen.network}, the configuration says ${deps.network}`);
      const pin = await pinned(deps.db, deps.clock, { backendId: inner.id, kind: inner.kind, identity: seen });
      const wrong = mismatch(pin, seen, deps.network);
      if (wrong !== null) return refused(wrong);
      identity = seen;
      refusal = null;
      trustedUntil = deps.clock.now().getTime() + trustMs;
      return null;
    } catch (error) {
      return faultOf(error);
    }
  };

  const verify = (): Promise<Fault | null> => {
    if (deps.clock.now().getTime() < trustedUntil) return Promise.resolve(null);
    // One question for all that wait for its answer.
    asking ??= ask().finally(() => {
      asking = null;
    });
    return asking;
  };

  const backend = guarded(inner, {
    clock: deps.clock,
    log,
    verify,
    observed: (call, outcome, seconds) => {
      if (outcome === 'fault' || outcome === 'unknown') trustedUntil = 0;
      deps.observed?.(inner.id, call, outcome, seconds);
    },
  });
  return {
    backend,
    identity: () => identity,
    verify: () => {
      trustedUntil = 0;
      return verify();
    },
    refusal: () => refusal,
  };
};
