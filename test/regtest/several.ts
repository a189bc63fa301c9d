// One gateway over LND, an lnmux cluster and an account at another gateway at once, on a PostgreSQL of its own: the same flow on a wallet of each, a
// payment's first backend that is away or dies, and everything restarted while money is on its way. Where the cluster is the lnmux of ours it is paid over
// the simulated network, and its wallet pays by real nodes, as every lnmux wallet does; with the real daemon all of it is real.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getPayment } from 'ln-service';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Bench } from '../lnmux/bench.ts';
import { findPostgres, OLDEST, startServer, type Throwaway } from '../postgres/throwaway.mjs';
import type { Door } from '../support/door.ts';
import { createGateway, type Gateway } from '../support/gateway.ts';
import { statusOf, type Wallet, walletAt } from '../support/operations.ts';
import { lndBackend } from './gatewayBench.ts';
import type { Network } from './handle.ts';
import { type Machine, machineAt } from './lamassu.ts';
import { holdOf, invoiceOf, payFrom, settlementAt } from './people.ts';
import { waitUntil } from './wait.ts';

export interface Ground {
  readonly network: Network;
  readonly bench: Pick<Bench, 'socket' | 'instrumentation' | 'pay' | 'restart'>;
}

/** `own`: LND a. `clustered`: received by lnmux, paid by c, then a. `chained`: the other gateway's account, on LND d. `pair`: a, then c. */
const names = ['own', 'clustered', 'chained', 'pair'] as const;
type Name = (typeof names)[number];

interface At {
  readonly id: string;
  readonly machine: Machine;
  readonly wallet: Wallet;
  /** Pays with little patience: PENDING after two seconds. */
  readonly hasty: Wallet;
}

interface Hold {
  readonly paymentHash: string;
  readonly paymentRequest: string;
  readonly status: string;
}

const holdFields = '{ paymentHash paymentRequest status }';
const attemptsOf = async ({ wallet }: At, hash: string) =>
  (await wallet.payment(hash))?.attempts.map(({ backend, status }) => [backend, status]);

const startPostgres = async (undo: (() => unknown)[]): Promise<Throwaway> => {
  const found = findPostgres();
  if (found === undefined) throw new Error(`PostgreSQL ${OLDEST} or newer is not on this machine`);
  const home = mkdtempSync(join(tmpdir(), 'switchyard-several-'));
  undo.push(() => rmSync(home, { recursive: true, force: true }));
  const postgres = await startServer(found.folder, home);
  undo.push(postgres.stop);
  return postgres;
};

/** The other gateway, and the key by which it knows this one. */
const startUpstream = async ({ nodes }: Network, undo: (() => unknown)[]) => {
  const gateway = await createGateway({
    network: 'regtest',
    backends: { node: lndBackend(nodes.d) },
    accounts: [{ name: 'customers', wallets: [{ name: 'account', backend: 'node' }] }],
  });
  undo.push(gateway.remove);
  await gateway.start();
  const [apiKey, walletId] = await Promise.all([gateway.key({ wallet: 'account' }, { waitSeconds: 20 }), gateway.walletId('account')]);
  return { kind: 'galoy', endpoint: gateway.endpoint, apiKey, walletId, pollSeconds: 1 };
};

/** Declares the suite; what it runs on is asked for when it begins. */
export const severalBackends = (name: string, open: () => Promise<Ground>): void => {
  describe(`a gateway over several backends: ${name}`, () => {
    const undo: (() => unknown)[] = [];
    let network: Network;
    let bench: Ground['bench'];
    let postgres: Throwaway;
    let gateway: Gateway;
    let door: Door;
    let anyone: Door;
    let at: Readonly<Record<Name, At>>;

    beforeAll(async () => {
      ({ network, bench } = await open());
      postgres = await startPostgres(undo);
      const { a, c } = network.nodes;
      const [first, second, upstream] = [lndBackend(a), lndBackend(c), await startUpstream(network, undo)];
      const cluster = { kind: 'lnmux', socket: bench.socket, instrumentation: bench.instrumentation };
      gateway = await createGateway({
        network: 'regtest',
        database: { url: postgres.url },
        backends: { first, second, cluster, upstream },
        accounts: [
          {
            name: 'operator',
            wallets: [
              { name: 'own', backend: 'first' },
              { name: 'clustered', receive: ['cluster'], pay: ['second', 'first'] },
              { name: 'chained', backend: 'upstream' },
              { name: 'pair', receive: ['first', 'second'], pay: ['first', 'second'] },
            ],
          },
        ],
      });
      undo.push(gateway.remove);
      await gateway.start();
      const account = { account: 'operator' };
      const [key, hurried] = await Promise.all([gateway.key(account), gateway.key(account, { waitSeconds: 2 })]);
      [door, anyone] = [gateway.door(key), gateway.door(null)];
      const { endpoint } = gateway;
      const wallets = names.map(async (one): Promise<[string, At]> => {
        const id = await gateway.walletId(one);
        const machine = machineAt({ endpoint, key, walletId: id });
        return [one, { id, machine, wallet: walletAt(door, id), hasty: walletAt(gateway.door(hurried), id) }];
      });
      at = Object.fromEntries(await Promise.all(wallets)) as unknown as typeof at;
    }, 420_000);
    afterAll(async () => {
      for (const step of undo.splice(0).reverse()) await step();
    }, 60_000);

    /** Somebody outside pays into this wallet; false when the money comes back. */
    const payInto = (wallet: Name, request: string): Promise<boolean> =>
      wallet === 'clustered'
        ? bench.pay(request).then(({ is }) => is === 'succeeded')
        : payFrom(network.nodes.b, request).then(
            () => true,
            () => false,
          );
    const holdOn = async (wallet: Name): Promise<Hold> => {
      // lnmux gives back after a minute, so that a hold there is short.
      const input = { walletId: at[wallet].id, amount: 5_000, longestHold: wallet === 'clustered' ? 45 : 400 };
      const { answer } = await door.ask<{ answer: { errors: readonly object[]; invoice: Hold | null } }>(
        `mutation m($input: LnHoldInvoiceCreateInput!) { answer: lnHoldInvoiceCreate(input: $input) { errors { message } invoice ${holdFields} } }`,
        { input },
      );
      expect(answer.errors).toEqual([]);
      return answer.invoice ?? expect.fail('no invoice');
    };
    const look = async (paymentHash: string): Promise<string> =>
      (
        await door.ask<{ lnHoldInvoice: Hold }>(`query q($h: PaymentHash!) { lnHoldInvoice(paymentHash: $h) ${holdFields} }`, {
          h: paymentHash,
        })
      ).lnHoldInvoice.status;
    const settle = async (wallet: Name, paymentHash: string): Promise<readonly { readonly code: string }[]> =>
      (
        await door.ask<{ answer: { errors: readonly { readonly code: string }[] } }>(
          'mutation m($input: LnHoldInvoiceSettleInput!) { answer: lnHoldInvoiceSettle(input: $input) { errors { code } } }',
          { input: { walletId: at[wallet].id, paymentHash } },
        )
      ).answer.errors;
    const becomes = (hash: string, status: string, ms = 60_000) =>
      waitUntil(`the hold ${status}`, async () => (await look(hash)) === status, ms);
    const isPaid = (request: string) => waitUntil('PAID', async () => (await statusOf(anyone, request)) === 'PAID', 60_000);
    const endsAs = (wallet: Name, hash: string, status: string) =>
      waitUntil(`the payment ${status}`, async () => (await at[wallet].wallet.payment(hash))?.status === status, 90_000);
    /** Sent from this wallet, and held by its payee. */
    const underWay = async (wallet: Name, sat: number) => {
      const hold = await holdOf(network.nodes.b, sat);
      const [answer] = await Promise.all([at[wallet].hasty.pay(hold.request), hold.held()]);
      expect(answer).toMatchObject({ status: 'PENDING', errors: [] });
      return hold;
    };
    const neverAsked = async (hash: string, node: 'a' | 'c') =>
      expect(await getPayment({ lnd: network.nodes[node].lnd, id: hash }).catch((fault: readonly unknown[]) => fault[0])).toBe(404);

    describe.each(['own', 'clustered', 'chained'] as const)('the Lamassu flow on the wallet %s', (wallet) => {
      test('an invoice, polled until the customer has paid', async () => {
        const { newAddress, getStatus } = at[wallet].machine;
        const request = await newAddress('12345');
        expect(await getStatus(request)).toBe('notSeen');
        expect(await payInto(wallet, request)).toBe(true);
        await waitUntil('the plugin to see it', async () => (await getStatus(request)) === 'confirmed', 20_000);
      });

      test('three probes at once', async () => {
        const { probeLN } = at[wallet].machine;
        const { b, e } = network.nodes;
        expect(await probeLN((await invoiceOf(b, null)).request)).toEqual({ 200000: true, 1000000: true, 2000000: true });
        expect(await probeLN((await invoiceOf(e, null)).request)).toEqual({ 200000: true, 1000000: false, 2000000: false });
      });

      test('a send, once, and the balance follows', async () => {
        const { sendCoins, balance } = at[wallet].machine;
        const before = await balance();
        const { request, hash } = await invoiceOf(network.nodes.b, null);
        expect(await sendCoins(request, '12345')).toBe('sent');
        expect(await sendCoins(request, '12345')).toBe('threw ALREADY_PAID: undefined');
        expect(await settlementAt(network.nodes.b, hash)).toEqual({ settled: true, parts: 1, msat: 12_345_000n });
        await waitUntil('the balance', async () => (await balance()) === before - 12_345);
      });
    });

    describe('a payment over two nodes, of which the first', () => {
      test('is away before the call: the second issues and pays', async () => {
        const { wallet } = at.pair;
        await network.stopNode('a');
        try {
          const { request, hash } = await invoiceOf(network.nodes.b, 2_100);
          expect(await wallet.pay(request)).toMatchObject({ status: 'SUCCESS', errors: [] });
          expect(await attemptsOf(at.pair, hash)).toEqual([['second', 'SUCCESS']]);
          expect(await settlementAt(network.nodes.b, hash)).toEqual({ settled: true, parts: 1, msat: 2_100_000n });
          const made = await wallet.invoice(2_200);
          await payFrom(network.nodes.b, made.paymentRequest);
          await isPaid(made.paymentRequest);
          expect(await settlementAt(network.nodes.c, made.paymentHash)).toMatchObject({ settled: true, msat: 2_200_000n });
        } finally {
          await network.startNode('a');
        }
      });

      test.each([
        ['settled', 'SUCCESS'],
        ['canceled', 'FAILURE'],
      ] as const)(
        'is killed in the middle, and its payee has %s: pending until its word, and the second is not asked',
        async (way, end) => {
          // Verified again since it was away.
          await waitUntil('the first to pay again', async () => {
            const { request, hash } = await invoiceOf(network.nodes.b, 2_300);
            await at.pair.wallet.pay(request);
            return (await attemptsOf(at.pair, hash))?.[0]?.[0] === 'first';
          });
          const hold = await underWay('pair', 2_400);
          await network.killNode('a');
          try {
            expect(await at.pair.hasty.pay(hold.request)).toMatchObject({
              ...{ status: 'FAILURE', transaction: null },
              errors: [{ message: 'There is a pending payment for this invoice' }],
            });
            await (way === 'settled' ? hold.settle() : hold.cancel());
            await new Promise((resolve) => setTimeout(resolve, 3_000));
            expect(await attemptsOf(at.pair, hold.hash)).toEqual([['first', 'PENDING']]);
            expect(await at.pair.wallet.movedBy(hold.hash)).toMatchObject([{ status: 'PENDING' }]);
          } finally {
            await network.startNode('a');
          }
          await endsAs('pair', hold.hash, end);
          expect(await attemptsOf(at.pair, hold.hash)).toEqual([['first', end]]);
          const once = way === 'settled' ? { settled: true, parts: 1, msat: 2_400_000n } : { settled: false, parts: 0, msat: 0n };
          expect(await settlementAt(network.nodes.b, hold.hash)).toEqual(once);
          await neverAsked(hold.hash, 'c');
        },
      );
    });

    test('PostgreSQL, lnmux and each LND restarted while invoices are open, held and being paid: all end as they ended', async () => {
      const all = ['own', 'clustered', 'chained'] as const;
      const open = await Promise.all(all.map(async (wallet) => ({ wallet, ...(await at[wallet].wallet.invoice(3_100)) })));
      const paidMeanwhile = await at.own.wallet.invoice(3_200);
      const holding = await Promise.all(
        (['own', 'clustered'] as const).map(async (wallet) => {
          const hold = await holdOn(wallet);
          const paid = payInto(wallet, hold.paymentRequest);
          await becomes(hold.paymentHash, 'HELD');
          return { ...hold, wallet, paid };
        }),
      );
      const finish = async (hold: (typeof holding)[number] | undefined): Promise<void> => {
        if (hold === undefined) return;
        const { wallet, paymentHash, paymentRequest } = hold;
        let { paid } = hold;
        // What lnmux itself gives back is open again, and is paid again. On a slow machine its minute may be over: then the payer has its money back.
        const end = await waitUntil(`the hold on ${wallet} at its end`, async () => {
          const status = await look(paymentHash);
          if (status === 'HELD') await settle(wallet, paymentHash);
          if (status === 'OPEN' && !(await paid)) paid = payInto(wallet, paymentRequest);
          return (status === 'SETTLED' || (wallet === 'clustered' && /CANCEL/.test(status))) && status;
        });
        expect(await paid).toBe(end === 'SETTLED');
      };
      const sent = await Promise.all(
        all.map(async (wallet, index) => ({ wallet, sat: 3_300 + index, hold: await underWay(wallet, 3_300 + index) })),
      );
      const [overOwn, overSecond, overUpstream] = sent.map(({ hold }) => hold);

      await postgres.crash();
      await Promise.all([overOwn?.settle(), payFrom(network.nodes.b, paidMeanwhile.paymentRequest)]);
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      await postgres.start();
      await bench.restart();
      await network.killNode('a');
      await network.startNode('a');
      await finish(holding[1]);
      await network.stopNode('c');
      await overSecond?.settle();
      await network.startNode('c');
      await network.killNode('d');
      await overUpstream?.settle();
      await network.startNode('d');

      for (const { wallet, sat, hold } of sent) {
        await endsAs(wallet, hold.hash, 'SUCCESS');
        expect((await at[wallet].wallet.payment(hold.hash))?.preImage).toBe(hold.secret);
        expect(await attemptsOf(at[wallet], hold.hash)).toHaveLength(1);
        expect(await settlementAt(network.nodes.b, hold.hash)).toEqual({ settled: true, parts: 1, msat: BigInt(sat) * 1000n });
      }
      await isPaid(paidMeanwhile.paymentRequest);
      await finish(holding[0]);
      for (const { wallet, paymentRequest } of open) {
        expect(await payInto(wallet, paymentRequest)).toBe(true);
        await isPaid(paymentRequest);
      }
    }, 400_000);

    test('in the end nothing is pending, and no person need look at anything', async () => {
      for (const one of names) expect((await at[one].wallet.transactions()).filter(({ status }) => status === 'PENDING')).toEqual([]);
      expect((await gateway.cli('incidents', '--json')).out.trim()).toBe('[]');
    });
  });
};
