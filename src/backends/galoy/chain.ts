// Money on the chain at a Galoy account: new addresses, and what came to them. Nothing is sent: a send to an address of upstream's own is moved in
// its books and never becomes a transaction, so what became of it could not be told apart from a send that waits.
import { BackendFault, type Chain, type DepositSighting, type Fault } from '../port.ts';
import { patience } from './asking.ts';
import type { GaloyContext } from './context.ts';
import { GatewayAddress, GatewayComing } from './documents.generated.ts';
import { depositIn, type Movement } from './movements.ts';
import { page, readable } from './pages.ts';
import { faultOfErrors } from './words.ts';

const sendsNot = 'upstream moves coins to addresses of its own without a transaction, so a send could not be followed to its end';
const refused: Fault = { kind: 'refused', detail: sendsNot };

export const galoyChain = (context: GaloyContext): Chain => {
  const history = newHistory();
  return {
    traits: { findIsComplete: false, creditsByItself: true, sendsNot },
    createAddress: (signal) => createAddress(context, AbortSignal.any([signal, AbortSignal.timeout(patience.order)])),
    estimateFee: async () => {
      throw new BackendFault(refused);
    },
    send: async () => ({ is: 'notSent', fault: refused }),
    find: async () => ({ is: 'unknown', fault: refused }),
    deposits: (_, signal) => deposits(context, history, signal),
  };
};

/** Asked once: an address that is lost on the way is harmless, and upstream counts how many are made. @throws BackendFault */
const createAddress = async ({ asking, account }: GaloyContext, signal: AbortSignal): Promise<string> => {
  const walletId = await account.walletId(signal);
  const answer = await asking.order({ document: GatewayAddress, variables: { input: { walletId } } }, signal);
  if (answer.is === 'silence') throw new BackendFault(answer.fault);
  const made = answer.data?.made;
  if (typeof made?.address === 'string') return made.address;
  throw new BackendFault(faultOfErrors([...(Array.isArray(made?.errors) ? made.errors : []), ...answer.errors]));
};

/** What of the ledger has been read. Credited rows never change, so each is read once in the life of the process. */
interface History {
  readonly credited: Map<string, DepositSighting>;
  /** Everything from this row on, to `rest`, is in `credited`. */
  newest: string | null;
  /** Where the older rows go on that were not read yet; null: nowhere. */
  rest: string | null;
}

const newHistory = (): History => ({ credited: new Map(), newest: null, rest: null });
const nameOf = ({ txid, output }: DepositSighting): string => `${txid}:${output}`;

/** Everything ever, as upstream numbers no blocks. @throws BackendFault */
const deposits = async (context: GaloyContext, history: History, signal: AbortSignal): Promise<readonly DepositSighting[]> => {
  // First what waits: whatever is credited meanwhile is then seen among the credited.
  const found = new Map((await coming(context, signal)).map((one) => [nameOf(one), one]));
  for (const one of await readNewer(context, history, signal)) found.set(nameOf(one), one);
  await readOlder(context, history, signal);
  for (const [name, one] of history.credited) found.set(name, one);
  return [...found.values()];
};

const coming = async ({ asking, account, log, settings }: GaloyContext, signal: AbortSignal): Promise<readonly DepositSighting[]> => {
  const walletId = await account.walletId(signal);
  const rows = await asking.read(
    {
      document: GatewayComing,
      variables: { walletId },
      pick: ({ me }) => {
        if (!me) throw new TypeError('no account');
        return me.defaultAccount.walletById.pendingIncomingTransactions.flatMap((row) => readable({ log, settings }, row));
      },
    },
    signal,
  );
  return depositsIn(rows);
};

const depositsIn = (rows: readonly Movement[]): readonly DepositSighting[] =>
  rows.flatMap((row) => {
    const deposit = depositIn(row);
    return deposit === null ? [] : [deposit];
  });

const keep = (history: History, all: readonly DepositSighting[]): void => {
  for (const one of all) if (one.confirmations > 0) history.credited.set(nameOf(one), one);
};

/** From the newest row to the one where the last look began; answers with what is not credited among them. */
const readNewer = async (context: GaloyContext, history: History, signal: AbortSignal): Promise<readonly DepositSighting[]> => {
  const first = await page(context, null, signal);
  let rows = first.rows;
  let { next } = first;
  const isKnown = ({ id }: Movement): boolean => id === history.newest;
  while (history.newest !== null && next !== null && !rows.some(isKnown)) {
    const more = await page(context, next, signal);
    rows = [...rows, ...more.rows];
    next = more.next;
  }
  const all = depositsIn(rows);
  const waiting = all.filter(({ confirmations }) => confirmations === 0);
  keep(history, all);
  if (history.newest === null) history.rest = next;
  // A row that will change is read again.
  if (waiting.length === 0) history.newest = rows[0]?.id ?? history.newest;
  return waiting;
};

/** Where it stops, for want of time or of an answer, the next look goes on. */
const readOlder = async (context: GaloyContext, history: History, signal: AbortSignal): Promise<void> => {
  while (history.rest !== null) {
    const older = await page(context, history.rest, signal);
    keep(history, depositsIn(older.rows));
    history.rest = older.next;
  }
};
