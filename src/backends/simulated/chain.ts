// The simulated block chain: blocks that somebody mines, a wallet a node, transactions that wait for a block. Rule: one label, one transaction.
import { bech32, bech32m } from 'bech32';
import { blockHeight, msat } from '../../lightning/values.ts';
import type { ChainFailure, ChainFee, ChainOrder, ChainOutcome, ChainOutput, DepositSighting } from '../port.ts';
import { count, emit, erase, heightOf, logOf, type Sim } from './core.ts';
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

export interface ChainSend extends Pick<ChainOrder, 'to' | 'targetConfirmations' | 'label' | 'maxFee'> {
  readonly node: string;
}

/** What a send of this amount would cost, or why there would be none. */
export const estimateFee = (
  sim: Sim,
  node: string,
  { to, targetConfirmations }: { readonly to: ChainOutput; readonly targetConfirmations: number },
): ChainFee => {
  const fee = chainFee(1, targetConfirmations);
  const reason = refusal(to, { fee, confirmed: chainFunds(sim, node).confirmed });
  return reason === null ? { is: 'fee', fee: msat(fee) } : { is: 'refused', reason };
};

const refusal = (to: ChainOutput, { fee, confirmed }: { readonly fee: bigint; readonly confirmed: bigint }): ChainFailure | null => {
  if (to.amount % 1000n !== 0n) return 'other';
  if (!isAddress(to.address)) return 'address';
  if (to.amount + fee > confirmed) return 'insufficientBalance';
  return to.amount < dustSat * 1000n ? 'dust' : null;
};

/** Sends from a node's confirmed funds. A label that was used answers with its transaction and sends nothing. */
export const sendOnChain = (sim: Sim, { node, to, targetConfirmations, label, maxFee }: ChainSend): ChainOutcome => {
  const earlier = findSent(sim, node, label);
  if (earlier !== null) return earlier;
  const { confirmed } = chainFunds(sim, node);
  const fee = chainFee(to.amount === 'all' ? 0 : 1, targetConfirmations);
  const output = { address: to.address, amount: msat(to.amount === 'all' ? floorSat(confirmed - fee) : to.amount) };
  const reason = refusal(output, { fee, confirmed });
  if (reason !== null) return { is: 'failed', reason };
  if (maxFee !== null && fee > maxFee) return { is: 'failed', reason: 'feeLimit' };
  const paid = to.amount === 'all' ? confirmed - output.amount : fee;
  const transaction = broadcast(sim, { from: node, label, outputs: [output], fee: paid });
  sim.save('wallets', node, confirmed - paid - output.amount);
  return sentOutcome(sim, transaction);
};

const floorSat = (amount: bigint): bigint => (amount < 0n ? 0n : amount - (amount % 1000n));

/** Every labelled transaction of a node. */
export const labelledSends = (sim: Sim, node: string) =>
  [...sim.records.transactions.values()]
    .filter(({ from, label }) => from === node && label !== null)
    .map((transaction) => ({
      label: transaction.label ?? '',
      address: transaction.outputs[0]?.address ?? '',
      at: new Date(transaction.createdAt),
      outcome: sentOutcome(sim, transaction),
    }));

export const findSent = (sim: Sim, node: string, label: string): ChainOutcome | null => {
  for (const transaction of sim.records.transactions.values()) {
    if (transaction.from === node && transaction.label === label) return sentOutcome(sim, transaction);
  }
  return null;
};

const sentOutcome = (sim: Sim, transaction: ChainTransaction): Extract<ChainOutcome, { readonly is: 'sent' }> => ({
  is: 'sent',
  txid: transaction.txid,
  output: 0,
  amount: msat(transaction.outputs[0]?.amount ?? 0n),
  fee: msat(transaction.fee),
  confirmations: confirmationsOf(sim, transaction),
});

const confirmationsOf = (sim: Sim, { height }: ChainTransaction): number => (height === null ? 0 : heightOf(sim) - height + 1);

/** Puts a transaction into the pool; its payees hear of it at once, with no confirmation. */
export const broadcast = (sim: Sim, of: Pick<ChainTransaction, 'from' | 'label' | 'outputs' | 'fee'>): ChainTransaction => {
  const createdAt = sim.time.now().getTime();
  const transaction: ChainTransaction = {
    ...of,
    txid: derive('transaction', sim.seed, count(sim, 'transactions'), createdAt),
    createdAt,
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
  for (const { address, amount } of transaction.outputs) credit(sim, address, amount);
};

const credit = (sim: Sim, address: string, amount: bigint): void => {
  const owner = sim.records.addresses.get(address);
  if (owner !== undefined) sim.save('wallets', owner, (sim.records.wallets.get(owner) ?? 0n) + amount);
};

const depositsIn = (sim: Sim, transaction: ChainTransaction): readonly { readonly owner: string; readonly deposit: DepositSighting }[] =>
  [...transaction.outputs.entries()].flatMap(([output, { address, amount }]) => {
    const owner = sim.records.addresses.get(address);
    if (owner === undefined) return [];
    const deposit = { txid: transaction.txid, output, address, amount: msat(amount), confirmations: confirmationsOf(sim, transaction) };
    return [{ owner, deposit }];
  });

const tellDeposits = (sim: Sim, transaction: ChainTransaction): void => {
  for (const { owner, deposit } of depositsIn(sim, transaction)) emit(sim, owner, { about: 'deposit', ...deposit });
};

/** What came to a node: what waits for a block, and what is in one of this height or above. */
export const depositsOf = (sim: Sim, node: string, since: number | null): readonly DepositSighting[] =>
  [...sim.records.transactions.values()]
    .filter(({ height }) => height === null || since === null || height >= since)
    .flatMap((transaction) => depositsIn(sim, transaction).flatMap(({ owner, deposit }) => (owner === node ? [deposit] : [])));

/**
 * Takes the last blocks back: what was in them waits for a block again, and these transactions are gone for good, as if their coins had been
 * spent elsewhere. Nobody is told: a node tells of what is there.
 */
export const reorganise = (sim: Sim, blocks: number, gone: readonly string[] = []): void => {
  const height = heightOf(sim) - blocks;
  for (const transaction of [...sim.records.transactions.values()]) {
    if (transaction.height !== null && transaction.height > height) {
      for (const { address, amount } of transaction.outputs) credit(sim, address, -amount);
      transaction.height = null;
      keep(sim, transaction);
    }
    if (transaction.height === null && gone.includes(transaction.txid)) undo(sim, transaction);
  }
  sim.save('counters', 'height', height);
};

/** A transaction that no block will ever have: its sender has the coins again. */
const undo = (sim: Sim, { txid, from, outputs, fee }: ChainTransaction): void => {
  const spent = outputs.reduce((sum, output) => sum + output.amount, fee);
  if (from !== null) sim.save('wallets', from, (sim.records.wallets.get(from) ?? 0n) + spent);
  erase(sim, 'transactions', txid);
};

const keep = (sim: Sim, transaction: ChainTransaction): void => sim.save('transactions', transaction.txid, transaction);
