// The types of states-page.mjs, for the test that compares its page with docs/STATES.md.
export interface Story {
  readonly table: Readonly<Record<string, Readonly<Record<string, string | undefined>>>>;
  readonly alarms: ReadonlySet<string>;
  readonly terminal: ReadonlySet<string>;
}
export const statesPage: (stories: { readonly invoice: Story; readonly attempt: Story; readonly cashOut: Story }) => string;
