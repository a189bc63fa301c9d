// Is the other end still there? Finds what gRPC itself takes long to find: a peer that vanished, a node that is back, new certificate files.
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../port.ts';
import type { LndConnection } from './connection.ts';
import { type LndContext, patience } from './context.ts';
import { faultOf } from './faults.ts';

const beatMs = 15_000;
const whileAwayMs = 2_000;

interface Beat {
  /** Questions in a row that were never answered. */
  readonly silent: number;
  readonly away: boolean;
}

/** Asks until `signal` aborts; replaces the connection when that helps. Never throws. */
export const heartbeat = async (context: LndContext, signal: AbortSignal): Promise<void> => {
  let beat: Beat = { silent: 0, away: false };
  while (!signal.aborted) {
    await sleep(beat.away ? whileAwayMs : beatMs, undefined, { signal }).catch(() => undefined);
    if (!signal.aborted) beat = await listen(context, beat, signal);
  }
};

const listen = async ({ connection }: LndContext, { silent }: Beat, signal: AbortSignal): Promise<Beat> => {
  const fault = await askedNow(connection, signal);
  switch (fault?.kind) {
    case 'timeout':
      // A vanished peer looks connected for a quarter of an hour.
      if (silent > 0) connection.reopen('LND does not answer on the open connection');
      return { silent: silent + 1, away: false };
    case 'auth':
      // Certificates and macaroons rotate: a node that refuses ours, or shows another, may have left new files for us.
      connection.reopenIfChanged();
      return { silent: 0, away: false };
    case 'unreachable':
      connection.reopenIfChanged();
      // After a long absence gRPC waits up to two minutes between attempts, and this connection gives no way to change that.
      if ((await accepts(connection.socket)) && isUnconnected(await askedNow(connection, signal))) connection.reopen('LND listens again');
      return { silent: 0, away: true };
    default:
      return { silent: 0, away: false };
  }
};

// A node that is starting answers too, with a sentence; its connection is good.
const isUnconnected = (fault: Fault | null): boolean => fault?.kind === 'unreachable' && fault.detail.startsWith('gRPC 14');

const askedNow = async (connection: LndConnection, signal: AbortSignal): Promise<Fault | null> => {
  try {
    await connection.stubs().getInfo({}, { ms: patience.call, signal });
    return null;
  } catch (error) {
    return signal.aborted ? null : faultOf(error);
  }
};

/** True when something takes a TCP connection there. */
const accepts = (socket: string): Promise<boolean> =>
  new Promise((resolve) => {
    const colon = socket.lastIndexOf(':');
    const host = socket.slice(0, colon).replace(/^\[|\]$/g, '');
    const probe = connect({ host, port: Number(socket.slice(colon + 1)), timeout: 1_000 });
    const end = (answer: boolean) => {
      probe.destroy();
      resolve(answer);
    };
    probe.once('connect', () => end(true));
    probe.once('timeout', () => end(false));
    probe.once('error', () => end(false));
  });
