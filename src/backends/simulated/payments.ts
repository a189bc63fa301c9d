// The payer's side of a simulated node: one attempt finds ways, splits what is too big for one, learns from refusals, and ends when nothing is
// in flight any more. Mirrors LND: a hash that failed may be paid again as a new attempt, one in flight or succeeded may not.
import type { PayFailure } from '../port.ts';
import { feeOf, keepPayment, outcomeOf, routeOf, spendableOf } from './attempts.ts';
import { count, emit, type Sim } from './core.ts';
import { directionOf, launch } from './htlcs.ts';
import type { Htlc, SimPayment, Trip } from './model.ts';
import { findPath, type Journey, type Path } from './paths.ts';

/** An attempt at work; gone when it has ended. */
export interface Session {
  readonly trip: Trip;
  readonly payment: SimPayment;
  readonly limits: Map<string, bigint>;
  readonly outstanding: Map<number, Htlc>;
  /** The node was restarted since: what is on its way ends by itself, and nothing new is sent. */
  closed: boolean;
  /** Why no part is started any more. */
  verdict: PayFailure | null;
  settled: boolean;
  readonly stopAt: number;
  readonly done: (payment: SimPayment) => void;
}
export type Sessions = Map<number, Session>;

/** LND's own default: no new part starts after a minute. */
const payForMs = 60_000;
/** Parts smaller than this are not tried, in msat. */
const smallestPart = 10_000_000n;

/** Starts an attempt; `done` is called once, when nothing of it is in flight any more. */
export const startAttempt = (
  sim: Sim,
  sessions: Sessions,
  start: { readonly trip: Trip; readonly done: (payment: SimPayment) => void },
): SimPayment => {
  const { trip, done } = start;
  const payment = newPayment(sim, trip);
  const session = newSession(sim, { trip, payment, done });
  sessions.set(payment.index, session);
  if (trip.isProbe) startProbe(sim, sessions, session);
  if (!session.trip.isProbe) keepPayment(sim, session.payment);
  pump(sim, sessions, session);
  return payment;
};

const newPayment = (sim: Sim, { from, hash, amount, maxFee }: Trip): SimPayment => ({
  node: from,
  hash,
  index: count(sim, 'attempts'),
  amount,
  maxFee,
  createdAt: sim.time.now().getTime(),
  state: 'inFlight',
  preimage: null,
  fee: 0n,
  reason: null,
  routes: [],
});

const newSession = (sim: Sim, of: Pick<Session, 'trip' | 'payment' | 'done'>): Session => ({
  ...of,
  limits: new Map(),
  outstanding: new Map(),
  closed: false,
  verdict: null,
  settled: false,
  stopAt: sim.time.now().getTime() + payForMs,
});

const startProbe = (sim: Sim, sessions: Sessions, session: Session): void => {
  sim.overlays.set(session.payment.index, new Map());
  sim.time.after(payForMs, () => finish(sim, sessions, session));
};

/** An attempt that a test wants to fail: recorded like any other, but nothing is sent. */
export const failAttempt = (sim: Sim, trip: Trip, reason: PayFailure): SimPayment => {
  const sessions: Sessions = new Map();
  const payment = newPayment(sim, trip);
  const session = { ...newSession(sim, { trip, payment, done: () => undefined }), verdict: reason };
  sessions.set(payment.index, session);
  pump(sim, sessions, session);
  return payment;
};

/** Takes up the attempts that a state file has in flight. */
export const resumeAttempts = (sim: Sim, sessions: Sessions): void => {
  for (const payment of [...sim.records.payments.values()].flat()) {
    if (payment.state !== 'inFlight') continue;
    const trip: Trip = {
      from: payment.node,
      to: '',
      hash: payment.hash,
      secret: '',
      amount: payment.amount,
      maxFee: payment.maxFee,
      finalCltvDelta: 0,
      hints: [],
      maxTimeoutHeight: null,
      maxParts: 1,
      isProbe: false,
    };
    const session = newSession(sim, { trip, payment, done: () => undefined });
    session.closed = true;
    session.settled = payment.preimage !== null;
    for (const htlc of sim.records.htlcs.values()) if (htlc.index === payment.index) session.outstanding.set(htlc.id, htlc);
    sessions.set(payment.index, session);
    if (session.outstanding.size === 0) finish(sim, sessions, session);
  }
};

/** A node has been restarted: its attempts go on with what is in flight and start nothing new. */
export const closeAttempts = (sessions: Sessions, node: string): void => {
  for (const session of sessions.values()) if (session.trip.from === node) session.closed = true;
};

/** A part has come to its end, one way or the other. */
export const partEnded = (sim: Sim, sessions: Sessions, htlc: Htlc): void => {
  const session = sessions.get(htlc.index);
  if (session === undefined || !session.outstanding.delete(htlc.id)) return;
  const { payment } = session;
  payment.routes = [...payment.routes, routeOf(sim, htlc)];
  if (htlc.stage === 'settling') {
    session.settled = true;
    payment.preimage = htlc.preimage;
    payment.fee += feeOf(htlc);
  } else {
    learn(session, htlc);
  }
  if (!session.trip.isProbe) keepPayment(sim, session.payment);
  pump(sim, sessions, session);
};

/** A probe's part has reached the payee: as good as delivered, and it is held until all are there. */
export const probeArrived =
  (sim: Sim, sessions: Sessions): ((htlc: Htlc) => void) =>
  (htlc) => {
    const session = sessions.get(htlc.index);
    if (session === undefined) return;
    const waiting = [...session.outstanding.values()].filter((part) => part.stage === 'waiting');
    if (waiting.reduce((sum, part) => sum + part.amount, 0n) < session.trip.amount) return;
    session.payment.fee = waiting.reduce((sum, part) => sum + feeOf(part), 0n);
    session.payment.routes = waiting.map((part) => routeOf(sim, part));
    session.settled = true;
    finish(sim, sessions, session);
  };

const pump = (sim: Sim, sessions: Sessions, session: Session): void => {
  const { trip } = session;
  if (!session.settled && session.verdict === null && sim.time.now().getTime() >= session.stopAt) session.verdict = 'attemptsExhausted';
  while (!session.settled && !session.closed && session.verdict === null) {
    const left = trip.amount - sum(session, (htlc) => htlc.amount);
    if (left <= 0n) break;
    const path = nextPath(sim, session, left);
    if (typeof path === 'string') session.verdict = path;
    else send(sim, session, path);
  }
  // A probe's parts wait at the payee for the rest: without it they are let go at once.
  if (session.outstanding.size === 0 || (trip.isProbe && session.verdict !== null)) finish(sim, sessions, session);
};

const send = (sim: Sim, session: Session, { path, amount }: { readonly path: Path; readonly amount: bigint }): void => {
  const { trip, payment } = session;
  const htlc: Htlc = {
    id: count(sim, 'htlcs'),
    payer: trip.from,
    hash: trip.hash,
    index: payment.index,
    isProbe: trip.isProbe,
    hops: path.hops,
    amount,
    total: trip.amount,
    secret: trip.secret,
    stage: 'forward',
    locked: 0,
    preimage: null,
    failure: null,
  };
  session.outstanding.set(htlc.id, htlc);
  launch(sim, htlc);
};

// The whole rest if it passes somewhere, else halves of it, as long as parts are left.
const nextPath = (sim: Sim, session: Session, left: bigint): { path: Path; amount: bigint } | PayFailure => {
  const { trip } = session;
  const journey: Journey = {
    from: trip.from,
    to: trip.to,
    amount: left,
    finalCltvDelta: trip.finalCltvDelta,
    hints: new Set(trip.hints),
    limits: session.limits,
    probe: trip.isProbe ? session.payment.index : null,
    maxTimeoutHeight: trip.maxTimeoutHeight,
  };
  if (spendableOf(sim, trip.from, journey.probe) < left) return 'insufficientBalance';
  const feeLeft = trip.maxFee - sum(session, feeOf);
  let tooDear = false;
  const partsLeft = trip.maxParts - session.outstanding.size;
  for (let amount = left; ; amount = (amount + 1n) / 2n) {
    const path = findPath(sim, { ...journey, amount });
    if (path !== null && path.fee <= feeLeft) return { path, amount };
    tooDear ||= path !== null;
    if (partsLeft < 2 || amount <= smallestPart) return tooDear ? 'feeLimit' : 'noRoute';
  }
};

const learn = (session: Session, htlc: Htlc): void => {
  const code = htlc.failure?.code;
  if (code === 'incorrectPaymentDetails' || code === 'finalExpiryTooSoon') {
    session.verdict ??= 'rejectedByPayee';
    return;
  }
  if (code === 'mppTimeout' || code === 'htlcExpired') {
    session.verdict ??= 'attemptsExhausted';
    return;
  }
  const hop = htlc.hops[htlc.failure?.hop ?? 0];
  if (hop === undefined) return;
  const direction = directionOf(hop.channel, hop.from);
  const amount = code === 'temporaryChannelFailure' ? hop.amount : 0n;
  const known = session.limits.get(direction);
  if (known === undefined || amount < known) session.limits.set(direction, amount);
};

const finish = (sim: Sim, sessions: Sessions, session: Session): void => {
  const { payment, trip } = session;
  if (!sessions.delete(payment.index)) return;
  sim.overlays.delete(payment.index);
  payment.state = session.settled ? 'succeeded' : 'failed';
  payment.reason = session.settled ? null : (session.verdict ?? 'other');
  if (!session.trip.isProbe) keepPayment(sim, session.payment);
  if (!trip.isProbe) emit(sim, payment.node, { about: 'payment', hash: payment.hash, outcome: outcomeOf(payment) });
  session.done(payment);
};

const sum = (session: Session, of: (htlc: Htlc) => bigint): bigint =>
  [...session.outstanding.values()].reduce((total, htlc) => total + of(htlc), 0n);
