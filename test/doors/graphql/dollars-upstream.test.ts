// Wallets of dollars through the door: what upstream's own tests assert of them, against accounts of a scripted Galoy that has such wallets.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limitRefusal } from '../../../src/wallets/spending.ts';
import { type DollarUpstream, type DollarWorld, newDollarWorld, startDollarUpstream } from '../../contract/galoy-dollars.ts';
import { apiKey } from '../../contract/galoy-server.ts';
import { type Json, startTestGateway, type TestGateway } from '../../support/gateway-inprocess.ts';

let world: DollarWorld;
let alice: DollarUpstream;
let bob: DollarUpstream;
let gateway: TestGateway;
let wallets: { readonly alice: string; readonly bob: string };
let bobKey: string;

const keyOf = async (account: string): Promise<string> => {
  const { core } = gateway.opened;
  const accountId = (await core.wallets.allWallets()).find(({ name }) => name === account)?.accountId ?? '';
  const key = {
    accountId,
    walletId: null,
    name: 'k',
    scopes: ['READ', 'RECEIVE', 'WRITE', 'ADMIN'],
    expiresAt: null,
    waitSeconds: 2,
  } as const;
  return (await core.wallets.createKey(key)).key;
};
let aliceKey: string;

beforeAll(async () => {
  world = newDollarWorld();
  [alice, bob] = [await startDollarUpstream(world, 1), await startDollarUpstream(world, 2)];
  const backend = (of: DollarUpstream) => ({ kind: 'galoy', endpoint: of.endpoint, apiKey, currency: 'USD', pollSeconds: 1 });
  gateway = await startTestGateway({
    backends: { alices: backend(alice), bobs: backend(bob) },
    accounts: [
      { name: 'alice', wallets: [{ name: 'alice', backend: 'alices', keylessCreate: true }] },
      { name: 'bob', username: 'bobby', wallets: [{ name: 'bob', backend: 'bobs' }] },
    ],
  });
  const all = await gateway.opened.core.wallets.allWallets();
  const idOf = (name: string): string => all.find((one) => one.name === name)?.id ?? '';
  wallets = { alice: idOf('alice'), bob: idOf('bob') };
  [aliceKey, bobKey] = [await keyOf('alice'), await keyOf('bob')];
}, 60_000);
afterAll(async () => {
  expect(gateway.errors()).toEqual([]);
  await gateway.close();
  await alice.close();
  await bob.close();
});

const ask = async (field: string, input: object, more: { key?: string | null; fields?: string; headers?: Record<string, string> } = {}) => {
  const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}`.replace(/(PaymentSend)$/, (_w, end) =>
    field.startsWith('ln') ? 'Payment' : end,
  );
  const fields =
    more.fields ?? 'status transaction { id settlementAmount settlementFee settlementCurrency settlementDisplayAmount status }';
  const query = `mutation m($input: ${type}Input!) { ${field}(input: $input) { errors { message code } ${fields} } }`;
  const { data } = await gateway.ask(query, { input }, more.key === undefined ? aliceKey : more.key, more.headers);
  return data[field];
};
const made = async (
  field: string,
  input: object,
  key: string | null = aliceKey,
): Promise<{ paymentRequest: string; paymentHash: string }> => {
  const { errors, invoice } = await ask(field, input, { key, fields: 'invoice { paymentRequest paymentHash }' });
  expect(errors).toEqual([]);
  return invoice;
};
const statusOf = async (paymentRequest: string): Promise<string> =>
  (
    await gateway.ask(
      'query s($input: LnInvoicePaymentStatusByPaymentRequestInput!) { lnInvoicePaymentStatusByPaymentRequest(input: $input) { status } }',
      { input: { paymentRequest } },
      null,
    )
  ).data.lnInvoicePaymentStatusByPaymentRequest.status;
const until = async (what: string, is: () => Promise<boolean>): Promise<void> => {
  const end = Date.now() + 20_000;
  while (!(await is())) {
    if (Date.now() > end) throw new Error(`not after twenty seconds: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};
const rowsOf = async (hash: string, key = aliceKey): Promise<readonly Json[]> => {
  const walletId = key === bobKey ? wallets.bob : wallets.alice;
  const query = `query t($walletId: WalletId!, $hash: PaymentHash!) { me { defaultAccount { walletById(walletId: $walletId) {
    __typename balance walletCurrency transactionsByPaymentHash(paymentHash: $hash) { status direction settlementAmount settlementFee
      settlementCurrency settlementDisplayAmount settlementDisplayCurrency settlementPrice { base offset }
      externalId initiationVia { ... on InitiationViaLn { paymentHash paymentRequest } }
      settlementVia { ... on SettlementViaLn { preImage } } } } } } }`;
  const { data } = await gateway.ask(query, { walletId, hash }, key);
  const wallet = data.me.defaultAccount.walletById;
  expect(wallet).toMatchObject({ __typename: 'UsdWallet', walletCurrency: 'USD', balance: (key === bobKey ? bob : alice).balance() });
  return wallet.transactionsByPaymentHash;
};
const paidWhenTold = async (invoice: { paymentRequest: string; paymentHash: string }, cents: number): Promise<void> => {
  await until('PAID', async () => (await statusOf(invoice.paymentRequest)) === 'PAID');
  expect(await rowsOf(invoice.paymentHash)).toMatchObject([
    {
      ...{ status: 'SUCCESS', direction: 'RECEIVE', settlementAmount: cents, settlementFee: 0, settlementCurrency: 'USD' },
      externalId: invoice.paymentHash,
    },
  ]);
};
const wrong = { message: "Unsupported operation for wallet's currency.", code: 'INVALID_INPUT' };

describe('receiving', () => {
  it('settles an invoice over cents, with the cents that upstream says', async () => {
    const invoice = await made('lnUsdInvoiceCreate', { walletId: wallets.alice, amount: '50' });
    expect(await statusOf(invoice.paymentRequest)).toBe('PENDING');
    alice.receive(invoice.paymentRequest);
    await paidWhenTold(invoice, 50);
    const [row] = await rowsOf(invoice.paymentHash);
    expect(row).toMatchObject({
      settlementDisplayAmount: '0.50',
      settlementDisplayCurrency: 'USD',
      settlementPrice: { base: 1e12, offset: 12 },
    });
  });

  it('settles an invoice without an amount', async () => {
    const invoice = await made('lnNoAmountInvoiceCreate', { walletId: wallets.alice });
    alice.receive(invoice.paymentRequest, 4500);
    await paidWhenTold(invoice, 300);
  });

  it('settles what anybody asked for, over nothing, over cents and over satoshis', async () => {
    const recipientWalletId = wallets.alice;
    const open = await made('lnNoAmountInvoiceCreateOnBehalfOfRecipient', { recipientWalletId }, null);
    const cents = await made(
      'lnUsdInvoiceCreateOnBehalfOfRecipient',
      { recipientWalletId, amount: '50', webhookUrl: 'https://example.com/paid' },
      null,
    );
    const sats = await made('lnUsdInvoiceBtcDenominatedCreateOnBehalfOfRecipient', { recipientWalletId, amount: '1000' }, null);
    alice.receive(open.paymentRequest, 1500);
    alice.receive(cents.paymentRequest);
    alice.receive(sats.paymentRequest);
    await paidWhenTold(open, 100);
    await paidWhenTold(cents, 50);
    await paidWhenTold(sats, 66);
  });

  it('settles an invoice that is paid while its upstream cannot be asked', async () => {
    const invoice = await made('lnNoAmountInvoiceCreate', { walletId: wallets.alice });
    const { transactions, transactionsByPaymentHash } = alice.server.script;
    const down = () => ({ cut: 'now' }) as const;
    Object.assign(alice.server.script, { transactions: down, transactionsByPaymentHash: down });
    alice.receive(invoice.paymentRequest, 3000);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(await statusOf(invoice.paymentRequest)).toBe('PENDING');
    Object.assign(alice.server.script, { transactions, transactionsByPaymentHash });
    await paidWhenTold(invoice, 200);
  }, 40_000);

  it('refuses satoshis, more than five minutes, and nothing', async () => {
    const fields = 'invoice { paymentHash }';
    const { errors: sats } = await ask('lnInvoiceCreate', { walletId: wallets.alice, amount: 1000 }, { fields });
    expect(sats).toMatchObject([wrong]);
    const { errors: long } = await ask('lnUsdInvoiceCreate', { walletId: wallets.alice, amount: 50, expiresIn: 6 }, { fields });
    expect(long).toMatchObject([{ code: 'INVALID_INPUT', message: expect.stringContaining('from 1 minute to 5') }]);
    const { errors: none } = await ask('lnUsdInvoiceCreate', { walletId: wallets.alice, amount: 0 }, { fields });
    expect(none).toMatchObject([{ message: 'A valid usd amount is required' }]);
  });

  it('keeps the wallet of who allows nobody to itself', async () => {
    const input = { recipientWalletId: wallets.bob, amount: 50 };
    const { errors } = await ask('lnUsdInvoiceCreateOnBehalfOfRecipient', input, { key: null, fields: 'invoice { paymentHash }' });
    expect(errors).toMatchObject([{ message: expect.stringContaining('CouldNotFindWalletFromIdError') }]);
  });
});

describe('sending', () => {
  it('pays an invoice over satoshis, without and after a probe of its fee', async () => {
    const invoice = world.invoice(1500);
    const input = { walletId: wallets.alice, paymentRequest: invoice.bolt11 };
    expect(await ask('lnUsdInvoiceFeeProbe', input, { fields: 'amount' })).toEqual({ errors: [], amount: 1 });
    const sent = await ask('lnInvoicePaymentSend', input);
    expect(sent).toMatchObject({
      ...{ errors: [], status: 'SUCCESS' },
      transaction: { settlementAmount: -101, settlementFee: 1, settlementCurrency: 'USD', settlementDisplayAmount: '-1.01' },
    });
    expect(await rowsOf(invoice.hash)).toMatchObject([
      {
        settlementVia: { preImage: world.outside.get(invoice.hash) },
        initiationVia: { paymentHash: invoice.hash, paymentRequest: invoice.bolt11 },
      },
    ]);
    const unprobed = world.invoice(3000);
    const again = await ask('lnInvoicePaymentSend', { walletId: wallets.alice, paymentRequest: unprobed.bolt11 });
    expect(again).toMatchObject({ status: 'SUCCESS', transaction: { settlementAmount: -201, settlementFee: 1 } });
  });

  it('pays cents to an invoice without an amount', async () => {
    const invoice = world.invoice(null);
    const input = { walletId: wallets.alice, paymentRequest: invoice.bolt11, amount: '200' };
    const before = alice.balance();
    expect(await ask('lnNoAmountUsdInvoiceFeeProbe', input, { fields: 'amount' })).toEqual({ errors: [], amount: 1 });
    expect(await ask('lnNoAmountUsdInvoicePaymentSend', input)).toMatchObject({
      status: 'SUCCESS',
      transaction: { settlementAmount: -201 },
    });
    expect(await rowsOf(invoice.hash)).toMatchObject([{ status: 'SUCCESS', settlementFee: 1 }]);
    expect(before - alice.balance()).toBe(201);
    expect(await ask('lnNoAmountUsdInvoicePaymentSend', input)).toMatchObject({ status: 'ALREADY_PAID', errors: [] });
    expect(alice.rows().filter(({ hash }) => hash === invoice.hash)).toHaveLength(1);
  });

  it('refuses satoshis of it, an amount beside one, and what upstream refuses', async () => {
    const open = world.invoice(null);
    const priced = world.invoice(1500);
    const walletId = wallets.alice;
    const send = (field: string, paymentRequest: string, amount: number) => ask(field, { walletId, paymentRequest, amount });
    expect(await send('lnNoAmountInvoicePaymentSend', open.bolt11, 100)).toMatchObject({ status: 'FAILURE', errors: [wrong] });
    expect(await send('lnNoAmountUsdInvoicePaymentSend', priced.bolt11, 100)).toMatchObject({
      ...{ status: 'FAILURE', errors: [{ message: 'Invoice must be a zero-amount invoice' }] },
    });
    const { errors } = await ask('lnInvoiceFeeProbe', { walletId, paymentRequest: priced.bolt11 }, { fields: 'amount' });
    expect(errors).toMatchObject([wrong]);
    alice.endings.push('refused');
    expect(await send('lnNoAmountUsdInvoicePaymentSend', open.bolt11, 100)).toMatchObject({
      ...{
        status: 'FAILURE',
        errors: [{ code: 'INSUFFICIENT_BALANCE', message: "Payment amount '100' cents exceeds what can be sent now" }],
      },
    });
    expect(await rowsOf(open.hash)).toMatchObject([{ status: 'FAILURE', settlementAmount: -100 }]);
  });

  it('is pending in doubt, is not sent again under its key, and ends by upstream’s ledger', async () => {
    alice.endings.push('silent');
    const invoice = world.invoice(null);
    const input = { walletId: wallets.alice, paymentRequest: invoice.bolt11, amount: 40 };
    const headers = { 'x-idempotency-key': '6b1f3c3e-0000-4000-8000-000000000001' };
    expect(await ask('lnNoAmountUsdInvoicePaymentSend', input, { headers })).toMatchObject({ status: 'PENDING', errors: [] });
    expect(await ask('lnNoAmountUsdInvoicePaymentSend', input, { headers })).toMatchObject({ status: 'PENDING' });
    expect(await ask('lnNoAmountUsdInvoicePaymentSend', { ...input, amount: 41 }, { headers })).toMatchObject({
      ...{ status: 'FAILURE', errors: [{ message: expect.stringContaining('idempotency') }] },
    });
    expect(await rowsOf(invoice.hash)).toMatchObject([{ status: 'PENDING', settlementAmount: -40, settlementFee: 0 }]);
    alice.end(invoice.hash, 'SUCCESS');
    await until('the end', async () => (await rowsOf(invoice.hash))[0].status === 'SUCCESS');
    expect(await rowsOf(invoice.hash)).toMatchObject([{ settlementAmount: -41, settlementFee: 1 }]);
    expect(alice.rows().filter(({ hash }) => hash === invoice.hash)).toHaveLength(1);
  }, 40_000);

  it('moves dollars from one wallet of them to another, and nothing into another currency', async () => {
    const [before, there] = [alice.balance(), bob.balance()];
    const move = (recipientWalletId: string, more: { walletId?: string; key?: string; headers?: Record<string, string> } = {}) =>
      ask('intraLedgerUsdPaymentSend', { walletId: more.walletId ?? wallets.alice, recipientWalletId, amount: '25' }, more);
    const headers = { 'x-idempotency-key': '6b1f3c3e-0000-4000-8000-000000000002' };
    const first = await move(wallets.bob, { headers });
    expect(first).toMatchObject({ errors: [], status: 'SUCCESS', transaction: { settlementAmount: -25, settlementCurrency: 'USD' } });
    expect(await move(wallets.bob, { headers })).toEqual(first);
    // What was paid is told, though the recipient's upstream makes no invoice now.
    const { lnNoAmountInvoiceCreate } = bob.server.script;
    Object.assign(bob.server.script, { lnNoAmountInvoiceCreate: () => ({ cut: 'now' }) });
    expect(await move(wallets.bob)).toMatchObject({ status: 'FAILURE' });
    expect(await move(wallets.bob, { headers })).toEqual(first);
    Object.assign(bob.server.script, { lnNoAmountInvoiceCreate });
    expect([alice.balance(), bob.balance()]).toEqual([before - 25, there + 25]);
    expect(await move(gateway.wallets.atm)).toMatchObject({ status: 'FAILURE', errors: [wrong] });
    expect(await move(wallets.alice)).toMatchObject({ status: 'FAILURE', errors: [{ code: 'CANT_PAY_SELF' }] });
    const bitcoin = { walletId: gateway.wallets.ledger, recipientWalletId: wallets.bob, amount: 25 };
    expect(await ask('intraLedgerPaymentSend', bitcoin, { key: gateway.keys.all })).toMatchObject({ status: 'FAILURE', errors: [wrong] });
    expect(await ask('intraLedgerUsdPaymentSend', bitcoin, { key: gateway.keys.all })).toMatchObject({
      status: 'FAILURE',
      errors: [wrong],
    });
    expect([alice.balance(), bob.balance()]).toEqual([before - 25, there + 25]);
  });
});

describe('limits of a key', () => {
  const limited = async (sats: number): Promise<{ key: string; spent: () => Promise<number> }> => {
    const { core } = gateway.opened;
    const accountId = (await core.wallets.wallet(wallets.alice))?.accountId ?? '';
    const scopes = ['READ', 'WRITE'] as const;
    const { key, view } = await core.wallets.createKey({
      accountId,
      walletId: null,
      name: 'limited',
      scopes,
      expiresAt: null,
      waitSeconds: 2,
    });
    await core.wallets.setLimit(view.id, 'daily', sats);
    const spent = async (): Promise<number> => {
      const { data } = await gateway.ask('{ me { apiKeys { id limits { dailySpentSats } } } }', {}, aliceKey);
      return data.me.apiKeys.find(({ id }: { id: string }) => id === view.id).limits.dailySpentSats;
    };
    return { key, spent };
  };
  const cents = (key: string, amount: number) =>
    ask('lnNoAmountUsdInvoicePaymentSend', { walletId: wallets.alice, paymentRequest: world.invoice(null).bolt11, amount }, { key });

  it('count a payment in cents at the price of its moment', async () => {
    const { key, spent } = await limited(1000);
    expect(await cents(key, 30)).toMatchObject({ status: 'SUCCESS' });
    // 30 cents at 65,000 dollars, rounded up, and what is set aside for the fee.
    expect(await spent()).toBe(472);
    expect(await cents(key, 40)).toMatchObject({ status: 'FAILURE', errors: [{ code: 'TRANSACTION_RESTRICTED' }] });
    expect(await spent()).toBe(472);
    alice.endings.push('refused');
    expect(await cents(key, 20)).toMatchObject({ status: 'FAILURE', errors: [{ code: 'INSUFFICIENT_BALANCE' }] });
    expect(await spent()).toBe(472);
  });

  it('count a payment over satoshis, and dollars that move to another wallet', async () => {
    const { key, spent } = await limited(2000);
    const input = { walletId: wallets.alice, paymentRequest: world.invoice(900).bolt11 };
    expect(await ask('lnInvoicePaymentSend', input, { key })).toMatchObject({ status: 'SUCCESS' });
    expect(await spent()).toBe(910);
    const move = { walletId: wallets.alice, recipientWalletId: wallets.bob, amount: 25 };
    expect(await ask('intraLedgerUsdPaymentSend', move, { key })).toMatchObject({ status: 'SUCCESS' });
    expect(await spent()).toBeGreaterThan(1200);
    expect(await ask('intraLedgerUsdPaymentSend', { ...move, amount: 60 }, { key })).toMatchObject({
      ...{ status: 'FAILURE', errors: [{ code: 'TRANSACTION_RESTRICTED' }] },
    });
  });
});

it('refuses cents that nobody can count to a key that has a limit', async () => {
  const { rows } = await gateway.db.pool.query('SELECT id, account_id FROM api_keys WHERE daily_limit_sats IS NOT NULL LIMIT 1');
  const insert = (counted: number | null) =>
    gateway.db.pool.query(
      `INSERT INTO transactions (id, account_id, wallet_id, direction, status, kind, amount_msat, amount_cents, counted_msat, subject_id, key_id, created_at)
       VALUES (gen_random_uuid(), $1, $2, 'send', 'pending', 'lightning', 0, 5, $3, gen_random_uuid(), $4, now())`,
      [rows[0].account_id, wallets.alice, counted, rows[0].id],
    );
  const error = await insert(null).catch((thrown: unknown) => thrown);
  expect(limitRefusal(error)).toEqual({ is: 'priceUnavailable' });
  await insert(1000);
});

describe('what it is', () => {
  it('is shown in cents in the list of the account as CSV, and by its name', async () => {
    const { data } = await gateway.ask(
      'query c($ids: [WalletId!]!) { me { defaultAccount { csvTransactions(walletIds: $ids) } } }',
      {
        ids: [wallets.alice],
      },
      aliceKey,
    );
    const [head = '', ...lines] = Buffer.from(data.me.defaultAccount.csvTransactions, 'base64').toString('utf8').trim().split('\n');
    const column = (line: string, name: string): string | undefined => line.split(',')[head.split(',').indexOf(name)];
    expect(lines.length).toBeGreaterThan(5);
    expect(new Set(lines.map((line) => column(line, 'currency')))).toEqual(new Set(['USD']));
    expect(lines.map((line) => column(line, 'credit'))).toContain('50');
    const query = '{ accountDefaultWallet(username: "bobby", walletCurrency: USD) { id currency } }';
    expect((await gateway.ask(query, {}, null)).data.accountDefaultWallet).toEqual({ id: wallets.bob, currency: 'USD' });
  });

  it('is made over a backend that holds dollars, and never with books of ours or beside another backend', async () => {
    const make = (name: string, more: object) =>
      ask(
        'walletCreate',
        { name, receiveRoute: ['alices'], payRoute: ['alices'], ...more },
        { fields: 'wallet { id walletCurrency balance }' },
      );
    expect(await make('second', {})).toMatchObject({ errors: [], wallet: { walletCurrency: 'USD', balance: alice.balance() } });
    expect((await make('books', { balanceKind: 'LEDGER' })).errors).toHaveLength(1);
    expect((await make('both', { payRoute: ['alices', 'node'] })).errors).toHaveLength(1);
    const input = { walletId: wallets.alice, receiveRoute: ['node'], payRoute: ['node'] };
    expect((await ask('walletSetRoutes', input, { fields: 'wallet { id }' })).errors).toHaveLength(1);
    await expect(gateway.db.pool.query("UPDATE wallets SET balance_kind = 'ledger' WHERE id = $1", [wallets.alice])).rejects.toThrow(
      'wallets_currency',
    );
  });

  it('offers no hold, no cash-out and no address of bitcoin', async () => {
    const walletId = wallets.alice;
    const hold = await ask('lnHoldInvoiceCreate', { walletId, amount: 100 }, { fields: 'invoice { paymentHash }' });
    expect(hold.errors).toMatchObject([wrong]);
  });
});
