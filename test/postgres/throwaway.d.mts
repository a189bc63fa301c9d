// Types of throwaway.mjs, which runs before anything is compiled.
export const OLDEST: number;
export const findPostgres: () => { readonly folder: string; readonly version: number } | undefined;
export const startServer: (folder: string, home: string) => Promise<{ readonly url: string; readonly stop: () => Promise<void> }>;
