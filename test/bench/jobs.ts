// What the load generator is told to do, and what it answers; plain data, because it runs in a process of its own.

export interface NodeAccess {
  readonly socket: string;
  readonly certPath: string;
  readonly macaroonPath: string;
}

export type Work =
  /** POSTs these bodies (one a line of the file), at random or each once; every answer must be a 200 that contains `expect`. */
  | {
      readonly is: 'http';
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly bodies: readonly string[] | { readonly file: string };
      readonly expect: string;
    }
  /** Invoices made directly at LND. */
  | { readonly is: 'addInvoice' | 'createInvoice'; readonly node: NodeAccess; readonly sat: number };

export interface Job {
  readonly work: Work;
  /** Requests under way at any time. */
  readonly concurrency: number;
  readonly warmMs: number;
  readonly ms: number;
}

/** Milliseconds. */
export interface Measured {
  readonly is: 'measured';
  readonly seconds: number;
  readonly latencies: readonly number[];
}
