// A payment as a stream: the current state first, or every event behind a cursor, then every change; it ends after a final state.
import { type PaymentRow, paymentsByHash, viewOfPayment } from '../payments/store.ts';
import type { PaymentView } from '../payments/view.ts';
import { type FeedEvent, parseFeedCursor } from '../platform/feed.ts';
import { refuse } from '../platform/refusal.ts';
import type { Principal } from '../wallets/view.ts';
import type { CommandDeps } from './deps.ts';
import type { PaymentEvent } from './reads.ts';
import { walletsOf } from './scope.ts';
import { type Wake, wakeable } from './wake.ts';

const lookMs = 15_000;
const start = '0.0';

/** The payment that counts among the asker's: a succeeded one, else the newest. Null when there is none. */
export const paymentFor = async (deps: CommandDeps, who: Principal, hash: string): Promise<PaymentView | null> => {
  const views = await Promise.all((await ownRows(deps, who, hash)).map((row) => viewOfPayment(deps.payments.db, row)));
  return views.find((view) => view.state === 'succeeded') ?? views[0] ?? null;
};

const ownRows = async (deps: CommandDeps, who: Principal, hash: string): Promise<readonly PaymentRow[]> => {
  const [rows, wallets] = await Promise.all([paymentsByHash(deps.payments.db, hash), walletsOf(deps, who)]);
  return rows.filter((row) => wallets.some((wallet) => wallet.id === row.walletId));
};

interface Watch {
  readonly who: Principal;
  readonly hash: string;
  readonly after: string | null;
}

/** Throws Refused: notFound when the asker has no such payment, invalidInput for a cursor that is none of ours. */
export async function* watchPayment(deps: CommandDeps, watch: Watch, signal: AbortSignal): AsyncGenerator<PaymentEvent> {
  if (watch.after !== null && parseFeedCursor(watch.after) === null) {
    refuse({ is: 'invalidInput', field: 'after', rule: 'cursor', given: watch.after.slice(0, 60) });
  }
  const wake = wakeable(signal);
  // First listen, then read: what happens between the two wakes us.
  const stop = await deps.payments.feed.listen(watch.hash, wake.up);
  try {
    const first = await firstEvent(deps, watch);
    if (watch.after === null) yield first;
    if (watch.after === null && first.payment.state !== 'pending') return;
    yield* eventsBehind(deps, { ...watch, after: first.cursor }, { signal, wake });
  } finally {
    stop();
  }
}

/** The payment as it is, with the cursor behind which its later events lie. */
const firstEvent = async (deps: CommandDeps, watch: Watch): Promise<PaymentEvent> => {
  // The position before the state: an event in between is told twice rather than not at all.
  const cursor = watch.after ?? (await deps.payments.feed.since(watch.hash, null)).at(-1)?.cursor ?? start;
  const payment = await paymentFor(deps, watch.who, watch.hash);
  return payment ? { payment, cursor } : refuse({ is: 'notFound', what: 'payment', given: watch.hash });
};

async function* eventsBehind(
  deps: CommandDeps,
  watch: Watch & { readonly after: string },
  until: { readonly signal: AbortSignal; readonly wake: Wake },
): AsyncGenerator<PaymentEvent> {
  const { feed, clock } = deps.payments;
  let cursor = watch.after;
  while (!until.signal.aborted) {
    // The state before the events: when it is final, the events that lead to it are all there.
    const now = await paymentFor(deps, watch.who, watch.hash);
    for (const event of await feed.since(watch.hash, cursor)) {
      cursor = event.cursor;
      const payment = await atThatMoment(deps, await ownRows(deps, watch.who, watch.hash), event);
      if (payment) yield { payment, cursor };
    }
    if (now?.state !== 'pending') return;
    await until.wake.sleep(clock, lookMs);
  }
}

/** The payment as it stood when this was told: what has happened since is told by the events behind it. */
const atThatMoment = async (deps: CommandDeps, rows: readonly PaymentRow[], event: FeedEvent): Promise<PaymentView | null> => {
  const news = newsIn(event.payload);
  const row = rows.find((one) => one.id === news?.paymentId);
  if (!news || !row) return null;
  const view = await viewOfPayment(deps.payments.db, row);
  if (news.state === view.state) return view;
  return {
    ...view,
    state: news.state,
    feeMsat: news.feeMsat,
    preimage: news.preimage,
    failure: news.state === 'failed' ? view.failure : null,
    endedAt: news.endedAt,
  };
};

interface News {
  readonly paymentId: string;
  readonly state: PaymentView['state'];
  readonly feeMsat: bigint | null;
  readonly preimage: string | null;
  readonly endedAt: Date | null;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;
const isState = (value: unknown): value is PaymentView['state'] => value === 'pending' || value === 'succeeded' || value === 'failed';

const newsIn = (payload: unknown): News | null => {
  if (!isObject(payload) || typeof payload.paymentId !== 'string' || !isState(payload.state)) return null;
  return {
    paymentId: payload.paymentId,
    state: payload.state,
    feeMsat: typeof payload.feeMsat === 'string' ? BigInt(payload.feeMsat) : null,
    preimage: typeof payload.preimage === 'string' ? payload.preimage : null,
    endedAt: typeof payload.endedAt === 'string' ? new Date(payload.endedAt) : null,
  };
};
