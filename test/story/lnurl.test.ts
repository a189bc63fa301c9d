// Sends to an LNURL or a Lightning address over real HTTP: what is paid, what is not believed, and that an ask that is repeated is paid once.
import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SimInvoice } from '../../src/backends/simulated/model.ts';
import type { SendAnswer } from '../../src/commands/table.ts';
import { decodeBolt11 } from '../../src/lightning/bolt11.ts';
import { encodeBolt11 } from '../../src/lightning/bolt11-encode.ts';
import { msat, paymentHash, preimage } from '../../src/lightning/values.ts';
import { invoiceForAsk } from '../../src/payments/lnurl.ts';
import { sql } from '../../src/platform/db.ts';
import { createOutbound } from '../../src/platform/outbound.ts';
import { refuse } from '../../src/platform/refusal.ts';
import { type TestCore, testCore, until, walletTerms } from '../support/core.ts';
import { type LnurlServer, type LnurlServerParts, startLnurlServer } from '../support/lnurl-server.ts';

let core: TestCore;
beforeAll(async () => {
  core = await testCore({ payments: { waitSeconds: 1 } });
});
afterAll(() => core.end());

const servers: LnurlServer[] = [];
const invoices = new Map<string, SimInvoice>();
const honest: LnurlServerParts['invoice'] = async (amountMsat, descriptionHash) => {
  const made = core.backend.world.payee.createInvoice({ amount: msat(amountMsat), descriptionHash });
  invoices.set(made.bolt11, made);
  return made.bolt11;
};
const serve = async (parts: Partial<LnurlServerParts> = {}): Promise<LnurlServer> => {
  const server = await startLnurlServer({ invoice: honest, ...parts });
  servers.push(server);
  return server;
};
beforeEach(() => core.backend.faults.clear());
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

const amountMsat = 21_000_000n;
const send = (
  to: string,
  more: { key?: string; comment?: string; amountMsat?: bigint; walletId?: string; core?: TestCore } = {},
): Promise<SendAnswer> => {
  const of = more.core ?? core;
  const input = { walletId: more.walletId ?? of.walletId, to, amountMsat: more.amountMsat ?? amountMsat, comment: more.comment ?? null };
  return of.ask('sendLnurl', input, of.asking({ key: more.key ?? null }));
};
const refusal = (is: string, more: object = {}) => ({ refusal: { is, ...more } });
const stateOf = (bolt11: string | undefined): string | undefined => {
  const invoice = invoices.get(bolt11 ?? '');
  return invoice && core.backend.world.payee.look(invoice).state;
};
const paid = (server: LnurlServer): number => server.given.filter((one) => stateOf(one) === 'settled').length;

describe('an honest service', () => {
  test.each(['lnurl', 'address'] as const)('is paid by %s the amount that was asked for', async (by) => {
    const server = await serve();
    const answer = await send(server[by]);
    expect(answer).toMatchObject({ is: 'succeeded', payment: { amountMsat, memo: null }, transaction: { direction: 'send', amountMsat } });
    expect(server.asked).toEqual([by === 'lnurl' ? '/pay' : '/.well-known/lnurlp/satoshi', '/callback?kept=1&amount=21000000']);
    expect(paid(server)).toBe(1);
  });

  test('is told the comment, which stays with the payment', async () => {
    const server = await serve();
    expect(await send(server.lnurl, { comment: 'for tea & cake' })).toMatchObject({ is: 'succeeded', payment: { memo: 'for tea & cake' } });
    expect(server.comments).toEqual(['for tea & cake']);
    await expect(send(server.lnurl, { comment: 'x'.repeat(21) })).rejects.toMatchObject(refusal('lnurlFailed', { why: 'comment' }));
  });

  test('says how much it takes', async () => {
    const server = await serve({ terms: { minSendable: 2000, maxSendable: 3000 } });
    for (const wrong of [1000n, 4000n])
      await expect(send(server.lnurl, { amountMsat: wrong })).rejects.toMatchObject(
        refusal('lnurlAmount', { leastMsat: 2000n, mostMsat: 3000n }),
      );
    await expect(send(server.lnurl, { amountMsat: 0n })).rejects.toMatchObject(refusal('amountIsZero'));
    expect(server.given).toEqual([]);
  });

  test('is not asked for what would be refused anyway', async () => {
    const server = await serve();
    await expect(send(server.lnurl, { walletId: core.ledgerId })).rejects.toMatchObject(refusal('insufficientBalance'));
    await core.outgoing.halt('a test');
    await expect(send(server.lnurl)).rejects.toMatchObject(refusal('outgoingHalted'));
    await core.outgoing.resume();
    await expect(send('hello')).rejects.toMatchObject(refusal('lnurlFailed', { why: 'notOne' }));
    expect(server.asked).toEqual([]);
  });
});

describe('a service that lies is not paid', () => {
  const other = (more: object) => async (amount: bigint, descriptionHash: string) => {
    const made = core.backend.world.payee.createInvoice({ amount: msat(amount), descriptionHash, ...more });
    invoices.set(made.bolt11, made);
    return made.bolt11;
  };
  const huge = JSON.stringify({ tag: 'payRequest', more: 'x'.repeat(500_000) });
  const write =
    (text: string, status = 200, headers = {}) =>
    ({ response }: { readonly response: ServerResponse }): void =>
      void response.writeHead(status, headers).end(text);
  const failed = (why: string, more: object = {}) => refusal('lnurlFailed', { why, ...more });
  test.each<[string, () => Partial<LnurlServerParts>, object]>([
    ['about the amount', () => ({ invoice: other({ amount: msat(amountMsat + 1000n) }) }), failed('wrongAmount')],
    ['and leaves the amount open', () => ({ invoice: other({ amount: null }) }), failed('wrongAmount')],
    ['about the metadata', () => ({ invoice: (amount) => honest(amount, 'ab'.repeat(32)) }), failed('wrongHash')],
    ['with words instead of a hash', () => ({ invoice: other({ descriptionHash: undefined, memo: 'hello' }) }), failed('wrongHash')],
    ['with no invoice', () => ({ invoice: async () => 'lnbcrt1nonsense' }), refusal('invalidInvoice')],
    ['with an invoice of another chain', () => ({ invoice: async () => mainnet }), refusal('invalidInvoice', { why: 'network' })],
    ['with terms without end', () => ({ terminate: write(huge) }), failed('unreachable')],
    ['with a page for people', () => ({ terminate: write('<html>', 200, { 'content-type': 'text/html' }) }), failed('malformed')],
    ['with another status', () => ({ callback: write('{"pr":"x"}', 500) }), failed('malformed')],
    [
      'with a refusal',
      () => ({ callback: () => ({ status: 'ERROR', reason: 'shop is closed' }) }),
      failed('refused', { says: 'shop is closed' }),
    ],
    [
      'with a redirect to another scheme',
      () => ({ terminate: write('', 302, { location: 'https://example.com/' }) }),
      failed('unreachable'),
    ],
    ['with a redirect to where nobody may go', () => ({ terminate: write('', 302, { location: 'http://8.8.8.8/' }) }), failed('forbidden')],
    ['with a callback to where nobody may go', () => ({ terms: { callback: 'http://8.8.8.8/' } }), failed('forbidden')],
    ['and breaks off', () => ({ callback: ({ response }) => void response.destroy() }), failed('unreachable')],
    ['and says nothing', () => ({ callback: () => undefined }), failed('unreachable')],
  ])('%s', async (_, parts, expected) => {
    const server = await serve(parts());
    const before = await payments();
    await expect(send(server.lnurl)).rejects.toMatchObject(expected);
    expect(await payments()).toBe(before);
    expect(paid(server)).toBe(0);
  });

  test('an address of a private network is not asked unless it may be', async () => {
    const server = await serve();
    const shut = await testCore({ outbound: createOutbound({ allowPrivate: false, onionProxy: null }) });
    for (const to of [server.lnurl, server.address, 'someone@169.254.169.254'])
      await expect(send(to, { core: shut })).rejects.toMatchObject(failed('forbidden'));
    expect(server.asked).toEqual([]);
    await shut.end();
  });
});

const payments = async (): Promise<number> =>
  (await sql<{ n: number }>(core.db, { name: 'test_payments', text: 'SELECT count(*)::int AS n FROM payments' }, []))[0]?.n ?? -1;
const mainnet = encodeBolt11(
  {
    network: 'mainnet',
    amount: msat(amountMsat),
    hash: paymentHash('ab'.repeat(32)),
    paymentSecret: 'cd'.repeat(32),
    description: { text: 'elsewhere' },
    createdAt: new Date(),
    expirySeconds: 3600,
    finalCltvDelta: 80,
    featureBits: [8, 14],
  },
  Buffer.alloc(32, 7),
);

describe('an ask that comes again', () => {
  test('under its key is the same payment, and the service is not asked', async () => {
    const server = await serve();
    const first = await send(server.lnurl, { key: 'k1' });
    const again = await send(server.lnurl, { key: 'k1' });
    expect(again.payment?.id).toBe(first.payment?.id);
    expect(server.given).toHaveLength(1);
    await expect(send(server.lnurl, { key: 'k1', amountMsat: 5_000n })).rejects.toMatchObject(refusal('idempotencyConflict'));
    expect((await send(server.lnurl, { key: 'k2' })).payment?.id).not.toBe(first.payment?.id);
    expect(paid(server)).toBe(2);
  });

  test('under its key is answered as it stands, though sends are halted or nothing is left', async () => {
    const walletId = await core.wallets.ensureWallet(core.accountId, walletTerms('spent', { balanceKind: 'ledger' }));
    const fund = { name: 'test_fund', text: 'UPDATE wallets SET available_msat = $2 WHERE id = $1' };
    await sql(core.db, fund, [walletId, 30_000_000n]);
    const server = await serve();
    const again = () => send(server.lnurl, { walletId, key: 'k-spent' });
    const first = await again();
    await until('it is paid', async () => paid(server) === 1 && (await again()).is === 'succeeded');
    await sql(core.db, fund, [walletId, 0n]);
    await core.outgoing.halt('a test');
    expect(await again()).toMatchObject({ is: 'succeeded', payment: { id: first.payment?.id } });
    await core.outgoing.resume();
    expect(server.given).toHaveLength(1);
  });

  test('is given the invoice of the one that began while it looked, whatever refuses it another', async () => {
    for (const asked of [{ by: core.accountId, key: 'k-overtaken', digest: 'd1' }, null]) {
      const of = { asked, digest: asked?.digest ?? 'd2' };
      const made = core.backend.world.payee.createInvoice({ amount: msat(amountMsat) });
      const first = { bolt11: made.bolt11, hash: made.hash, expiresAt: new Date(Date.now() + 60_000) };
      const refused = async () => {
        await invoiceForAsk(core.deps.payments, of, async () => first);
        return refuse({ is: 'insufficientBalance', neededMsat: 2n, availableMsat: 1n });
      };
      expect(await invoiceForAsk(core.deps.payments, of, refused)).toBe(made.bolt11);
    }
  });

  test.each([
    ['under a key', 'k-lost'],
    ['without a key', undefined],
  ])('after it was lost between the invoice and the payment is paid once: %s', async (_, key) => {
    const server = await serve();
    core.backend.faults.next('floor', { is: 'dropRequest' });
    const more = key === undefined ? {} : { key };
    await expect(send(server.lnurl, more)).rejects.toMatchObject(refusal('backendUnavailable'));
    expect(server.given).toHaveLength(1);
    // Another life of the gateway, which knows only what is stored.
    const second = await testCore({ db: core.db, payments: { waitSeconds: 1 }, more: [] });
    await expect(send(server.lnurl, more)).resolves.toMatchObject({ is: 'succeeded' });
    expect(server.given).toHaveLength(1);
    expect(paid(server)).toBe(1);
    await second.close();
  });

  test('with other input under the key of a lost one is refused', async () => {
    const server = await serve();
    core.backend.faults.next('floor', { is: 'dropRequest' });
    await expect(send(server.lnurl, { key: 'k-other' })).rejects.toMatchObject(refusal('backendUnavailable'));
    await expect(send(server.lnurl, { key: 'k-other', amountMsat: 9_000n })).rejects.toMatchObject(refusal('idempotencyConflict'));
    expect(paid(server)).toBe(0);
  });

  test('while the first is on its way pays no second invoice, key or not', async () => {
    const held: SimInvoice[] = [];
    const server = await serve({
      invoice: async (amount, descriptionHash) => {
        const made = core.backend.world.payee.createHoldInvoice({ amount: msat(amount), descriptionHash });
        held.push(made);
        return made.bolt11;
      },
    });
    expect(await send(server.lnurl)).toMatchObject({ is: 'pending' });
    await expect(send(server.lnurl)).rejects.toMatchObject(refusal('paymentInFlight'));
    expect(held).toHaveLength(1);
    const [first] = held;
    if (!first?.preimage) throw new Error('nothing is held');
    core.backend.world.payee.settle(first, preimage(first.preimage));
    const hash = first.hash;
    await until('the end', async () => (await core.reads.payment(core.who, hash))?.state === 'succeeded');
    // What has ended is no retry any more: somebody pays the same shop again.
    expect(await send(server.lnurl)).toMatchObject({ is: 'pending' });
    expect(held).toHaveLength(2);
    const second = held[1];
    if (second) core.backend.world.payee.cancel(second);
  });

  test('pays no second invoice while the first is on its way, though it expired meanwhile', async () => {
    const held: SimInvoice[] = [];
    const server = await serve({
      invoice: async (amount, descriptionHash) => {
        const made = core.backend.world.payee.createHoldInvoice({ amount: msat(amount), descriptionHash });
        held.push(made);
        return made.bolt11;
      },
    });
    expect(await send(server.lnurl, { amountMsat: 44_000_000n })).toMatchObject({ is: 'pending' });
    const statement = `UPDATE lnurl_invoices SET expires_at = now() - interval '2 hours' WHERE payment_hash = $1`;
    await sql(core.db, { name: 'test_expire', text: statement }, [held[0]?.hash]);
    // Somebody else's ask sweeps what has expired.
    const other = await serve();
    expect(await send(other.lnurl)).toMatchObject({ is: 'succeeded' });
    await expect(send(server.lnurl, { amountMsat: 44_000_000n })).rejects.toMatchObject(refusal('paymentInFlight'));
    expect(held).toHaveLength(1);
    if (held[0]) core.backend.world.payee.cancel(held[0]);
  });

  test('many times at once is paid once', async () => {
    const server = await serve();
    const results = await Promise.allSettled(Array.from({ length: 6 }, () => send(server.lnurl, { amountMsat: 33_000_000n })));
    const said = results.map((one) => (one.status === 'fulfilled' ? one.value.is : one.reason.refusal?.is));
    expect(said.filter((one) => one === 'succeeded')).toHaveLength(1);
    for (const one of said) expect(['succeeded', 'alreadyPaid', 'paymentInFlight']).toContain(one);
    expect(paid(server)).toBe(1);
  });

  test('is given another invoice when the first has expired unpaid', async () => {
    // Long enough to be asked about before its end, which is told in whole seconds.
    let expirySeconds = 5;
    const key = `k-late ${Date.now()}`;
    const server = await serve({
      invoice: async (amount, descriptionHash) => {
        const made = core.backend.world.payee.createInvoice({ amount: msat(amount), descriptionHash, expirySeconds });
        expirySeconds = 3600;
        return made.bolt11;
      },
    });
    core.backend.faults.next('floor', { is: 'dropRequest' });
    await expect(send(server.lnurl, { key })).rejects.toMatchObject(refusal('backendUnavailable'));
    const [first = ''] = server.given;
    const decoded = decodeBolt11(first);
    if (decoded.is !== 'decoded') throw new Error('undecodable');
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, decoded.invoice.expiresAt.getTime() - Date.now()) + 50));
    expect(await send(server.lnurl, { key })).toMatchObject({ is: 'succeeded' });
    expect(server.given).toHaveLength(2);
  });
});

describe('a name of our own', () => {
  const wallet = async (name: string, username: string, available: bigint): Promise<string> => {
    const accountId = await core.wallets.ensureAccount(name, username);
    const id = await core.wallets.ensureWallet(accountId, walletTerms('till', { balanceKind: 'ledger' }));
    await sql(core.db, { name: 'test_fund', text: 'UPDATE wallets SET available_msat = $2 WHERE id = $1' }, [id, available]);
    return id;
  };
  const available = async (id: string): Promise<bigint | undefined> => (await core.wallets.available([id])).get(id);

  test('is paid inside, without asking anybody, its comment with it', async () => {
    const shop = await wallet('shop', 'shop', 0n);
    await sql(core.db, { name: 'test_fund', text: 'UPDATE wallets SET available_msat = $2 WHERE id = $1' }, [core.ledgerId, 100_000_000n]);
    for (const to of ['Shop@localhost', 'https://localhost/.well-known/lnurlp/shop']) {
      const answer = await send(to, { walletId: core.ledgerId, comment: 'tea' });
      expect(answer).toMatchObject({ is: 'succeeded', transaction: { kind: 'intraledger', feeMsat: 0n } });
    }
    expect(await available(shop)).toBe(2n * amountMsat);
    expect(await available(core.ledgerId)).toBe(100_000_000n - 2n * amountMsat);
    const { rows } = await core.reads.transactions([shop], { take: 5, after: null, before: null, fromEnd: false });
    expect(rows.map(({ node }) => node)).toMatchObject([{ direction: 'receive', memo: 'tea' }, { memo: 'tea' }]);
  });

  test('is nobody’s, or the sender’s', async () => {
    await expect(send('nobody_here@localhost')).rejects.toMatchObject(refusal('notFound', { what: 'account' }));
    const own = await wallet('selfish', 'selfish', 100_000_000n);
    const account = (await core.wallets.wallet(own))?.accountId ?? '';
    const asking = core.asking({ who: { ...core.who, accountId: account } });
    const input = { walletId: own, to: 'selfish@localhost', amountMsat, comment: null };
    await expect(core.ask('sendLnurl', input, asking)).rejects.toMatchObject(refusal('selfPayment'));
  });
});
