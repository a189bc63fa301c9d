// Looks for what the nodes hold and nobody here knows: another program's, or ours from before a restore that nobody noticed. A person is told.
// It is never touched, unless the operator has said that no other program uses the nodes; and never when the database may have forgotten it.

import { readPin } from '../backends/pins.ts';
import type { HeldInvoice } from '../backends/port.ts';
import type { Registered, Registry } from '../backends/registry.ts';
import { unknownHashes } from '../invoices/lists.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/db.ts';
import { newestIncident } from '../platform/incidents.ts';
import type { Log } from '../platform/log.ts';
import { readRestore } from '../platform/restored.ts';
import { type Rounds, roundsOf } from './rounds.ts';

export interface StrangerDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly registry: Registry;
  /** No other program uses the nodes: what nobody here knows is given back to its payer. */
  readonly exclusive: boolean;
  readonly alarm: (kind: string, subject: string, detail: Readonly<Record<string, unknown>>) => void;
}

/** Looks every minute at every backend that can list what it holds. */
export type StrangerWatch = Rounds<void>;

const everyMs = 60_000;
const listMs = 60_000;
const cancelMs = 15_000;

export const createStrangerWatch = (deps: StrangerDeps): StrangerWatch => {
  // By backend: what the look before found.
  const before = new Map<string, ReadonlySet<string>>();
  const look = async (one: Registered): Promise<void> => {
    const { id } = one.backend;
    const strange = await strangersAt(deps, one);
    const known = before.get(id) ?? new Set();
    before.set(id, new Set(strange.map(({ hash }) => hash)));
    for (const held of strange) if (!known.has(held.hash)) tell(deps, id, held);
    // Found twice, a minute apart: what was just being written down is known by now.
    const lasting = strange.filter(({ hash }) => known.has(hash));
    if (deps.exclusive && lasting.length > 0) await giveBack(deps, one, lasting);
  };
  // A node that is away is looked at in the next round; it keeps nobody from looking at the others.
  const quietly = (one: Registered): Promise<void> =>
    look(one).catch((err: unknown) => deps.log.debug({ err, backend: one.backend.id }, 'what this backend holds could not be listed'));
  return roundsOf({
    ...{ clock: deps.clock, log: deps.log, everyMs },
    round: async () => void (await Promise.all(deps.registry.configured.map(quietly))),
    failed: 'nobody looked for holds that nobody here made; the next round looks again',
  });
};

const strangersAt = async (deps: StrangerDeps, { backend, identity }: Registered): Promise<readonly HeldInvoice[]> => {
  const held = (await backend.hold?.held?.(AbortSignal.timeout(listMs))) ?? [];
  const key = identity()?.key;
  if (held.length === 0 || key === undefined) return [];
  const hashes = held.map(({ hash }) => hash);
  const unknown = await unknownHashes(deps.db, key, hashes);
  return held.filter(({ hash }) => unknown.has(hash));
};

const tell = ({ alarm }: StrangerDeps, backendId: string, { hash, received, at }: HeldInvoice): void =>
  alarm('hold.unknown', hash, { backendId, receivedMsat: received, madeAt: at });

const giveBack = async (deps: StrangerDeps, { backend }: Registered, strange: readonly HeldInvoice[]): Promise<void> => {
  if ((await readRestore(deps.db)) !== null) return;
  const [pin, restored] = [await readPin(deps.db, backend.id), await newestIncident(deps.db, 'database.restored')];
  for (const { hash, handle, at } of strange) {
    // Made before the database was put back, or before it knew this node at all: it may be ours, and forgotten.
    if (pin === null || at <= pin.pinnedAt || (restored !== null && at <= restored)) continue;
    const outcome = await backend.hold?.cancel({ hash, handle }, AbortSignal.timeout(cancelMs));
    deps.log.warn({ backend: backend.id, paymentHash: hash, outcome: outcome?.is }, 'a hold that nobody here knows is given back');
  }
};
