// The types of states-page.mjs, for the test that compares its page with docs/STATES.md.
export interface Story {
  readonly table: Readonly<Record<string, Readonly<Record<string, string | undefined>>>>;
  readonly alarms: ReadonlySet<string>;
  readonly terminal: ReadonlySet<string>;
}
type Name = 'invoice' | 'attempt' | 'deposit' | 'payout' | 'cashOut';
export const statesPage: (stories: { readonly [N in Name]: Story }) => string;
