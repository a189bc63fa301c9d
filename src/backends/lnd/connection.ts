// One connection to one LND, made by ln-service and replaced whole when its files change or it has gone silent.
// Whoever calls takes `stubs()` anew each time; whoever streams ends with `generation()` and starts again.
import { authenticatedLndGrpc } from 'ln-service';
import type { BackendLog } from '../port.ts';
import { type LndSettings, readMaterial } from './settings.ts';
import { type LndStubs, lndStubs } from './stubs.ts';

export interface LndConnection {
  readonly socket: string;
  stubs(): LndStubs;
  /** Aborted when the present connection is given up for a new one. */
  generation(): AbortSignal;
  /** A new connection, from files read anew. Keeps the old one when they cannot be read. */
  reopen(why: string): void;
  /** A new connection only if certificate or macaroon are not what they were. */
  reopenIfChanged(): void;
  close(): void;
}

interface Opened {
  readonly stubs: LndStubs;
  readonly material: string;
  readonly ended: AbortController;
}

// Calls that were under way on a connection that is given up get this long to come back.
const lingerMs = 60_000;

/** Touches files and no network. @throws BackendFault naming the key whose file cannot be read. */
export const openConnection = (settings: LndSettings, log: BackendLog): LndConnection => {
  let closed = false;
  let current = open(settings);

  const replace = (why: string, next: Opened) => {
    const old = current;
    current = next;
    log.warn({ socket: settings.socket, why }, 'connecting to LND anew');
    old.ended.abort();
    setTimeout(old.stubs.close, lingerMs).unref();
  };
  const attempt = (use: (next: () => Opened) => void) => {
    if (closed) return;
    try {
      use(() => open(settings));
    } catch (error) {
      log.error({ socket: settings.socket, error }, 'cannot connect to LND anew');
    }
  };

  return {
    socket: settings.socket,
    stubs: () => current.stubs,
    generation: () => current.ended.signal,
    reopen: (why) => attempt((next) => replace(why, next())),
    reopenIfChanged: () =>
      attempt((next) => {
        if (materialOf(settings).text !== current.material) replace('its certificate or macaroon changed', next());
      }),
    close: () => {
      closed = true;
      current.ended.abort();
      current.stubs.close();
    },
  };
};

const materialOf = ({ cert, macaroon }: LndSettings) => {
  const found = { cert: cert === null ? undefined : readMaterial(cert), macaroon: readMaterial(macaroon) };
  return { ...found, text: `${found.cert ?? ''} ${found.macaroon}` };
};

// Twelve service clients share one TCP connection only within one set of credentials: this is called once for each connection.
const open = (settings: LndSettings): Opened => {
  const { cert, macaroon, text } = materialOf(settings);
  const { lnd } = authenticatedLndGrpc({ socket: settings.socket, macaroon, ...(cert === undefined ? {} : { cert }) });
  return { stubs: lndStubs(lnd), material: text, ended: new AbortController() };
};
