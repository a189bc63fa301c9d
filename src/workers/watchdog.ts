// Halts outgoing payments when ledger wallets are owed more than the backends hold, or when the books contradict themselves: whatever the
// cause, paying on would spend somebody else's money. Only a person resumes.
import type { Registry } from '../backends/registry.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/db.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { OutgoingSwitch } from '../platform/switches.ts';
import { auditFindings, auditLedger, coverage } from '../wallets/audit.ts';
import { type Rounds, roundsOf } from './rounds.ts';

export interface WatchdogDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly registry: Registry;
  readonly outgoing: OutgoingSwitch;
  readonly metrics: Metrics;
  readonly alarm: (kind: string, subject: string, detail: Readonly<Record<string, unknown>>) => void;
}

/** Looks every minute; a round answers with what it halted for, null when all is well or when a backend could not be asked. */
export type Watchdog = Rounds<string | null>;

const everyMs = 60_000;
// A settlement shows at the node a moment before it shows in the books: only what is still so a little later is believed.
const secondLookMs = 5_000;

export const createWatchdog = (deps: WatchdogDeps): Watchdog =>
  roundsOf({
    ...{ clock: deps.clock, log: deps.log, everyMs },
    round: () => lookTwice(deps),
    failed: 'the watchdog could not look; it looks again',
  });

const lookTwice = async (deps: WatchdogDeps): Promise<string | null> => {
  if ((await trouble(deps)) === null) return null;
  await deps.clock.sleep(secondLookMs);
  const reason = await trouble(deps);
  if (reason === null || (await deps.outgoing.reason()) !== null) return reason;
  await deps.outgoing.halt(reason);
  deps.alarm('ledger.halted', 'outgoing', { reason });
  return reason;
};

const trouble = async ({ db, registry, metrics }: WatchdogDeps): Promise<string | null> => {
  const [{ owedMsat, ownedMsat }, audit] = await Promise.all([coverage(db, registry), auditLedger(db)]);
  const found = auditFindings(audit);
  metrics.set('ledger_findings', {}, found);
  metrics.set('ledger_owed_sats', {}, Number(owedMsat / 1000n));
  if (ownedMsat !== null) metrics.set('ledger_owned_sats', {}, Number(ownedMsat / 1000n));
  // Nothing is owed by a gateway without ledger wallets, and a node that is down proves nothing.
  if (owedMsat > 0n && ownedMsat !== null && owedMsat > ownedMsat)
    return `ledger wallets are owed ${owedMsat} msat, the backends hold ${ownedMsat} msat`;
  return found === 0 ? null : `the books contradict themselves in ${found} places: switchyard ledger`;
};
