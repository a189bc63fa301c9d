// The stream of accepted sets, kept open at all times: lnmux refuses payments when nobody listens, and after a restart gives up what it held
// unless somebody listens before its nodes tell it again. Whatever ends the stream, it is opened again at once.
import { type PaymentHash, paymentHash } from '../../lightning/values.ts';
import { completeAfter, type LnmuxContext, patience } from './context.ts';
import { code, faultOf, hasCode } from './faults.ts';
import { pause } from './inbox.ts';
import type { HeldSet, Stream } from './live.ts';

export interface AcceptedFeed {
  readonly held: (hash: PaymentHash, set: HeldSet) => void;
  /** Given back by lnmux: open again. */
  readonly released: (hash: PaymentHash) => void;
}

const longestPause = 1_000;
const lapseEveryMs = 250;

/** Ends when `signal` aborts, and only then; never throws. */
export const followAccepted = async (context: LnmuxContext, feed: AcceptedFeed, signal: AbortSignal): Promise<void> => {
  void releaseLapsed(context, feed, signal);
  let short = 0;
  let broken = false;
  while (!signal.aborted) {
    const began = Date.now();
    try {
      await once(context, feed, signal);
      if (!signal.aborted) context.log.info({}, 'lnmux ended the stream of accepted sets; opening it again');
    } catch (error) {
      if (!signal.aborted && !broken)
        context.log.warn({ fault: faultOf(error) }, 'the stream of accepted sets broke off; opening it again');
      broken = true;
    }
    const lasted = Date.now() - began > 5_000;
    if (lasted) broken = false;
    short = lasted ? 0 : short + 1;
    // At once; only what ends soon again and again is given a moment.
    await pause(short < 2 ? 0 : Math.min(50 * 2 ** (short - 2), longestPause), signal);
  }
};

const once = async (context: LnmuxContext, feed: AcceptedFeed, signal: AbortSignal): Promise<void> => {
  const ended = new AbortController();
  const running = AbortSignal.any([signal, ended.signal]);
  const stream = context.live.begin();
  try {
    const sets = context.connection.calls().subscribeAccepted(running);
    void watch(context, { stream, feed, giveUp: () => ended.abort() }, running);
    for await (const { hash, set_id } of sets) {
      const of = paymentHash(hash.toString('hex'));
      feed.held(of, stream.accepted(of, set_id.toString('hex')));
    }
  } catch (error) {
    // Ended by ourselves: the connection was given up, or the reader has gone.
    if (!running.aborted) throw error;
  } finally {
    stream.end();
    ended.abort();
  }
};

interface Watched {
  readonly stream: Stream;
  readonly feed: AcceptedFeed;
  readonly giveUp: () => void;
}

/** The first answer on the same connection shows that the stream has arrived there; from then on its silence will mean something. */
const watch = async (context: LnmuxContext, { stream, feed, giveUp }: Watched, running: AbortSignal): Promise<void> => {
  if (!(await isAnswered(context, giveUp, running))) return;
  await pause(completeAfter(context.settings), running);
  if (running.aborted) return;
  for (const hash of stream.complete()) feed.released(hash);
  while (await isAnswered(context, giveUp, running)) await pause(patience.beats, running);
};

/** True at the first answer; false when the stream has ended, or was given up with a connection that is dead although nobody said so. */
const isAnswered = async (context: LnmuxContext, giveUp: () => void, running: AbortSignal): Promise<boolean> => {
  let missed = 0;
  while (!running.aborted) {
    try {
      await context.connection.calls().getInfo({}, { ms: patience.beat, signal: running });
      return true;
    } catch (error) {
      // Refused connections are tried again by the channel itself; silence is not.
      if (hasCode(error, code.deadline)) missed += 1;
      if (missed >= 2) break;
      await pause(100, running);
    }
  }
  if (running.aborted) return false;
  context.log.warn({ socket: context.connection.socket }, 'lnmux has gone silent: connecting anew');
  context.connection.reopen();
  giveUp();
  return false;
};

const releaseLapsed = async (context: LnmuxContext, feed: AcceptedFeed, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    await pause(lapseEveryMs, signal);
    for (const hash of context.live.lapsed()) feed.released(hash);
  }
};
