// Types of throwaway.mjs, which runs before anything is compiled.
export const OLDEST: number;
export const findPostgres: () => { readonly folder: string; readonly version: number } | undefined;
export interface Throwaway {
  readonly url: string;
  /** After `stop` or `crash`: the same data at the same address. */
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
  /** Ends it without a goodbye; what was committed is still there at the next start. */
  readonly crash: () => Promise<void>;
}
export const startServer: (folder: string, home: string) => Promise<Throwaway>;
