// Typed calls over the raw gRPC clients of ln-service's connection, whose own types are `any`: the only casts of this adapter.
// Every unary call has a deadline; every stream ends with its signal and never throws from an event that nobody listens to.
import { setMaxListeners } from 'node:events';
import type { AuthenticatedLnd } from 'ln-service';
import { BackendFault } from '../port.ts';
import type {
  ChannelBalanceMessage,
  ChannelMessage,
  InfoMessage,
  InvoiceMessage,
  InvoicePage,
  InvoiceRequest,
  IssuedMessage,
  PairMessage,
  PaymentMessage,
  PaymentPage,
  PendingChannelsMessage,
  SendPaymentRequest,
  TransactionMessage,
  WalletBalanceMessage,
} from './messages.ts';
import { isOpenInvoice } from './skim.ts';

/** How long a call may take, and who may end it earlier. */
export interface Limits {
  readonly ms: number;
  readonly signal?: AbortSignal;
}
/** Rejects with a gRPC error (`code`, `details`); `faultOf` reads it. */
export type Unary<Request, Response> = (request: Request, limits: Limits) => Promise<Response>;
/** Ends without an error when the server ends it; throws a gRPC error otherwise, CANCELLED (1) after its signal. */
export type Stream<Request, Message> = (request: Request, signal: AbortSignal) => AsyncIterable<Message>;
/** To or from nobody in particular. */
type Empty = Readonly<Record<string, never>>;

export interface LndStubs {
  readonly getInfo: Unary<Empty, InfoMessage>;
  readonly addInvoice: Unary<InvoiceRequest, IssuedMessage>;
  readonly addHoldInvoice: Unary<InvoiceRequest, IssuedMessage>;
  readonly lookupInvoice: Unary<{ readonly r_hash: Buffer }, InvoiceMessage>;
  readonly listInvoices: Unary<
    {
      readonly reversed?: boolean;
      /** Those that are open or held. */
      readonly pending_only?: boolean;
      readonly num_max_invoices: string;
      readonly index_offset: string;
      readonly creation_date_start?: string;
    },
    InvoicePage
  >;
  readonly listPayments: Unary<
    {
      readonly include_incomplete: boolean;
      readonly max_payments: string;
      readonly index_offset: string;
      readonly creation_date_start: string;
    },
    PaymentPage
  >;
  readonly settleInvoice: Unary<{ readonly preimage: Buffer }, Empty>;
  readonly cancelInvoice: Unary<{ readonly payment_hash: Buffer }, Empty>;
  readonly listChannels: Unary<
    { readonly private_only?: boolean; readonly active_only?: boolean },
    { readonly channels: readonly ChannelMessage[] }
  >;
  readonly channelBalance: Unary<Empty, ChannelBalanceMessage>;
  readonly walletBalance: Unary<Empty, WalletBalanceMessage>;
  readonly pendingChannels: Unary<Empty, PendingChannelsMessage>;
  readonly newAddress: Unary<{ readonly type: string }, { readonly address: string }>;
  readonly estimateFee: Unary<
    { readonly AddrToAmount: Readonly<Record<string, string>>; readonly target_conf: number },
    { readonly fee_sat: string }
  >;
  readonly sendCoins: Unary<
    { readonly addr: string; readonly send_all: boolean; readonly target_conf: number; readonly label: string },
    { readonly txid: string }
  >;
  readonly sendMany: Unary<
    { readonly AddrToAmount: Readonly<Record<string, string>>; readonly target_conf: number; readonly label: string },
    { readonly txid: string }
  >;
  readonly getTransactions: Unary<
    { readonly start_height: number; readonly end_height: number },
    { readonly transactions: readonly TransactionMessage[] }
  >;
  readonly queryProbability: Unary<{ readonly from_node: Buffer; readonly to_node: Buffer; readonly amt_msat: string }, PairMessage>;
  readonly deletePayment: Unary<{ readonly payment_hash: Buffer; readonly failed_htlcs_only: boolean }, Empty>;

  readonly sendPayment: Stream<SendPaymentRequest, PaymentMessage>;
  readonly trackPayment: Stream<{ readonly payment_hash: Buffer; readonly no_inflight_updates: boolean }, PaymentMessage>;
  readonly trackPayments: Stream<{ readonly no_inflight_updates: boolean }, PaymentMessage>;
  /** Of an invoice that is open it says no more than that. */
  readonly subscribeInvoices: Stream<{ readonly settle_index: string }, InvoiceMessage | { readonly state: 'OPEN' }>;
  readonly subscribeInvoice: Stream<{ readonly r_hash: Buffer }, InvoiceMessage>;
  readonly subscribeTransactions: Stream<Empty, TransactionMessage>;
  readonly blockEpochs: Stream<Empty, { readonly height: number }>;

  /** True when the channel that payments go through is connected; otherwise it is told to connect, and waited for until `ms` are over. */
  readonly ready: (ms: number) => Promise<boolean>;
  readonly close: () => void;
}

interface RawCall {
  cancel(): void;
  on(event: 'error', listener: (error: unknown) => void): unknown;
}
interface RawClient {
  readonly [method: string]: (...args: unknown[]) => RawCall;
}
interface RawChannelClient {
  getChannel(): { getConnectivityState(connect: boolean): number };
  waitForReady(deadline: number, done: (error?: Error) => void): void;
  close(): void;
}

const onAbort = (signal: AbortSignal, cancel: () => void): void => {
  // One signal may end hundreds of calls (a worker's): that is no leak, and Node need not warn of one.
  setMaxListeners(0, signal);
  signal.addEventListener('abort', cancel, { once: true });
};

const unary =
  <Request, Response>(client: RawClient, method: string): Unary<Request, Response> =>
  (request, { ms, signal }) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(new BackendFault({ kind: 'timeout', detail: 'given up before LND was asked' }));
      const cancel = () => call?.cancel();
      const done = (error: unknown, response: unknown) => {
        signal?.removeEventListener('abort', cancel);
        if (error) reject(error);
        else resolve(response as Response);
      };
      const call = client[method]?.(request, { deadline: Date.now() + ms }, done);
      if (signal !== undefined) onAbort(signal, cancel);
    });

const stream = <Request, Message>(client: RawClient, method: string): Stream<Request, Message> =>
  async function* (request, signal) {
    if (signal.aborted) return;
    const call = client[method]?.(request) as RawCall & AsyncIterable<Message>;
    // A canceled call emits one more error when nobody iterates any more: without a listener it would end the process.
    call.on('error', () => undefined);
    const cancel = () => call.cancel();
    onAbort(signal, cancel);
    try {
      yield* call;
    } finally {
      signal.removeEventListener('abort', cancel);
      call.cancel();
    }
  };

/** What grpc-js attaches to each method of a client, and the call under it that takes another way of reading. */
interface StreamMethod {
  readonly path: string;
  readonly requestSerialize: (request: unknown) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => unknown;
}
interface StreamingClient {
  makeServerStreamRequest(
    path: string,
    write: StreamMethod['requestSerialize'],
    read: (bytes: Buffer) => unknown,
    request: unknown,
  ): RawCall;
}

const open = { state: 'OPEN' } as const;

/** The node's stream of invoices. A busy node adds thousands for each that is settled: decoding them costs as much as creating them. */
const skimming = (client: RawClient): RawClient[string] => {
  const { path, requestSerialize, responseDeserialize } = client.subscribeInvoices as unknown as StreamMethod;
  const read = (bytes: Buffer): unknown => (isOpenInvoice(bytes) ? open : responseDeserialize(bytes));
  return (request) => (client as unknown as StreamingClient).makeServerStreamRequest(path, requestSerialize, read, request);
};

const connected = 2; // grpc.connectivityState.READY

const readyOn =
  (client: RawChannelClient) =>
  (ms: number): Promise<boolean> => {
    if (client.getChannel().getConnectivityState(true) === connected) return Promise.resolve(true);
    return new Promise((resolve) => client.waitForReady(Date.now() + ms, (error) => resolve(error === undefined)));
  };

/** Wraps one connection of `authenticatedLndGrpc`. */
export const lndStubs = (lnd: AuthenticatedLnd): LndStubs => {
  const { default: main, router, invoices, chain } = lnd as Record<'default' | 'router' | 'invoices' | 'chain', RawClient>;
  return {
    getInfo: unary(main, 'getInfo'),
    addInvoice: unary(main, 'addInvoice'),
    addHoldInvoice: unary(invoices, 'addHoldInvoice'),
    lookupInvoice: unary(main, 'lookupInvoice'),
    listInvoices: unary(main, 'listInvoices'),
    listPayments: unary(main, 'listPayments'),
    settleInvoice: unary(invoices, 'settleInvoice'),
    cancelInvoice: unary(invoices, 'cancelInvoice'),
    listChannels: unary(main, 'listChannels'),
    channelBalance: unary(main, 'channelBalance'),
    walletBalance: unary(main, 'walletBalance'),
    pendingChannels: unary(main, 'pendingChannels'),
    newAddress: unary(main, 'newAddress'),
    estimateFee: unary(main, 'estimateFee'),
    sendCoins: unary(main, 'sendCoins'),
    sendMany: unary(main, 'sendMany'),
    getTransactions: unary(main, 'getTransactions'),
    queryProbability: unary(router, 'queryProbability'),
    deletePayment: unary(main, 'deletePayment'),
    sendPayment: stream(router, 'sendPaymentV2'),
    trackPayment: stream(router, 'trackPaymentV2'),
    trackPayments: stream(router, 'trackPayments'),
    subscribeInvoices: stream({ subscribeInvoices: skimming(main) }, 'subscribeInvoices'),
    subscribeInvoice: stream(invoices, 'subscribeSingleInvoice'),
    subscribeTransactions: stream(main, 'subscribeTransactions'),
    blockEpochs: stream(chain, 'registerBlockEpochNtfn'),
    ready: readyOn(router as unknown as RawChannelClient),
    close: () => {
      // ln-service has no close of its own: each of its dozen service clients holds the connection open.
      for (const client of Object.values(lnd)) (client as unknown as RawChannelClient).close();
    },
  };
};
