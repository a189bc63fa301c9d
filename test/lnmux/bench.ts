// What the suite is run on: an lnmux, ours or the real one, with two nodes, somebody who pays, and hands that stop and start things.
import { credentials } from '@grpc/grpc-js';
import { connectLnmux } from '../../src/backends/lnmux/backend.ts';
import { lnmuxService } from '../../src/backends/lnmux/client.ts';
import { lnmuxSettings } from '../../src/backends/lnmux/settings.ts';
import type { Backend, Cursor, Fact, Hold, InvoiceSighting, Issue, Receive } from '../../src/backends/port.ts';
import { backendId, type PaymentHash } from '../../src/lightning/values.ts';

export type Paid =
  | { readonly is: 'succeeded'; readonly preimage: string; readonly parts: number }
  /** `rejectedByPayee` when the payer's node says so, else its own words. */
  | { readonly is: 'failed'; readonly reason: string };

export interface Bench {
  readonly socket: string;
  readonly instrumentation: string;
  /** Seconds after which a complete set is given back; 60 in the real one. */
  readonly heldSeconds: number;
  /** Public keys of its nodes, hex. */
  readonly nodes: readonly [string, string];
  /** In msat: more than either node can receive from the payer, less than both. */
  readonly needsBoth: bigint;
  pay(bolt11: string): Promise<Paid>;
  stopNode(index: 0 | 1): Promise<void>;
  /** Resolves when the node forwards for lnmux again. */
  startNode(index: 0 | 1): Promise<void>;
  /** lnmux itself: whatever it had in memory is lost. */
  restart(): Promise<void>;
  stop(): Promise<void>;
  start(): Promise<void>;
}

export const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
export const tools = { log: quiet, clock: { now: () => new Date() } };

export interface Adapter {
  readonly backend: Backend;
  readonly receive: Required<Receive>;
  readonly hold: Hold;
}

export const adapterOn = (bench: Pick<Bench, 'socket' | 'instrumentation' | 'heldSeconds'>): Adapter => {
  const { socket, instrumentation, heldSeconds } = bench;
  const backend = connectLnmux(backendId('cluster'), lnmuxSettings.parse({ socket, instrumentation, heldSeconds }), tools);
  const { receive, hold } = backend;
  if (receive?.cancel === undefined || hold === undefined) throw new Error('the adapter receives and holds');
  return { backend, receive: { ...receive, cancel: receive.cancel }, hold };
};

export interface Listening {
  readonly facts: readonly Fact[];
  /** The first fact of this hash, from `after` facts on, that looks like this. */
  fact<Is extends InvoiceSighting['is']>(hash: PaymentHash, is: Is, ms?: number): Promise<Extract<InvoiceSighting, { readonly is: Is }>>;
  /** All that was said of this hash. */
  seen(hash: PaymentHash): readonly InvoiceSighting[];
  /** What was heard before is not answered with any more. */
  forget(): void;
  readonly cursor: Cursor | null;
  stop(): Promise<void>;
}

export const listenTo = ({ backend }: Adapter, after: Cursor | null = null): Listening => {
  const stop = new AbortController();
  let facts: Fact[] = [];
  let at: Cursor | null = after;
  const running = (async () => {
    for await (const fact of backend.facts(after, stop.signal)) {
      facts.push(fact);
      at = fact.cursor ?? at;
    }
  })();
  return {
    get facts() {
      return facts;
    },
    get cursor() {
      return at;
    },
    seen: (hash) => sightings(facts, hash),
    forget: () => {
      facts = [];
    },
    fact: async (hash, is, ms = 15_000) => {
      const found = await until(
        `the fact ${is} of ${hash.slice(0, 8)}`,
        () => sightings(facts, hash).findLast((sighting) => sighting.is === is),
        ms,
      );
      return found as Extract<InvoiceSighting, { readonly is: typeof is }>;
    },
    stop: async () => {
      stop.abort();
      await running;
    },
  };
};

const sightings = (facts: readonly Fact[], hash: PaymentHash): InvoiceSighting[] =>
  facts.flatMap((fact) => (fact.about === 'invoice' && fact.hash === hash ? [fact.sighting] : []));

/** Asks until `look` answers something, and throws with `what` after `ms`. */
export const until = async <T>(what: string, look: () => T | Promise<T>, ms = 15_000): Promise<NonNullable<T>> => {
  const end = Date.now() + ms;
  for (;;) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`waited ${ms} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

export const must = (issue: Issue): Extract<Issue, { readonly is: 'issued' }> => {
  if (issue.is !== 'issued') throw new Error(`no invoice: ${JSON.stringify(issue)}`);
  return issue;
};

export interface RawStatus {
  readonly code: number;
  readonly details: string;
}

export interface RawClient {
  /** The answer, or the status that it ended with. */
  call(method: string, request: object, ms?: number): Promise<{ readonly answer: Record<string, unknown> } | RawStatus>;
  /** What the stream says until it is closed; `ended` is the status that it ended with by itself. */
  subscribe(): { readonly messages: readonly Record<string, unknown>[]; readonly ended: Promise<RawStatus>; close(): void };
  close(): void;
}

interface AnyStream {
  on(event: string, listener: (value: never) => void): AnyStream;
  cancel(): void;
}
type AnyMethod = (...args: unknown[]) => AnyStream;

/** The service without the adapter. */
export const rawClient = (socket: string): RawClient => {
  const Service = lnmuxService();
  const client = new Service(socket, credentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1 });
  const methods = client as unknown as Readonly<Record<string, AnyMethod>>;
  return {
    call: (method, request, ms = 10_000) =>
      new Promise((resolve) => {
        methods[method]?.call(client, request, { deadline: Date.now() + ms }, (error: RawStatus | null, answer: Record<string, unknown>) =>
          resolve(error ? { code: error.code, details: error.details } : { answer }),
        );
      }),
    subscribe: () => {
      const messages: Record<string, unknown>[] = [];
      const stream = methods.SubscribeInvoiceAccepted?.call(client, {});
      const ended = new Promise<RawStatus>((resolve) => {
        stream?.on('data', (message: never) => void messages.push(message));
        stream?.on('error', ({ code, details }: RawStatus) => resolve({ code, details }));
        stream?.on('end', () => resolve({ code: 0, details: '' }));
      });
      return { messages, ended, close: () => stream?.cancel() };
    },
    close: () => client.close(),
  };
};
