// What an operator looks at: every backend as it is at this moment. Nothing is remembered, and one that does not answer hides no other.
import type { Registered } from '../backends/registry.ts';
import type { CommandDeps } from './deps.ts';
import type { BackendView } from './reads.ts';

const askMs = 8_000;

/** Asks all configured backends at once. Never throws. */
export const backendViews = (deps: CommandDeps): Promise<readonly BackendView[]> =>
  Promise.all(deps.invoices.registry.configured.map(view));

const view = async (one: Registered): Promise<BackendView> => {
  const { backend } = one;
  const [health, balance] = await Promise.all([
    backend.health(AbortSignal.timeout(askMs)),
    backend.balance?.(AbortSignal.timeout(askMs)).catch(() => null) ?? null,
  ]);
  const refused = one.refusal();
  return {
    id: backend.id,
    kind: backend.kind,
    identity: one.identity()?.key ?? null,
    label: one.identity()?.label ?? null,
    ready: health.ready && refused === null,
    syncedToChain: health.syncedToChain,
    detail: refused ?? health.detail,
    facets: (['pay', 'receive', 'hold', 'chain', 'balance'] as const).filter((facet) => backend[facet] !== undefined),
    spendableMsat: balance?.spendable ?? null,
    receivableMsat: balance?.receivable ?? null,
    chainConfirmedMsat: balance?.chainConfirmed ?? null,
    members: health.members ?? [],
  };
};
