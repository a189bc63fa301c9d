// Questions and orders to a Galoy server. A question may be repeated and is believed only when it is answered without any error; an order
// goes out once. Who says "too many" is left alone for as long as it asks.

import { setTimeout as sleep } from 'node:timers/promises';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { BackendFault, type Fault } from '../port.ts';
import type { Reply, TopError, Transport } from './transport.ts';
import { faultOfErrors } from './words.ts';

/** How long each may take, in milliseconds. */
export const patience = {
  /** One try of a question. */
  question: 8_000,
  /** An order that makes or ends an invoice, or probes. */
  order: 20_000,
  /** For the end of a payment, before `inFlight` or doubt is the answer. Upstream itself answers PENDING after 45 s. */
  payment: 25_000,
  /** For an answer that comes later than that: the request is not taken away from a server that is at work on it. */
  latePayment: 90_000,
} as const;

type Vars = Readonly<Record<string, unknown>>;

export interface Asking {
  /** Repeated on passing trouble. @throws BackendFault, also when `pick` does not find what it needs in the answer. */
  read<Data, Variables extends Vars, Found>(question: Question<Data, Variables, Found>, signal: AbortSignal): Promise<Found>;
  /** Sent at most once. Never throws. */
  order<Data, Variables extends Vars>(order: Order<Data, Variables>, signal: AbortSignal): Promise<Ordered<Data>>;
}

export interface Question<Data, Variables, Found> {
  readonly document: TypedDocumentNode<Data, Variables>;
  readonly variables: Variables;
  readonly pick: (data: Data) => Found;
  /** What these errors are an answer to, if they are one; undefined: they are trouble. */
  readonly answers?: (errors: readonly TopError[]) => Found | undefined;
}

export interface Order<Data, Variables> {
  readonly document: TypedDocumentNode<Data, Variables>;
  readonly variables: Variables;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Ordered<Data> =
  /** `data` is null when the answer has none; its shape is the server's claim, not a fact. */
  | { readonly is: 'reply'; readonly data: Data | null; readonly errors: readonly TopError[]; readonly began: boolean }
  | { readonly is: 'silence'; readonly fault: Fault; readonly sent: boolean };

const pausesMs = [250, 1_000];

export const newAsking = (transport: Transport, clock: { now(): Date }): Asking => {
  let closedUntil = 0;
  const heard = (reply: Reply): Reply => {
    if (reply.is === 'silence' && reply.pauseMs !== null) closedUntil = Math.max(closedUntil, clock.now().getTime() + reply.pauseMs);
    return reply;
  };
  const closed = (): Fault | null => {
    const ms = closedUntil - clock.now().getTime();
    return ms > 0 ? { kind: 'rateLimited', detail: `the server wants to be left alone for another ${Math.ceil(ms / 1000)} s` } : null;
  };
  const once = async (request: Parameters<Transport['send']>[0], signal: AbortSignal): Promise<Reply> => {
    const fault = closed();
    return fault ? { is: 'silence', fault, sent: false, pauseMs: null } : heard(await transport.send(request, signal));
  };

  return {
    read: async ({ document, variables, pick, answers }, signal) => {
      for (let tries = 0; ; tries++) {
        const reply = await once({ document, variables }, AbortSignal.any([signal, AbortSignal.timeout(patience.question)]));
        const answer = reply.is === 'reply' ? answered(reply, pick, answers) : { fault: reply.fault };
        if ('found' in answer) return answer.found;
        const pause = pausesMs[tries];
        if (pause === undefined || !passes(answer.fault) || signal.aborted) throw new BackendFault(answer.fault);
        await sleep(pause * (0.75 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
      }
    },
    order: async <Data, Variables extends Vars>(order: Order<Data, Variables>, signal: AbortSignal): Promise<Ordered<Data>> => {
      const reply = await once(order, signal);
      // The type is what the document asks for; who reads it must be ready for anything else.
      return reply.is === 'silence' ? reply : { ...reply, data: reply.data as Data | null };
    },
  };
};

/** Trouble that may be over in a second. */
const passes = ({ kind }: Fault): boolean => kind === 'unreachable' || kind === 'timeout' || kind === 'internal';

const answered = <Data, Found>(
  reply: Extract<Reply, { is: 'reply' }>,
  pick: (data: Data) => Found,
  answers: ((errors: readonly TopError[]) => Found | undefined) | undefined,
): { readonly found: Found } | { readonly fault: Fault } => {
  // Half an answer is none: what is missing from it might be the payment that is asked about.
  if (reply.errors.length > 0) {
    const found = answers?.(reply.errors);
    return found === undefined ? { fault: faultOfErrors(reply.errors) } : { found };
  }
  try {
    return { found: pick(reply.data as Data) };
  } catch (error) {
    if (error instanceof BackendFault) return { fault: error.fault };
    const what = error instanceof Error ? error.message : String(error);
    return { fault: { kind: 'protocol', detail: `the answer lacks what was asked for: ${what}` } };
  }
};
