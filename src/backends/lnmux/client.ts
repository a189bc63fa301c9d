// One connection to lnmuxd: typed calls over the service of lnmux.proto. The only casts of this adapter are here; every call has a deadline,
// and the stream ends with its signal.
import { setMaxListeners } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ClientOptions, credentials, loadPackageDefinition, Metadata, type ServiceClientConstructor } from '@grpc/grpc-js';
import { loadSync, type Options } from '@grpc/proto-loader';
import { BackendFault } from '../port.ts';
import type { AddedMessage, AddInvoiceRequest, InfoMessage, ListMessage, SetMessage, StatusText } from './messages.ts';

/** How long a call may take, and who may end it earlier. */
export interface Limits {
  readonly ms: number;
  readonly signal?: AbortSignal;
}
/** Rejects with a gRPC error (`code`, `details`); `faultOf` reads it. */
type Unary<Request, Response> = (request: Request, limits: Limits) => Promise<Response>;
type Empty = Readonly<Record<string, never>>;

export interface LnmuxCalls {
  readonly getInfo: Unary<Empty, InfoMessage>;
  readonly addInvoice: Unary<AddInvoiceRequest, AddedMessage>;
  readonly settleInvoice: Unary<SetMessage, Empty>;
  readonly cancelInvoice: Unary<SetMessage, Empty>;
  readonly waitForFinalStatus: Unary<{ readonly hash: Buffer }, { readonly invoice_status: StatusText }>;
  readonly listInvoices: Unary<{ readonly max_invoices_count: string; readonly sequence_start: string }, ListMessage>;
  /** Waits for the connection and is the first thing on it. Throws a gRPC error unless its signal ended it. */
  readonly subscribeAccepted: (signal: AbortSignal) => AsyncIterable<SetMessage>;
  readonly close: () => void;
}

export interface LnmuxConnection {
  readonly socket: string;
  calls(): LnmuxCalls;
  /** Gives the present connection up for a new one. */
  reopen(): void;
  close(): void;
}

/** How lnmux.proto is read: as `messages.ts` has it. */
export const protoOptions: Options = { keepCase: true, longs: String, enums: String, defaults: true };

/** The service of lnmux.proto, for clients and for servers. */
export const lnmuxService = (): ServiceClientConstructor => {
  const definition = loadSync(protoFile(), protoOptions);
  const { Service } = loadPackageDefinition(definition).lnmux as unknown as { readonly Service: ServiceClientConstructor };
  return Service;
};

/** Beside the sources, from the build as well: the compiler does not take it along. */
const protoFile = (): string => {
  const place = ['src', 'backends', 'lnmux', 'lnmux.proto'];
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, ...place)) && dirname(folder) !== folder) folder = dirname(folder);
  return join(folder, ...place);
};

const options: ClientOptions = {
  // lnmuxd ends a connection that is pinged more often than every five minutes: our own heartbeat is a call.
  'grpc.keepalive_time_ms': 330_000,
  'grpc.keepalive_timeout_ms': 20_000,
  // A held set lives for a minute: after a restart every second counts.
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 250,
  // A new client is to be a new connection, not the old one found again.
  'grpc.use_local_subchannel_pool': 1,
};

/** Touches no network. */
export const openLnmux = (socket: string): LnmuxConnection => {
  const Service = lnmuxService();
  const open = () => callsOver(new Service(socket, credentials.createInsecure(), options) as unknown as RawClient);
  let current = open();
  let closed = false;
  return {
    socket,
    calls: () => current,
    reopen: () => {
      if (closed) return;
      const old = current;
      current = open();
      old.close();
    },
    close: () => {
      closed = true;
      current.close();
    },
  };
};

interface RawCall {
  cancel(): void;
  on(event: 'error', listener: (error: unknown) => void): unknown;
}
interface RawClient {
  readonly [method: string]: (...args: unknown[]) => RawCall;
}

const callsOver = (client: RawClient): LnmuxCalls => ({
  getInfo: unary(client, 'GetInfo'),
  addInvoice: unary(client, 'AddInvoice'),
  settleInvoice: unary(client, 'SettleInvoice'),
  cancelInvoice: unary(client, 'CancelInvoice'),
  waitForFinalStatus: unary(client, 'WaitForInvoiceFinalStatus'),
  listInvoices: unary(client, 'ListInvoices'),
  subscribeAccepted: (signal) => stream(client, 'SubscribeInvoiceAccepted', signal),
  close: () => void client.close?.(),
});

const onAbort = (signal: AbortSignal, cancel: () => void): void => {
  // One signal may end hundreds of calls: that is no leak, and Node need not warn of one.
  setMaxListeners(0, signal);
  signal.addEventListener('abort', cancel, { once: true });
};

const unary =
  <Request, Response>(client: RawClient, method: string): Unary<Request, Response> =>
  (request, { ms, signal }) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(new BackendFault({ kind: 'timeout', detail: 'given up before lnmux was asked' }));
      const cancel = () => call?.cancel();
      const done = (error: unknown, response: unknown) => {
        signal?.removeEventListener('abort', cancel);
        if (error) reject(error);
        else resolve(response as Response);
      };
      const call = client[method]?.(request, { deadline: Date.now() + ms }, done);
      if (signal !== undefined) onAbort(signal, cancel);
    });

async function* stream<Message>(client: RawClient, method: string, signal: AbortSignal): AsyncGenerator<Message> {
  if (signal.aborted) return;
  const call = client[method]?.({}, new Metadata({ waitForReady: true })) as RawCall & AsyncIterable<Message>;
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
}
