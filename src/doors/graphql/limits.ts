// What one document may ask for, kept as validation rules in front of GraphQL's own, and how many subscriptions may be open.
// Loose enough for every client we know (a page of 100 whole transactions for each wallet, written as a literal, costs 190,000), tight enough for strangers.
import { costLimitRule } from '@escape.tech/graphql-armor-cost-limit';
import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives';
import type { GraphQLError, ValidationContext, ValidationRule } from 'graphql';

export interface DocumentLimits {
  /** Deepest nesting; a fragment counts as one level. */
  readonly depth: number;
  /** Fields, each times the `first` or `last` of the lists it stands in, where those are literal. */
  readonly cost: number;
  readonly aliases: number;
  readonly directives: number;
  /** Words and signs of the text. */
  readonly tokens: number;
}

/** Each reports like a rule of GraphQL itself; introspection does not count. */
export const limitRules = (limits: DocumentLimits): readonly ValidationRule[] => {
  const report = (context: ValidationContext | null, error: GraphQLError): void => context?.reportError(error);
  const options = { propagateOnRejection: false, onReject: [report] };
  return [
    maxDepthRule({ ...options, n: limits.depth }),
    maxAliasesRule({ ...options, n: limits.aliases }),
    maxDirectivesRule({ ...options, n: limits.directives }),
    // Plain counting: with the package's own weights a full page of transactions, which real clients ask for, costs 187,000.
    costLimitRule({ ...options, maxCost: limits.cost, objectCost: 1, scalarCost: 1, depthCostFactor: 1, flattenFragments: true }),
  ];
};

export interface SubscriptionLimits {
  readonly total: number;
  /** For each key; for each network address when there is no key. */
  readonly perHolder: number;
}

export interface Slots {
  /** Null when there is no room; else what gives the room back (once, however often it is called). */
  take(holder: string): (() => void) | null;
  count(): number;
}

/** Counts what is open. */
export const createSlots = (limits: SubscriptionLimits): Slots => {
  const held = new Map<string, number>();
  let total = 0;
  const give = (holder: string): void => {
    total -= 1;
    const left = (held.get(holder) ?? 1) - 1;
    if (left <= 0) held.delete(holder);
    else held.set(holder, left);
  };
  return {
    count: () => total,
    take: (holder) => {
      const mine = held.get(holder) ?? 0;
      if (total >= limits.total || mine >= limits.perHolder) return null;
      total += 1;
      held.set(holder, mine + 1);
      let open = true;
      return () => {
        if (open) give(holder);
        open = false;
      };
    },
  };
};
