// The types of recordings-page.mjs, for the test that holds the register against the tests that it names.
export interface RegisterEntry {
  readonly file: string;
  readonly operations: readonly string[];
  /** A case of `asserted*.json`, by its name. */
  readonly case?: string;
  /** A test of ours: its file and its title. */
  readonly by?: readonly [string, string];
  /** Replayed word for word from `recorded.json`. */
  readonly replay?: true;
  readonly notFor?: string;
  readonly open?: string;
}

export const notFor: Readonly<Record<string, string>>;
export const open: Readonly<Record<string, string>>;
export const register: readonly RegisterEntry[];
export const recordingsSection: () => readonly string[];
