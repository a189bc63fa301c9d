// What the suites of the gateway share: a gateway process on node a, the other nodes as payers and payees, and the books at the end,
// which must say what the nodes say.
import { getChannelBalance, getPendingPayments } from 'ln-service';
import { afterAll, expect } from 'vitest';
import type { Door } from '../support/door.ts';
import { createGateway, type Gateway, type KeyTerms } from '../support/gateway.ts';
import { type Moved, statusOf, type Wallet, walletAt } from '../support/operations.ts';
import type { Network } from './handle.ts';
import type { NetNode } from './lnd.ts';
import { settlementAt } from './people.ts';
import { waitUntil } from './wait.ts';

export interface Bench {
  readonly gateway: Gateway;
  readonly key: string;
  /** With a key of READ and WRITE. */
  readonly door: Door;
  /** Without a key. */
  readonly anyone: Door;
  readonly wallet: Wallet;
  /** Pays in one part: what is too much for a channel fails at once, while parts that arrived alone would be held by their payee for two minutes. */
  readonly whole: Wallet;
  /** The wallet `wallet` with another key of its own. */
  readonly walletWith: (terms: KeyTerms) => Promise<Wallet>;
  /** Polls as Lamassu does until the answer is this. */
  readonly becomes: (paymentRequest: string, status: string, ms?: number) => Promise<void>;
  /**
   * What must hold when all is over: no movement is pending; whatever counts as sent was settled once, by its payee, for that amount; what counts
   * as failed was not; and the sum of all movements is what node a has more or less than at the beginning.
   */
  readonly checkBooks: () => Promise<void>;
}

/** The backend of the configuration file for a node. */
export const lndBackend = ({ socket, certPath, macaroonPath }: Pick<NetNode, 'socket' | 'certPath' | 'macaroonPath'>) => ({
  ...{ kind: 'lnd', socket, cert: certPath, macaroon: macaroonPath },
});

/** One account with the wallets `atm` and `whole` on one node. */
export const configOn = (backend: object) => ({
  network: 'regtest',
  backends: { main: backend, single: { ...backend, maxParts: 1 } },
  accounts: [
    {
      name: 'operator',
      wallets: [
        { name: 'atm', backend: 'main' },
        { name: 'whole', backend: 'single' },
      ],
    },
  ],
});

const millis = async ({ lnd }: NetNode): Promise<bigint> => BigInt((await getChannelBalance({ lnd })).channel_balance_mtokens ?? 0);

/** Nothing is on its way through this node. */
const atRest = (node: NetNode) =>
  waitUntil(`no HTLC at node ${node.name}`, async () => {
    const [{ payments }, { unsettled_balance: unsettled }] = await Promise.all([
      getPendingPayments({ lnd: node.lnd }),
      getChannelBalance({ lnd: node.lnd }),
    ]);
    return payments.length === 0 && (unsettled ?? 0) === 0;
  });

interface Ground {
  readonly network: Network;
  readonly wallets: readonly Wallet[];
}

const checkSent = async (network: Network, wallet: Wallet, hash: string): Promise<bigint> => {
  const payment = await wallet.payment(hash);
  if (payment === null) throw new Error(`no payment for ${hash}`);
  // What the gateway's own node has received under this hash is another movement: a swap.
  const payees = Object.values(network.nodes).filter((node) => node !== network.nodes.a);
  const found = await Promise.all(payees.map((node) => settlementAt(node, hash)));
  const settled = found.filter((one) => one?.settled);
  const won = payment.attempts.filter((attempt) => attempt.status === 'SUCCESS').length;
  const once = payment.status === 'SUCCESS' ? 1 : 0;
  expect({ hash, won, settled: settled.length }).toEqual({ hash, won: once, settled: once });
  if (once === 0) return 0n;
  expect({ hash, msat: settled[0]?.msat }).toEqual({ hash, msat: BigInt(payment.amountMsat) });
  return BigInt(payment.amountMsat) + BigInt(payment.feeMsat ?? 0);
};

const hashOfMoved = ({ initiationVia }: Moved): string => initiationVia.paymentHash ?? '';

/** What the movements of one wallet come to, in msat, each held against the nodes. */
const sumOf = async ({ nodes, ...network }: Network, wallet: Wallet): Promise<bigint> => {
  const all = await wallet.transactions();
  expect(all.filter(({ status }) => status === 'PENDING')).toEqual([]);
  const sent = [...new Set(all.filter(({ direction }) => direction === 'SEND').map(hashOfMoved))];
  let sum = 0n;
  for (const hash of sent) sum -= await checkSent({ nodes, ...network }, wallet, hash);
  for (const row of all) {
    if (row.direction !== 'RECEIVE') continue;
    expect(await settlementAt(nodes.a, hashOfMoved(row))).toMatchObject({ settled: true, msat: BigInt(row.settlementAmount) * 1000n });
    sum += BigInt(row.settlementAmount) * 1000n;
  }
  // The same in the satoshis that clients see: each movement is rounded against the wallet, by less than one.
  const seen = all.filter(({ status }) => status === 'SUCCESS').reduce((total, { settlementAmount }) => total + settlementAmount, 0);
  expect(Number(sum) / 1000 - seen).toBeGreaterThanOrEqual(0);
  expect(Number(sum) / 1000 - seen).toBeLessThan(sent.length + 1);
  return sum;
};

const checkBooks = async ({ network, wallets }: Ground, before: bigint): Promise<void> => {
  await atRest(network.nodes.a);
  let sum = 0n;
  for (const wallet of wallets) sum += await sumOf(network, wallet);
  expect((await millis(network.nodes.a)) - before).toBe(sum);
};

/** A running gateway on node a for this file, removed after its last test. */
export const useGateway = async (network: Network, more: object = {}): Promise<Bench> => {
  const { a } = network.nodes;
  await atRest(a);
  const before = await millis(a);
  const gateway = await createGateway({ ...configOn(lndBackend(a)), ...more });
  afterAll(() => gateway.remove());
  await gateway.start();
  const [key, id, wholeId] = await Promise.all([gateway.key({ account: 'operator' }), gateway.walletId('atm'), gateway.walletId('whole')]);
  const door = gateway.door(key);
  const [wallet, whole] = [walletAt(door, id), walletAt(door, wholeId)];
  const anyone = gateway.door(null);
  return {
    ...{ gateway, key, door, anyone, wallet, whole },
    walletWith: async (terms) => walletAt(gateway.door(await gateway.key({ wallet: 'atm' }, terms)), id),
    becomes: async (paymentRequest, status, ms = 30_000) => {
      await waitUntil(`the status ${status}`, async () => (await statusOf(anyone, paymentRequest)) === status, ms);
    },
    checkBooks: () => checkBooks({ network, wallets: [wallet, whole] }, before),
  };
};
