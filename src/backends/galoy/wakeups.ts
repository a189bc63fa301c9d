// What a Galoy server tells over WebSocket, taken for what it is worth: a hint that the ledger is worth a look. No shape of it is trusted
// and nothing is believed from it, so a stream that is missing, late or wrong costs time and never the truth.
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { PaymentHash } from '../../lightning/values.ts';
import type { GaloyContext } from './context.ts';
import { GatewayInvoiceStatus, GatewayUpdates } from './documents.generated.ts';
import { textOf } from './transport.ts';

const longestPauseMs = 15_000;
// A server without this stream, or one that does not let us have it, is asked again now and then.
const refusedMs = 300_000;

/** Rings the bell at every hint, until `signal` aborts. Never throws. */
export const wakeUps = (context: GaloyContext, signal: AbortSignal): void => {
  const client = connect(context);
  // In the middle of a reconnection it rejects with the close that it causes itself.
  signal.addEventListener('abort', () => void Promise.resolve(client.dispose()).catch(() => undefined), { once: true });
  if (signal.aborted) return;
  const streams = { context, client };
  keep(streams, { name: 'myUpdates', document: GatewayUpdates, variables: {}, endless: true, hint: isMoney }, signal);
  context.watched.follow((hash, ended) => keep(streams, invoiceStatus(hash), AbortSignal.any([signal, ended])), signal);
};

const connect = ({ settings, log }: GaloyContext): Client =>
  createClient({
    url: settings.wsEndpoint,
    webSocketImpl: WebSocket,
    connectionParams: { 'X-API-KEY': settings.apiKey },
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
    retryWait: (retries) => pause(Math.min(500 * 2 ** retries, longestPauseMs) * (0.75 + Math.random() / 2)),
    connectionAckWaitTimeout: 10_000,
    keepAlive: 20_000,
    // Its own words would go to the console.
    onNonLazyError: () => undefined,
    on: { error: (error) => log.debug({ err: error instanceof Error ? error.message : 'unreadable' }, 'the stream of Galoy is not there') },
  });

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());

interface Stream {
  readonly name: string;
  readonly document: TypedDocumentNode<unknown, never>;
  readonly variables: Readonly<Record<string, unknown>>;
  /** True when its end is no news: it is opened again. */
  readonly endless: boolean;
  /** Whether this message is worth a look. */
  readonly hint: (data: unknown) => boolean;
}

const invoiceStatus = (hash: PaymentHash): Stream => ({
  name: 'lnInvoicePaymentStatusByHash',
  document: GatewayInvoiceStatus,
  variables: { input: { paymentHash: hash } },
  endless: false,
  hint: (data) => !/"PENDING"/.test(JSON.stringify(data) ?? ''),
});

/** Prices come every half minute to everybody; anything else, known or not, may be about money. */
const isMoney = (data: unknown): boolean => !/"(Realtime)?Price"/.test(JSON.stringify(data) ?? '');

interface Streams {
  readonly context: GaloyContext;
  readonly client: Client;
}

const keep = (streams: Streams, stream: Stream, signal: AbortSignal): void => {
  if (signal.aborted) return;
  const { context, client } = streams;
  let end = (): void => undefined;
  const again = (ms: number): void => {
    signal.removeEventListener('abort', end);
    if (signal.aborted) return;
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', forget);
      keep(streams, stream, signal);
    }, ms).unref();
    const forget = (): void => clearTimeout(timer);
    signal.addEventListener('abort', forget, { once: true });
  };
  end = client.subscribe(
    { query: textOf(stream.document), variables: { ...stream.variables } },
    {
      next: ({ data, errors }) => {
        if (errors !== undefined || stream.hint(data)) context.bell.ring();
      },
      error: () => {
        context.log.debug({ stream: stream.name }, 'Galoy does not give this stream; the ledger is looked at all the same');
        again(refusedMs);
      },
      complete: () => (stream.endless ? again(longestPauseMs) : signal.removeEventListener('abort', end)),
    },
  );
  signal.addEventListener('abort', end, { once: true });
};
