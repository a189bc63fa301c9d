// On-chain money at LND: addresses, fee estimates, deposits, and sends that are never broadcast twice: a send is found again by our label.
import { fromSat, type Msat, msat } from '../../lightning/values.ts';
import {
  BackendFault,
  type Chain,
  type ChainFee,
  type ChainOrder,
  type ChainOutcome,
  type ChainOutput,
  type ChainQuestion,
} from '../port.ts';
import { type LndContext, patience } from './context.ts';
import { depositsIn } from './facts-chain.ts';
import { asFault, faultOf, refusedSend } from './faults.ts';
import type { TransactionMessage } from './messages.ts';

type Found = ChainOutcome | { readonly is: 'notFound' };

export const lndChain = (context: LndContext): Chain => ({
  // LND stores a transaction and its label in one write, before it broadcasts.
  traits: { findIsComplete: true, creditsByItself: false },
  createAddress: async (signal) => {
    const answer = await asking(context.connection.stubs().newAddress({ type: 'WITNESS_PUBKEY_HASH' }, { ms: patience.call, signal }));
    return answer.address;
  },
  estimateFee: (to, pace, signal) => estimate(context, { to, targetConfirmations: pace.targetConfirmations }, signal),
  send: (order) => send(context, order),
  find: (sent, signal) => find(context, sent, signal),
  deposits: async (since, signal) => {
    const transactions = await asking(listed(context, since, signal));
    return transactions.flatMap((transaction) => depositsIn(transaction));
  },
});

const asking = async <T>(call: Promise<T>): Promise<T> => {
  try {
    return await call;
  } catch (error) {
    throw asFault(error);
  }
};

const listed = async (context: LndContext, since: number | null, signal: AbortSignal): Promise<readonly TransactionMessage[]> => {
  const answer = await context.connection
    .stubs()
    .getTransactions({ start_height: since ?? 0, end_height: -1 }, { ms: patience.list, signal });
  return answer.transactions;
};

/** @throws BackendFault when an amount is not whole satoshis. */
const amountOf = ({ address, amount }: ChainOutput): Readonly<Record<string, string>> => {
  if (amount % 1000n !== 0n) throw new BackendFault({ kind: 'refused', detail: 'on-chain amounts are whole satoshis' });
  return { [address]: String(amount / 1000n) };
};

const estimate = async (
  context: LndContext,
  { to, targetConfirmations }: { readonly to: ChainOutput; readonly targetConfirmations: number },
  signal: AbortSignal,
): Promise<ChainFee> => {
  const request = { AddrToAmount: amountOf(to), target_conf: targetConfirmations };
  try {
    const { fee_sat } = await context.connection.stubs().estimateFee(request, { ms: patience.call, signal });
    return { is: 'fee', fee: fromSat(BigInt(fee_sat)) };
  } catch (error) {
    const reason = refusedSend(error);
    if (reason === null) throw asFault(error);
    return { is: 'refused', reason };
  }
};

const send = async (context: LndContext, order: ChainOrder): Promise<ChainOutcome> => {
  const { stubs } = context.connection;
  let call: () => Promise<{ readonly txid: string }>;
  try {
    call = callOf(context, order);
    // As with payments: after the call it is never `notSent`.
    if (!(await stubs().ready(patience.connect))) {
      return { is: 'notSent', fault: { kind: 'unreachable', detail: `no connection to LND at ${context.connection.socket}` } };
    }
    const refused = await refusedFee(context, order);
    if (refused !== null) return refused;
  } catch (error) {
    return { is: 'notSent', fault: faultOf(error) };
  }
  if (context.clock.now() >= order.sendBy) return { is: 'notSent', fault: { kind: 'timeout', detail: 'the time to send had passed' } };
  try {
    await call();
  } catch (error) {
    const reason = refusedSend(error);
    return reason === null ? { is: 'unknown', fault: faultOf(error) } : { is: 'failed', reason };
  }
  const found = await find(context, { ...order, since: null }, AbortSignal.timeout(patience.list));
  if (found.is !== 'notFound') return found;
  return { is: 'unknown', fault: { kind: 'protocol', detail: 'LND sent the transaction and does not list it yet' } };
};

/** LND's own calls take no limit in satoshis, so the fee is asked for right before. */
const refusedFee = async (context: LndContext, { to, targetConfirmations, maxFee }: ChainOrder): Promise<ChainOutcome | null> => {
  if (to.amount === 'all' || maxFee === null) return null;
  const output = { address: to.address, amount: to.amount };
  const fee = await estimate(context, { to: output, targetConfirmations }, AbortSignal.timeout(patience.call));
  if (fee.is === 'refused') return { is: 'failed', reason: fee.reason };
  return fee.fee > maxFee ? { is: 'failed', reason: 'feeLimit' } : null;
};

const callOf = ({ connection }: LndContext, { to, targetConfirmations, label }: ChainOrder) => {
  const target = { target_conf: targetConfirmations, label };
  const limits = { ms: patience.chainSend };
  if (to.amount === 'all') return () => connection.stubs().sendCoins({ addr: to.address, send_all: true, ...target }, limits);
  const request = { AddrToAmount: amountOf({ address: to.address, amount: to.amount }), ...target };
  return () => connection.stubs().sendMany(request, limits);
};

const find = async (context: LndContext, sent: ChainQuestion, signal: AbortSignal): Promise<Found> => {
  try {
    const transactions = await listed(context, sent.since, signal);
    const ours = transactions.find((transaction) => transaction.label === sent.label);
    if (ours !== undefined) return outcomeOf(ours, sent);
    // A node that was restored from its seed has its transactions and no labels: one that pays the same may be ours.
    const alike = transactions.find((transaction) => transaction.label === '' && isAlike(transaction, sent));
    if (alike === undefined) return { is: 'notFound' };
    return { is: 'unknown', fault: { kind: 'protocol', detail: `a transaction without a label pays the same: ${alike.tx_hash}` } };
  } catch (error) {
    return { is: 'unknown', fault: faultOf(error) };
  }
};

const outputTo = (transaction: TransactionMessage, { to }: Pick<ChainQuestion, 'to'>) =>
  transaction.output_details.find(
    (output) => output.address === to.address && (to.amount === 'all' || fromSat(BigInt(output.amount)) === to.amount),
  );

// Only what was paid out has a fee of ours.
const isAlike = (transaction: TransactionMessage, sent: ChainQuestion): boolean =>
  transaction.total_fees !== '0' && outputTo(transaction, sent) !== undefined;

const outcomeOf = (transaction: TransactionMessage, sent: ChainQuestion): ChainOutcome => {
  const output = outputTo(transaction, sent);
  const amount: Msat = output === undefined ? msat(sent.to.amount === 'all' ? 0n : sent.to.amount) : fromSat(BigInt(output.amount));
  return {
    is: 'sent',
    txid: transaction.tx_hash,
    output: output === undefined ? null : Number(output.output_index),
    amount,
    fee: fromSat(BigInt(transaction.total_fees)),
    confirmations: transaction.num_confirmations,
  };
};
