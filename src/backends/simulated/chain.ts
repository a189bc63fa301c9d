// The simulated block chain: blocks that somebody mines, a wallet a node, transactions that wait for a block. Rule: one label, one transaction.
import { bech32, bech32m } from 'bech32';
import { blockHeight, msat } from '../../lightning/values.ts';
import type { ChainOutcome, ChainOutput } from '../port.ts';
import { count, emit, heightOf, logOf, type Sim } from './core.ts';
import type { ChainTransaction } from './model.ts';
import { derive } from './random.ts';

/** Confirmations until which a deposit is told of at every block. */
const toldConfirmations = 6;
const dustSat = 294n; // of a P2WPKH output, by Bitcoin Core's policy
const satPerVbyte: readonly (readonly [confirmations: number, rate: bigint])[] = [
  [1, 20n],
  [3, 12n],
  [6, 8n],
  [24, 4n],
];
const slowestRate = 1n;

/** A new P2WPKH address (regtest prefix) whose funds belong to the node. */
export const newAddress = (sim: Sim, node: string): string => {
  const program = Buffer.from(derive('address', sim.seed, node, count(sim, 'addresses')), 'hex').subarray(0, 20);
  const address = bech32.encode('bcrt', [0, ...bech32.toWords(program)]);
  sim.save('addresses', address, node);
  return address;
};

/** A regtest SegWit address, by its checksum and lengths (BIP 173, BIP 350). */
export const isAddress = (address: string): boolean => {
  const version = bech32.decodeUnsafe(address)?.words[0];
  const decoded = version === 0 ? bech32.decodeUnsafe(address) : bech32m.decodeUnsafe(address);
  if (decoded?.prefix !== 'bcrt') return false;
  const [first = 99, ...rest] = decoded.words;
  const program = bech32.fromWordsUnsafe(rest);
  if (program === undefined || first > 16) return false;
  return first === 0 ? program.length === 20 || program.length === 32 : program.length >= 2 && program.length <= 40;
};

/** What a node's wallet holds: by transactions in blocks, and by those that still wait. */
export const chainFunds = (sim: Sim, node: string): { readonly confirmed: bigint; readonly pending: bigint } => {
  let pending = 0n;
  for (const transaction of sim.records.transactions.values()) {
    if (transaction.height === null)
      for (const output of transaction.outputs) if (sim.records.addresses.get(output.address) === node) pending += output.amount;
  }
  return { confirmed: sim.records.wallets.get(node) ?? 0n, pending };
};

export const chainFee = (outputs: number, targetConfirmations: number): bigint => {
  const rate = satPerVbyte.find(([confirmations]) => targetConfirmations <= confirmations)?.[1] ?? slowestRate;
  // One SegWit input, the outputs, and change.
  return (11n + 68n + 31n * BigInt(outputs + 1)) * rate * 1000n;
};

export interface ChainSend {
  readonly node: string;
  readonly to: readonly ChainOutput[] | { readonly allTo: string };
  readonly targetConfirmations: number;
  readonly label: string;
}

/** Sends from a node's confirmed funds. A label that was used answers with its transaction and sends nothing. */
export const sendOnChain = (sim: Sim, send: ChainSend): ChainOutcome => {
  const earlier = findSent(sim, send.node, send.label);
  if (earlier !== null) return earlier;
  const { confirmed } = chainFunds(sim, send.node);
  const fee = chainFee('allTo' in send.to ? 0 : send.to.length, send.targetConfirmations);
  const outputs = 'allTo' in send.to ? [{ address: send.to.allTo, amount: floorSat(confirmed - fee) }] : send.to;
  if (outputs.length === 0 || outputs.some((output) => output.amount % 1000n !== 0n)) return { is: 'failed', reason: 'other' };
  if (outputs.some((output) => !isAddress(output.address))) return { is: 'failed', reason: 'address' };
  const spent = outputs.reduce((sum, output) => sum + output.amount, fee);
  if (spent > confirmed) return { is: 'failed', reason: 'insufficientBalance' };
  if (outputs.some((output) => output.amount < dustSat * 1000n)) return { is: 'failed', reason: 'dust' };
  const transaction = broadcast(sim, {
    from: send.node,
    label: send.label,
    outputs,
    fee: 'allTo' in send.to ? confirmed - (spent - fee) : fee,
  });
  sim.save('wallets', send.node, confirmed - transaction.fee - (spent - fee));
  return sentOutcome(sim, transaction);
};

const floorSat = (amount: bigint): bigint => (amount < 0n ? 0n : amount - (amount % 1000n));

export const findSent = (sim: Sim, node: string, label: string): ChainOutcome | null => {
  for (const transaction of sim.records.transactions.values()) {
    if (transaction.from === node && transaction.label === label) return sentOutcome(sim, transaction);
  }
  return null;
};

const sentOutcome = (sim: Sim, transaction: ChainTransaction): ChainOutcome => ({
  is: 'sent',
  txid: transaction.txid,
  fee: msat(transaction.fee),
  confirmations: confirmationsOf(sim, transaction),
});

const confirmationsOf = (sim: Sim, { height }: ChainTransaction): number => (height === null ? 0 : heightOf(sim) - height + 1);

/** Puts a transaction into the pool; its payees hear of it at once, with no confirmation. */
export const broadcast = (sim: Sim, of: Pick<ChainTransaction, 'from' | 'label' | 'outputs' | 'fee'>): ChainTransaction => {
  const transaction: ChainTransaction = {
    ...of,
    txid: derive('transaction', sim.seed, count(sim, 'transactions'), sim.time.now().getTime()),
    height: null,
  };
  keep(sim, transaction);
  tellDeposits(sim, transaction);
  return transaction;
};

/** One more block: what waited is in it, and everybody hears of it. */
export const mineBlock = (sim: Sim): void => {
  const height = blockHeight(heightOf(sim) + 1);
  sim.save('counters', 'height', height);
  for (const transaction of sim.records.transactions.values()) {
    if (transaction.height === null) confirm(sim, transaction, height);
    if (confirmationsOf(sim, transaction) <= toldConfirmations) tellDeposits(sim, transaction);
  }
  for (const node of sim.nodes.keys()) for (const hear of logOf(sim, node).blocks) hear(height);
};

const confirm = (sim: Sim, transaction: ChainTransaction, height: number): void => {
  transaction.height = height;
  keep(sim, transaction);
  for (const output of transaction.outputs) {
    const owner = sim.records.addresses.get(output.address);
    if (owner !== undefined) sim.save('wallets', owner, (sim.records.wallets.get(owner) ?? 0n) + output.amount);
  }
};

const tellDeposits = (sim: Sim, transaction: ChainTransaction): void => {
  for (const [output, { address, amount }] of transaction.outputs.entries()) {
    const owner = sim.records.addresses.get(address);
    if (owner === undefined || owner === transaction.from) continue;
    emit(sim, owner, {
      about: 'deposit',
      txid: transaction.txid,
      output,
      address,
      amount: msat(amount),
      confirmations: confirmationsOf(sim, transaction),
    });
  }
};

const keep = (sim: Sim, transaction: ChainTransaction): void => sim.save('transactions', transaction.txid, transaction);
