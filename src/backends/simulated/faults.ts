// The plan of what goes wrong between a backend and its simulated node: once, always, or by a seed. A call asks `take` what befalls it.
import type { PayFailure } from '../port.ts';
import { createRandom } from './random.ts';

export const calls = [
  'pay',
  'floor',
  'probeFee',
  'findPayment',
  'createInvoice',
  'cancelInvoice',
  'findInvoice',
  'createHold',
  'settleHold',
  'cancelHold',
  'findHold',
  'listHeld',
  'createAddress',
  'estimateFee',
  'sendOnChain',
  'findOnChain',
  'deposits',
  'balance',
  'identity',
  'health',
  'recall',
  'fact',
] as const;
export type Call = (typeof calls)[number];

export type PlannedFault =
  /** The connection is known to be down before the call: nothing is sent, and the caller knows it. */
  | { readonly is: 'notReady' }
  /** The request is lost on its way: nothing happens, and the caller cannot know. */
  | { readonly is: 'dropRequest' }
  /** The node does it; the answer is lost, after `ms` (0) of waiting. */
  | { readonly is: 'loseReply'; readonly ms?: number }
  /** The node does it later; the answer comes after that. For a fact: it is told later, and so are those behind it. */
  | { readonly is: 'delay'; readonly ms: number }
  /** Reads: the node does not show yet what it has. */
  | { readonly is: 'notFound' }
  /** `findPayment` and `floor`: an older attempt's story (before any: notFound). */
  | { readonly is: 'stale' }
  /** `pay`: the network refuses for this reason; the attempt is recorded as failed. */
  | { readonly is: 'fail'; readonly reason: PayFailure }
  /** `pay`: the answer is a failure, and the payment goes on: a backend whose word is no proof. Never drawn by chance. */
  | { readonly is: 'sayFailed'; readonly reason: PayFailure }
  /** `fact`: told twice. */
  | { readonly is: 'duplicate' }
  /** `fact`: told after the one behind it. */
  | { readonly is: 'reorder' }
  /** `fact`: never told. */
  | { readonly is: 'lose' };

export interface RandomPlan {
  readonly seed: string;
  /** Probability, 0 to 1, that a call meets a fault. */
  readonly rate: number;
  /** All but `identity` and `health` when absent. */
  readonly calls?: readonly Call[];
  /** Longest delay, in ms. */
  readonly longestMs?: number;
}

export interface Faults {
  /** The next `times` (1) such calls meet this fault. */
  next(call: Call, fault: PlannedFault, times?: number): void;
  /** Every such call meets this fault, after those of `next`, until the answer is called. */
  always(call: Call, fault: PlannedFault): () => void;
  /** Calls meet faults by chance, from a seed, until the answer is called. */
  random(plan: RandomPlan): () => void;
  clear(): void;
  /** What befalls this call. */
  take(call: Call): PlannedFault | null;
  /** What has befallen calls so far, oldest first. */
  readonly met: readonly { readonly call: Call; readonly fault: PlannedFault }[];
}

export const createFaults = (): Faults => {
  const queued = new Map<Call, PlannedFault[]>();
  const standing: { readonly draw: (call: Call) => PlannedFault | null }[] = [];
  const met: { call: Call; fault: PlannedFault }[] = [];
  const stand = (draw: (call: Call) => PlannedFault | null): (() => void) => {
    const entry = { draw };
    standing.push(entry);
    return () => {
      const at = standing.indexOf(entry);
      if (at >= 0) standing.splice(at, 1);
    };
  };
  const draw = (call: Call): PlannedFault | null => {
    const first = queued.get(call)?.shift();
    if (first !== undefined) return first;
    for (const entry of standing) {
      const fault = entry.draw(call);
      if (fault !== null) return fault;
    }
    return null;
  };
  return {
    next: (call, fault, times = 1) => void queued.set(call, [...(queued.get(call) ?? []), ...Array.from({ length: times }, () => fault)]),
    always: (call, fault) => stand((asked) => (asked === call ? fault : null)),
    random: (plan) => stand(drawBy(plan)),
    clear: () => {
      queued.clear();
      standing.length = 0;
    },
    take: (call) => {
      const fault = draw(call);
      if (fault !== null) met.push({ call, fault });
      return fault;
    },
    met,
  };
};

const drawBy = (plan: RandomPlan): ((call: Call) => PlannedFault | null) => {
  const random = createRandom(plan.seed);
  const among = new Set<Call>(plan.calls ?? calls.filter((call) => call !== 'identity' && call !== 'health'));
  return (call) => {
    if (!among.has(call) || !random.chance(plan.rate)) return null;
    const ms = random.int(plan.longestMs ?? 2_000);
    return random.pick(possible(call, ms));
  };
};

// What can truthfully befall a call by chance.
const possible = (call: Call, ms: number): readonly [PlannedFault, ...PlannedFault[]] => {
  if (call === 'fact') return [{ is: 'duplicate' }, { is: 'reorder' }, { is: 'lose' }, { is: 'delay', ms }];
  const common: readonly [PlannedFault, ...PlannedFault[]] = [
    { is: 'notReady' },
    { is: 'dropRequest' },
    { is: 'loseReply', ms },
    { is: 'delay', ms },
  ];
  return call === 'findPayment' ? [...common, { is: 'stale' }] : common;
};
