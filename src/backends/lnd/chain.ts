// On-chain money at LND: addresses, fee estimates, and sends that are never broadcast twice: a send is found again by our label.
import { fromSat, type Msat } from '../../lightning/values.ts';
import { BackendFault, type Chain, type ChainOutcome, type ChainOutput } from '../port.ts';
import { type LndContext, patience } from './context.ts';
import { asFault, faultOf, refusedSend } from './faults.ts';

type Found = ChainOutcome | { readonly is: 'notFound' };

export const lndChain = (context: LndContext): Chain => ({
  createAddress: async (signal) => {
    const answer = await asking(context.connection.stubs().newAddress({ type: 'WITNESS_PUBKEY_HASH' }, { ms: patience.call, signal }));
    return answer.address;
  },
  estimateFee: async (to, targetConfirmations, signal) => {
    const request = { AddrToAmount: amountsOf(to), target_conf: targetConfirmations };
    const { fee_sat } = await asking(context.connection.stubs().estimateFee(request, { ms: patience.call, signal }));
    return fromSat(BigInt(fee_sat));
  },
  send: (to, targetConfirmations, label) => send(context, { to, targetConfirmations, label }),
  find: (label, signal) => find(context, label, signal),
});

const asking = async <T>(call: Promise<T>): Promise<T> => {
  try {
    return await call;
  } catch (error) {
    throw asFault(error);
  }
};

/** @throws BackendFault when an amount is not whole satoshis, or an address is named twice. */
const amountsOf = (to: readonly ChainOutput[]): Readonly<Record<string, string>> => {
  const amounts = Object.fromEntries(to.map(({ address, amount }) => [address, satOf(amount)]));
  if (Object.keys(amounts).length !== to.length) throw new BackendFault({ kind: 'refused', detail: 'an address is named twice' });
  return amounts;
};

const satOf = (amount: Msat): string => {
  if (amount % 1000n !== 0n) throw new BackendFault({ kind: 'refused', detail: 'on-chain amounts are whole satoshis' });
  return String(amount / 1000n);
};

interface Sending {
  readonly to: readonly ChainOutput[] | { readonly allTo: string };
  readonly targetConfirmations: number;
  readonly label: string;
}

const send = async (context: LndContext, sending: Sending): Promise<ChainOutcome> => {
  const { stubs } = context.connection;
  let call: () => Promise<{ readonly txid: string }>;
  try {
    call = callOf(context, sending);
  } catch (error) {
    return { is: 'notSent', fault: faultOf(error) };
  }
  // As with payments: after the call it is never `notSent`.
  if (!(await stubs().ready(patience.connect))) {
    return { is: 'notSent', fault: { kind: 'unreachable', detail: `no connection to LND at ${context.connection.socket}` } };
  }
  try {
    await call();
  } catch (error) {
    const reason = refusedSend(error);
    return reason === null ? { is: 'unknown', fault: faultOf(error) } : { is: 'failed', reason };
  }
  const found = await find(context, sending.label, AbortSignal.timeout(patience.list));
  if (found.is !== 'notFound') return found;
  return { is: 'unknown', fault: { kind: 'protocol', detail: 'LND sent the transaction and does not list it yet' } };
};

const callOf = ({ connection }: LndContext, { to, targetConfirmations, label }: Sending) => {
  const target = { target_conf: targetConfirmations, label };
  const limits = { ms: patience.chainSend };
  if ('allTo' in to) return () => connection.stubs().sendCoins({ addr: to.allTo, send_all: true, ...target }, limits);
  const request = { AddrToAmount: amountsOf(to), ...target };
  return () => connection.stubs().sendMany(request, limits);
};

const find = async (context: LndContext, label: string, signal: AbortSignal): Promise<Found> => {
  try {
    const { transactions } = await context.connection
      .stubs()
      .getTransactions({ start_height: 0, end_height: -1 }, { ms: patience.list, signal });
    const ours = transactions.find((transaction) => transaction.label === label);
    if (ours === undefined) return { is: 'notFound' };
    return { is: 'sent', txid: ours.tx_hash, fee: fromSat(BigInt(ours.total_fees)), confirmations: ours.num_confirmations };
  } catch (error) {
    return { is: 'unknown', fault: faultOf(error) };
  }
};
