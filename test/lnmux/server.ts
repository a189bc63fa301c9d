// An lnmuxd of ours over a simulated cluster: the same service, the same codes, the same oddities. It is written from what lnmux was seen to do, and
// held against transcripts of the real one (recordings/).
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, ServerCredentials, type ServerUnaryCall, type ServerWritableStream, type sendUnaryData, status } from '@grpc/grpc-js';
import { lnmuxService } from '../../src/backends/lnmux/client.ts';
import type { AddInvoiceRequest, ListMessage, SetMessage } from '../../src/backends/lnmux/messages.ts';
import { encodeBolt11 } from '../../src/lightning/bolt11-encode.ts';
import type { Cluster } from './cluster.ts';
import { type LnmuxDatabase, newDatabase, type StoredInvoice } from './database.ts';
import { derivedFrom, newSecret } from './derive.ts';
import { newRegistry, type Registry } from './registry.ts';

export interface LnmuxServerOptions {
  readonly cluster: Cluster;
  /** 0 and absent: any free one. */
  readonly port?: number;
  readonly acceptMs?: number;
  readonly partsMs?: number;
  readonly listenerMs?: number;
  /** From the start until its nodes repeat what they hold; seen: 3 ms. */
  readonly connectMs?: number;
  readonly autoSettle?: boolean;
  /** What happens, a line at a time. */
  readonly say?: (line: string) => void;
}

export interface LnmuxServer {
  readonly socket: string;
  /** URL of the metrics. */
  readonly instrumentation: string;
  readonly cluster: Cluster;
  readonly database: LnmuxDatabase;
  /** Ends every stream of accepted sets with this status: a cut, a full buffer. */
  cutStreams(code?: number): void;
  /** Everything in memory is lost; it answers again after `downMs`. */
  restart(downMs?: number): Promise<void>;
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Listeners on the stream of accepted sets. */
  listeners(): number;
  close(): Promise<void>;
}

class Refusal extends Error {
  readonly code: number;
  readonly details: string;
  constructor(code: number, details: string) {
    super(details);
    this.code = code;
    this.details = details;
  }
}

const bufferSize = 100;
/** A time that is not set, as Go writes its zero time in an unsigned number. */
const unsetTime = '18446744011573954816';
const notLocated = 'unable to locate invoice';

type Accepts = ServerWritableStream<unknown, SetMessage>;
interface Running {
  readonly grpc: Server;
  readonly registry: Registry;
  readonly streams: Set<(code: number) => void>;
}

export const startLnmuxServer = async (options: LnmuxServerOptions): Promise<LnmuxServer> => {
  const { cluster } = options;
  const database = newDatabase();
  const waiters = new Map<string, Set<(invoice: StoredInvoice) => void>>();
  let running: Running | null = null;
  let port = options.port ?? 0;

  const start = async (): Promise<void> => {
    const registry = newRegistry({
      database,
      identityKey: cluster.privateKey,
      height: cluster.height,
      now: () => new Date(),
      acceptMs: options.acceptMs ?? 60_000,
      partsMs: options.partsMs ?? 30_000,
      listenerMs: options.listenerMs ?? 30_000,
      autoSettle: options.autoSettle ?? false,
      say: options.say ?? (() => undefined),
      isFinal: (invoice) => {
        options.say?.(`${invoice.status === 'SETTLED' ? 'settled' : 'failed'} ${invoice.hash}`);
        for (const tell of waiters.get(invoice.hash) ?? []) tell(invoice);
        waiters.delete(invoice.hash);
      },
    });
    const streams: Running['streams'] = new Set();
    const grpc = new Server();
    grpc.addService(lnmuxService().service, handlers({ options, database, registry, streams, waiters }));
    port = await new Promise<number>((resolve, reject) =>
      grpc.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound))),
    );
    const mine: Running = { grpc, registry, streams };
    running = mine;
    await sleep(options.connectMs ?? 5);
    if (running === mine) cluster.listen(registry.htlc);
  };
  const stop = async (): Promise<void> => {
    const old = running;
    running = null;
    cluster.listen(null);
    old?.registry.stop();
    old?.grpc.forceShutdown();
  };
  const metrics = await serveMetrics(() => [
    `lnmux_disconnected_nodes ${cluster.nodes.filter(({ name }) => !cluster.isOnline(name)).length}`,
    `lnmux_invoice_accepted_subscribers ${running?.registry.listeners ?? 0}`,
  ]);
  await start();
  return {
    get socket() {
      return `127.0.0.1:${port}`;
    },
    instrumentation: `http://127.0.0.1:${(metrics.address() as AddressInfo).port}`,
    cluster,
    database,
    cutStreams: (code = status.UNAVAILABLE) => {
      for (const cut of [...(running?.streams ?? [])]) cut(code);
    },
    restart: async (downMs = 0) => {
      await stop();
      await sleep(downMs);
      await start();
    },
    stop,
    start,
    listeners: () => running?.registry.listeners ?? 0,
    close: async () => {
      await stop();
      metrics.close();
      cluster.close();
    },
  };
};

const sleep = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

const serveMetrics = (lines: () => readonly string[]): Promise<HttpServer> => {
  const server = createServer((_, answer) => answer.end(`${lines().join('\n')}\n`));
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
};

interface Parts {
  readonly options: LnmuxServerOptions;
  readonly database: LnmuxDatabase;
  readonly registry: Registry;
  readonly streams: Running['streams'];
  readonly waiters: Map<string, Set<(invoice: StoredInvoice) => void>>;
}

/** Called when the caller has given up. */
type WhenGone = (run: () => void) => void;

const answering =
  <Request, Response>(work: (request: Request, whenGone: WhenGone) => Response | Promise<Response>) =>
  (call: ServerUnaryCall<Request, Response>, done: sendUnaryData<Response>): void => {
    (async () => work(call.request, (run) => void call.on('cancelled', run)))().then(
      (answer) => done(null, answer),
      (error) => done(error instanceof Refusal ? error : new Refusal(status.INTERNAL, String(error))),
    );
  };

const handlers = (parts: Parts) => ({
  GetInfo: answering(() => infoOf(parts.options)),
  AddInvoice: answering((request: AddInvoiceRequest) => addInvoice(parts.options.cluster, request)),
  SubscribeInvoiceAccepted: (stream: Accepts) => subscribe(parts, stream),
  WaitForInvoiceFinalStatus: answering(({ hash }: { readonly hash: Buffer }, whenGone) => waitForEnd(parts, hex32(hash, 'hash'), whenGone)),
  SettleInvoice: answering((request: SetMessage) => {
    const end = parts.registry.settle(hex32(request.hash, 'hash'), hex32(request.set_id, 'set id'));
    if (end === 'notFound') throw new Refusal(status.NOT_FOUND, notLocated);
    if (end === 'autoSettling') throw new Refusal(status.UNAVAILABLE, 'lnmux is in auto-settle mode');
    return {};
  }),
  CancelInvoice: answering((request: SetMessage) => {
    const end = parts.registry.cancel(hex32(request.hash, 'hash'), hex32(request.set_id, 'set id'));
    if (end === 'notFound') throw new Refusal(status.NOT_FOUND, notLocated);
    if (end === 'settleRequested') throw new Refusal(status.FAILED_PRECONDITION, 'invoice settle already requested');
    return {};
  }),
  ListInvoices: answering((request: { max_invoices_count: string; sequence_start: string }) => {
    if (request.max_invoices_count === '0') throw new Refusal(status.INVALID_ARGUMENT, "should provide 'max_invoices_count' field");
    return listOf(parts.database.from(Number(request.sequence_start), Number(request.max_invoices_count)));
  }),
});

const hex32 = (bytes: Buffer, what: 'hash' | 'set id'): string => {
  if (bytes.length === 32) return bytes.toString('hex');
  throw new Refusal(status.UNKNOWN, what === 'hash' ? `invalid hash length of ${bytes.length}, want 32` : 'invalid set id');
};

const infoOf = ({ cluster, autoSettle = false }: LnmuxServerOptions) => ({
  pub_key: Buffer.from(cluster.key, 'hex'),
  network: 'regtest',
  nodes: cluster.nodes.map(({ key }) => ({ pub_key: Buffer.from(key, 'hex') })),
  auto_settle: autoSettle,
});

const addInvoice = (cluster: Cluster, request: AddInvoiceRequest) => {
  const [amount, expirySeconds] = [BigInt(request.amt_msat), Number(request.expiry_secs)];
  const text = request.description ?? '';
  const hash = request.description_hash ?? Buffer.alloc(0);
  if (expirySeconds <= 0) throw new Refusal(status.INVALID_ARGUMENT, 'expiry_secs not specified');
  if (amount <= 0n) throw new Refusal(status.INVALID_ARGUMENT, 'amt_msat not specified');
  if (hash.length > 0 && hash.length !== 32)
    throw new Refusal(status.INVALID_ARGUMENT, `invalid desc hash: invalid hash length of ${hash.length}, want 32`);
  if (hash.length > 0 && text !== '') throw new Refusal(status.INTERNAL, 'both description and description hash set');
  // BOLT 11 counts in groups of five bits, and has ten bits for their number.
  const groups = Math.ceil((Buffer.byteLength(text) * 8) / 5);
  if (groups > 1023) throw new Refusal(status.INTERNAL, `data length too big to fit within 10 bits: ${groups}`);
  const createdAt = new Date(Math.floor(Date.now() / 1_000) * 1_000);
  const secret = newSecret(amount, createdAt.getTime() / 1_000 + expirySeconds);
  const derived = derivedFrom(cluster.privateKey, secret);
  const routeHints = cluster.nodes.map(({ key, channel }) => [{ node: key, channel, baseFeeMsat: 0n, feeRatePpm: 0, cltvDelta: 40 }]);
  const description = hash.length > 0 ? { hash: hash.toString('hex') } : { text };
  const terms = { network: 'regtest', amount, hash: derived.hash, paymentSecret: secret, description, createdAt, expirySeconds } as const;
  const payment_request = encodeBolt11({ ...terms, finalCltvDelta: 40, featureBits: [9, 14, 17], routeHints }, cluster.privateKey);
  return { payment_request, preimage: Buffer.from(derived.preimage, 'hex'), hash: Buffer.from(derived.hash, 'hex') };
};

const subscribe = ({ registry, streams }: Parts, stream: Accepts): void => {
  let buffered: SetMessage[] = [];
  let ended = false;
  const end = (code: number, details: string): void => {
    if (ended) return;
    ended = true;
    leave();
    streams.delete(cut);
    for (const message of buffered) stream.write(message);
    buffered = [];
    if (code === status.OK) stream.end();
    else stream.emit('error', new Refusal(code, details));
  };
  const cut = (code: number): void => end(code, code === status.RESOURCE_EXHAUSTED ? 'buffer overflow' : 'the stream was cut');
  streams.add(cut);
  const flush = (): void => {
    const messages = buffered;
    buffered = [];
    for (const message of messages) stream.write(message);
  };
  const leave = registry.subscribe((hash, set_id) => {
    if (ended) return;
    if (buffered.length >= bufferSize) {
      setImmediate(() => end(status.RESOURCE_EXHAUSTED, 'buffer overflow'));
      return;
    }
    buffered.push({ hash: Buffer.from(hash, 'hex'), set_id: Buffer.from(set_id, 'hex') });
    if (buffered.length === 1) setImmediate(flush);
  });
  stream.on('cancelled', () => {
    ended = true;
    leave();
    streams.delete(cut);
  });
};

const waitForEnd = ({ database, waiters }: Parts, hash: string, whenGone: WhenGone): Promise<{ invoice_status: string }> => {
  const stored = database.get(hash);
  if (stored === null) throw new Refusal(status.NOT_FOUND, notLocated);
  if (stored.status !== 'SETTLE_REQUESTED') return Promise.resolve({ invoice_status: stored.status });
  return new Promise((resolve, reject) => {
    const all = waiters.get(hash) ?? new Set();
    waiters.set(hash, all);
    const tell = (invoice: StoredInvoice) => resolve({ invoice_status: invoice.status });
    all.add(tell);
    whenGone(() => {
      all.delete(tell);
      reject(new Refusal(status.INTERNAL, 'context canceled'));
    });
  });
};

const seconds = (date: Date): string => String(Math.floor(date.getTime() / 1_000));

const listOf = (invoices: readonly StoredInvoice[]): ListMessage => ({
  invoice: invoices.map((invoice) => ({
    // The wrong way round, as lnmux has it.
    hash: Buffer.from(invoice.preimage, 'hex'),
    preimage: Buffer.from(invoice.hash, 'hex'),
    amount_msat: String(invoice.amount),
    status: invoice.status,
    settle_requested_at: seconds(invoice.requestedAt),
    finalized_at: invoice.finalAt === null ? unsetTime : seconds(invoice.finalAt),
    sequence_number: String(invoice.sequence),
  })),
  first_sequence_number: String(invoices[0]?.sequence ?? 0),
  last_sequence_number: String(invoices.at(-1)?.sequence ?? 0),
});
