// How the Galoy adapter reads everything that is no send: who is there, invoices, probes, balance. A question is believed only when it is
// answered without any error, and asked again only when asking again may help.
import { describe, expect, it } from 'vitest';
import { connectGaloy } from '../../src/backends/galoy/backend.ts';
import { galoySettings, streamAddress } from '../../src/backends/galoy/settings.ts';
import type { InvoiceTerms } from '../../src/backends/port.ts';
import { backendId, bolt11Text, fromSat } from '../../src/lightning/values.ts';
import { fact, type Label, openRig, quiet, type Rig, recorded, soon } from './galoy-rig.ts';
import { type Answer, accountId, apiKey, testInvoice, walletId } from './galoy-server.ts';

const html = '<html><body>nginx</body></html>';
const withRig = async (work: (rig: Rig) => Promise<void>, settings: Readonly<Record<string, unknown>> = {}): Promise<void> => {
  const rig = await openRig(settings);
  try {
    await work(rig);
  } finally {
    await rig.close();
  }
};
const me = (wallet: object): Answer => ({ holds: { me: { defaultAccount: { walletById: { __typename: 'BTCWallet', ...wallet } } } } });

interface Bad {
  readonly name: string;
  readonly label: Label;
  readonly answer: Answer;
  readonly kind: string;
  /** Questions in all. */
  readonly asked: number;
}

const bad: readonly Bad[] = [
  { name: 'HTML with 200', label: 'derived', answer: { body: html }, kind: 'protocol', asked: 1 },
  { name: 'HTML with 503', label: 'derived', answer: { status: 503, body: html }, kind: 'unreachable', asked: 3 },
  {
    name: 'HTTP 401 with JSON',
    label: 'asserted',
    answer: { status: 401, body: fact('asserted--unauthorized-json').response as object },
    kind: 'auth',
    asked: 1,
  },
  {
    name: 'HTTP 429',
    label: 'derived',
    answer: { status: 429, body: html, headers: { 'retry-after': '60' } },
    kind: 'rateLimited',
    asked: 1,
  },
  {
    name: 'a redirect',
    label: 'derived',
    answer: { status: 301, body: '', headers: { location: 'http://127.0.0.1:1/' } },
    kind: 'protocol',
    asked: 1,
  },
  {
    name: 'data: null with errors',
    label: 'derived',
    answer: { body: { data: null, errors: [{ message: 'Not authorized' }] } },
    kind: 'auth',
    asked: 1,
  },
  {
    name: 'partial data beside an error',
    label: 'derived',
    answer: {
      body: { data: { me: { defaultAccount: { walletById: { balance: 1, walletCurrency: 'BTC' } } } }, errors: [{ message: 'boom' }] },
    },
    kind: 'refused',
    asked: 1,
  },
  {
    name: 'a router that cannot reach the service behind it',
    label: 'derived',
    answer: { body: { data: null, errors: [{ message: "HTTP fetch failed from 'public'" }] } },
    kind: 'internal',
    asked: 3,
  },
  {
    name: 'a wallet lock that is busy',
    label: 'derived',
    answer: { body: { data: null, errors: [{ message: 'x (code: ResourceAttemptsRedlockServiceError)' }] } },
    kind: 'internal',
    asked: 3,
  },
  {
    name: 'a value of another type',
    label: 'derived',
    answer: { body: { data: { me: { defaultAccount: { walletById: { balance: '12', walletCurrency: 'BTC' } } } } } },
    kind: 'protocol',
    asked: 1,
  },
  { name: 'nothing of what was asked for', label: 'derived', answer: { body: { data: {} } }, kind: 'protocol', asked: 1 },
  { name: 'the connection is cut', label: 'derived', answer: { cut: 'now' }, kind: 'unreachable', asked: 3 },
];

describe('a question that is not answered', () => {
  it.each(bad)('[$label] $name', ({ answer, kind, asked }) =>
    withRig(async (rig) => {
      await rig.backend.identity(soon());
      rig.server.script.balance = () => answer;
      await expect(rig.backend.balance?.(soon())).rejects.toMatchObject({ fault: { kind } });
      expect(rig.server.count('balance')).toBe(asked);
    }),
  );

  it('is asked again when asking again may help', () =>
    withRig(async (rig) => {
      const good = rig.server.script.balance;
      rig.server.script.balance = (asked, times) => (times < 3 ? { status: 502, body: html } : (good?.(asked, times) ?? { body: {} }));
      expect(await rig.backend.balance?.(soon())).toMatchObject({ spendable: 123_456_000n, receivable: null, of: expect.any(String) });
      expect(rig.server.count('balance')).toBe(3);
    }));

  it('ends with its caller', () =>
    withRig(async (rig) => {
      await rig.backend.identity(soon());
      rig.server.script.balance = () => ({ cut: 'never' });
      const start = Date.now();
      await expect(rig.backend.balance?.(soon(300))).rejects.toMatchObject({ fault: { kind: 'timeout' } });
      expect(Date.now() - start).toBeLessThan(2_000);
    }));

  it('is not asked while the server wants to be left alone', () =>
    withRig(async (rig) => {
      await rig.backend.identity(soon());
      rig.server.script.balance = () => ({
        status: 429,
        body: html,
        headers: { 'retry-after': new Date(Date.now() + 60_000).toUTCString() },
      });
      await expect(rig.backend.balance?.(soon())).rejects.toMatchObject({ fault: { kind: 'rateLimited' } });
      await expect(rig.backend.identity(soon())).rejects.toMatchObject({ fault: { kind: 'rateLimited' } });
      expect(rig.server.count('balance') + rig.server.count('globals')).toBe(2);
    }));
});

describe('who is there', () => {
  it('is the account, on the network of the server', () =>
    withRig(async (rig) => {
      expect(await rig.backend.identity(soon())).toEqual({ network: 'regtest', key: accountId, label: new URL(rig.server.endpoint).host });
      expect(await rig.backend.health(soon())).toEqual({ ready: true, syncedToChain: null, detail: 'ok' });
      expect(rig.server.asked[0]?.headers['x-api-key']).toBe(apiKey);
    }));

  it.each([
    ['another network than its own setting', { network: 'mainnet' }, /regtest/],
    ['a wallet that the account has not', { walletId: '99999999-2222-4333-8444-555555555555' }, /no wallet/],
    ['a wallet that is not bitcoin', { walletId: '11111111-2222-4333-8444-555555555555' }, /USD/],
    ['a key that the server does not take', { apiKey: 'blink_other' }, /API key/],
  ])('refuses %s', (_name, settings, text) =>
    withRig(async (rig) => {
      expect(await rig.backend.health(soon())).toMatchObject({ ready: false, detail: expect.stringMatching(text) });
      await expect(rig.backend.identity(soon())).rejects.toThrow();
      expect(await rig.pay.pay({ ...orderLike(), sendBy: new Date(Date.now() + 9_000) })).toMatchObject({ is: 'notSent' });
    }, settings),
  );

  it('never shows the key', () =>
    withRig(async (rig) => {
      rig.server.script.globals = () => ({ status: 500, body: html });
      expect(JSON.stringify([await rig.backend.health(soon()), rig.warned])).not.toContain(apiKey);
    }));
});

const orderLike = () => {
  const { hash, bolt11 } = testInvoice();
  return { hash, bolt11: bolt11Text(bolt11), amount: fromSat(1000), amountless: false, maxFee: fromSat(10) };
};

describe('settings', () => {
  const good = { endpoint: 'https://api.blink.sv/graphql', apiKey: 'blink_x' };
  it('finds the streams where Galoy has them, or on the same host', () => {
    expect(galoySettings.parse(good)).toMatchObject({ wsEndpoint: 'wss://ws.blink.sv/graphql', walletId: null, pollSeconds: 10 });
    expect(streamAddress('http://gateway.local:4000/graphql')).toBe('ws://gateway.local:4000/graphql');
  });
  it.each([
    ['no endpoint', { apiKey: 'x' }],
    ['an endpoint that is no address', { ...good, endpoint: 'api.blink.sv' }],
    ['an endpoint with a password in it', { ...good, endpoint: 'https://me:secret@api.blink.sv/graphql' }],
    ['no key', { endpoint: good.endpoint }],
    ['a key with a line break', { ...good, apiKey: 'blink_x\n' }],
    ['a wallet that is no id', { ...good, walletId: 'atm' }],
    ['a key that nobody knows', { ...good, wallet: walletId }],
  ])('refuses %s', (_name, raw) => {
    expect(() => galoySettings.parse(raw)).toThrow();
  });
  it('touches no network', () => {
    const backend = connectGaloy(backendId('x'), galoySettings.parse({ ...good, endpoint: 'http://127.0.0.1:9/' }), {
      log: quiet(),
      clock: { now: () => new Date() },
    });
    expect(backend.hold).toBeUndefined();
    expect(backend.chain?.traits.sendsNot).toContain('could not be followed');
  });
});

describe('probes', () => {
  const order = (sats: number | null = 1000) => ({
    bolt11: bolt11Text(testInvoice({ sats }).bolt11),
    amount: fromSat(sats ?? 2000),
    maxFee: fromSat(50),
  });
  it('[recorded] a fee', () =>
    withRig(async (rig) => {
      rig.server.script.lnInvoiceFeeProbe = () => ({ holds: recorded('partial--fee-probe-success-1-sat').holds });
      expect(await rig.pay.probeFee?.(order(), soon())).toEqual({ is: 'fee', fee: 1000n });
    }));
  it('[recorded] a fee of nothing', () =>
    withRig(async (rig) => {
      rig.server.script.lnInvoiceFeeProbe = () => ({ holds: recorded('full--tutorial-2021-lninvoicefeeprobe').holds });
      expect(await rig.pay.probeFee?.(order(), soon())).toEqual({ is: 'fee', fee: 0n });
    }));
  it('[asserted] no route: the amount beside the error is no fee', () =>
    withRig(async (rig) => {
      rig.server.script.lnNoAmountInvoiceFeeProbe = () => ({ holds: fact('asserted--fee-probe-no-route').response });
      expect(await rig.pay.probeFee?.(order(null), soon())).toEqual({ is: 'noRoute' });
      expect(rig.server.asked.at(-1)?.variables.input).toMatchObject({ amount: 2000 });
    }));
  it.each<[string, Answer, string]>([
    [
      'an error of another kind',
      { holds: { errors: [{ message: 'User tried to pay themselves', code: 'CANT_PAY_SELF' }], amount: null } },
      'refused',
    ],
    ['HTML', { body: html }, 'protocol'],
    ['401', { status: 401, body: html }, 'auth'],
    ['no amount', { holds: { errors: [], amount: null } }, 'protocol'],
    ['a cut connection', { cut: 'now' }, 'unreachable'],
  ])('[derived] %s is doubt', (_name, answer, kind) =>
    withRig(async (rig) => {
      rig.server.script.lnInvoiceFeeProbe = () => answer;
      expect(await rig.pay.probeFee?.(order(), soon())).toMatchObject({ is: 'unknown', fault: { kind } });
      expect(rig.server.count('lnInvoiceFeeProbe')).toBe(1);
    }),
  );
});

describe('invoices', () => {
  const terms = (more: Partial<InvoiceTerms> = {}): InvoiceTerms => ({
    amount: fromSat(1000),
    description: { text: 'tea' },
    expirySeconds: 3600,
    ...more,
  });
  const issued = (invoice: ReturnType<typeof testInvoice>): Answer => ({
    holds: { errors: [], invoice: { paymentHash: invoice.hash, paymentRequest: invoice.bolt11, satoshis: 1000 } },
  });

  it('are made with an amount, without one, and for a description that is only hashed', () =>
    withRig(async (rig) => {
      const digest = 'ab'.repeat(32);
      const [priced, open, hashed] = [testInvoice(), testInvoice({ sats: null }), testInvoice({ descriptionHash: digest })];
      rig.server.script.lnInvoiceCreate = () => issued(priced);
      rig.server.script.lnNoAmountInvoiceCreate = () => issued(open);
      rig.server.script.lnInvoiceCreateOnBehalfOfRecipient = () => issued(hashed);
      expect(await rig.receive.create(terms(), soon())).toMatchObject({ is: 'issued', hash: priced.hash, bolt11: priced.bolt11 });
      expect(await rig.receive.create(terms({ amount: null, expirySeconds: 90 }), soon())).toMatchObject({ is: 'issued', hash: open.hash });
      expect(await rig.receive.create(terms({ description: { hash: digest } }), soon())).toMatchObject({ is: 'issued', hash: hashed.hash });
      const inputs = rig.server.asked.filter(({ field }) => field.includes('Create')).map(({ variables }) => variables.input);
      expect(inputs).toEqual([
        { walletId, amount: 1000, memo: 'tea', expiresIn: 60 },
        { walletId, memo: 'tea', expiresIn: 2 },
        { recipientWalletId: walletId, amount: 1000, descriptionHash: digest, expiresIn: 60 },
      ]);
    }));

  it('[recorded] whose payment request has a wrong checksum are handed to nobody', () =>
    withRig(async (rig) => {
      // The tutorial's request was altered before it was printed.
      const { holds, field } = recorded('full--tutorial-2021-lninvoicecreate');
      rig.server.script[field] = () => ({ holds });
      const issue = await rig.receive.create(terms({ amount: fromSat(12345) }), soon());
      expect(issue).toMatchObject({ is: 'unknown', fault: { kind: 'protocol', detail: expect.stringContaining('checksum') } });
    }));

  it.each<[string, Partial<InvoiceTerms>]>([
    ['fractions of a satoshi', { amount: (fromSat(1) + 1n) as InvoiceTerms['amount'] & bigint }],
    ['less than a minute', { expirySeconds: 0 }],
    ['more than a day', { expirySeconds: 86_401 }],
    ['a CLTV delta of their own', { finalCltvDelta: 40 }],
    ['a hashed description without an amount', { amount: null, description: { hash: 'ab'.repeat(32) } }],
  ])('are refused without asking: %s', (_name, more) =>
    withRig(async (rig) => {
      expect(await rig.receive.create(terms(more), soon())).toMatchObject({ is: 'refused', because: 'terms' });
      expect(rig.server.asked).toEqual([]);
    }),
  );

  it.each<[string, Answer, object]>([
    [
      '[asserted] a bad value',
      { holds: { errors: [{ message: 'A valid satoshi amount is required', code: 'INVALID_INPUT' }], invoice: null } },
      { is: 'refused', because: 'terms' },
    ],
    ['[derived] another amount than asked', issued(testInvoice({ sats: 999 })), { is: 'unknown', fault: { kind: 'protocol' } }],
    [
      '[derived] a request of another hash',
      { holds: { errors: [], invoice: { paymentHash: 'ab'.repeat(32), paymentRequest: testInvoice().bolt11 } } },
      { is: 'unknown' },
    ],
    ['[derived] HTML', { body: html }, { is: 'unknown', fault: { kind: 'protocol' } }],
    ['[derived] no answer', { cut: 'now' }, { is: 'unknown', fault: { kind: 'unreachable' } }],
    ['[derived] data: null', { body: { data: null, errors: [{ message: 'Not authorized' }] } }, { is: 'unknown', fault: { kind: 'auth' } }],
  ])('%s', (_name, answer, says) =>
    withRig(async (rig) => {
      rig.server.script.lnInvoiceCreate = () => answer;
      expect(await rig.receive.create(terms(), soon())).toMatchObject(says);
      expect(rig.server.count('lnInvoiceCreate')).toBe(1);
    }),
  );

  it('[derived] TOO_MANY_REQUEST: no more are asked for', () =>
    withRig(async (rig) => {
      const text = 'Too many invoices creation, please wait for a while and try again.';
      rig.server.script.lnInvoiceCreate = () => ({ holds: { errors: [{ message: text, code: 'TOO_MANY_REQUEST' }], invoice: null } });
      for (let times = 0; times < 3; times++)
        expect(await rig.receive.create(terms(), soon())).toMatchObject({ is: 'unknown', fault: { kind: 'rateLimited' } });
      expect(rig.server.count('lnInvoiceCreate')).toBe(1);
    }));

  const lookUp = (invoice: ReturnType<typeof testInvoice>, paymentStatus: string): Answer =>
    me({ invoiceByPaymentHash: { paymentHash: invoice.hash, paymentRequest: invoice.bolt11, paymentStatus } });

  it.each(['PENDING', 'EXPIRED', 'PAID'])('that are %s without a receipt in the ledger are open', (status) =>
    withRig(async (rig) => {
      const invoice = testInvoice({ at: new Date(Date.now() - 3_600_000), minutes: 30 });
      rig.server.script.invoiceByPaymentHash = () => lookUp(invoice, status);
      expect(await rig.receive.find(invoice.hash, soon())).toEqual({ is: 'open' });
    }),
  );

  it('that expired long ago are over', () =>
    withRig(async (rig) => {
      const invoice = testInvoice({ at: new Date(Date.now() - 3 * 3_600_000), minutes: 30 });
      rig.server.script.invoiceByPaymentHash = () => lookUp(invoice, 'EXPIRED');
      expect(await rig.receive.find(invoice.hash, soon())).toEqual({ is: 'canceled' });
    }));

  it('that are paid are settled with what came, whatever their status says', () =>
    withRig(async (rig) => {
      const invoice = testInvoice({ sats: null });
      rig.server.rows.push({
        id: 'r1',
        hash: invoice.hash,
        status: 'SUCCESS',
        direction: 'RECEIVE',
        amount: 777,
        fee: 0,
        preimage: invoice.preimage,
      });
      expect(await rig.receive.find(invoice.hash, soon())).toEqual({ is: 'settled', received: 777_000n, preimage: invoice.preimage });
    }));

  it('that the wallet has not are not found; trouble is not "not found"', () =>
    withRig(async (rig) => {
      const { hash } = testInvoice();
      const text = `User tried to pay invoice with hash ${hash}, but it does not exist`;
      rig.server.script.invoiceByPaymentHash = () => ({ body: { data: { me: null }, errors: [{ message: text }] } });
      expect(await rig.receive.find(hash, soon())).toEqual({ is: 'notFound' });
      rig.server.script.invoiceByPaymentHash = () => ({ body: { data: { me: null }, errors: [{ message: 'boom' }] } });
      await expect(rig.receive.find(hash, soon())).rejects.toMatchObject({ fault: { kind: 'refused' } });
    }));

  it.each<[string, Answer, object]>([
    ['[asserted] done', { holds: { errors: [], success: true } }, { is: 'done' }],
    ['[asserted] processed before', { holds: fact('asserted--cancel-settled-invoice').response }, { is: 'refused', because: 'notHeld' }],
    [
      '[derived] unknown',
      {
        holds: {
          success: false,
          errors: [{ message: 'User tried to pay invoice with hash ab, but it does not exist', code: 'LIGHTNING_PAYMENT_ERROR' }],
        },
      },
      { is: 'refused', because: 'notFound' },
    ],
    ['[derived] success beside an error', { holds: { success: true, errors: [{ message: 'boom' }] } }, { is: 'unknown' }],
    ['[derived] HTML', { body: html }, { is: 'unknown' }],
    ['[derived] no answer', { cut: 'now' }, { is: 'unknown' }],
  ])('are canceled: %s', (_name, answer, says) =>
    withRig(async (rig) => {
      rig.server.script.lnInvoiceCancel = () => answer;
      expect(await rig.receive.cancel?.(testInvoice().hash, soon())).toMatchObject(says);
      expect(rig.server.count('lnInvoiceCancel')).toBe(1);
    }),
  );
});

describe('what the wallet remembers since a moment', () => {
  const at = Math.floor(Date.now() / 1000);
  it('[derived] receipts with the payment request that upstream has for the hash, payments without one', () =>
    withRig(async ({ server, backend }) => {
      const [got, gone, other, paid] = [testInvoice(), testInvoice(), testInvoice(), testInvoice()];
      const receipt = { status: 'SUCCESS', direction: 'RECEIVE', at } as const;
      server.rows.push(
        { ...receipt, id: '04', hash: got.hash, preimage: got.preimage },
        { ...receipt, id: '03', hash: gone.hash },
        { ...receipt, id: '02', hash: other.hash },
        { id: '01', hash: paid.hash, status: 'SUCCESS', preimage: paid.preimage, at },
        { ...receipt, id: '00', hash: testInvoice().hash, at: at - 100_000 },
      );
      server.script.invoiceByPaymentHash = ({ variables }) => {
        if (variables.paymentHash === gone.hash) return { body: { data: null, errors: [{ message: 'InvoiceNotFound' }] } };
        const { bolt11: paymentRequest } = got;
        return me({ invoiceByPaymentHash: { paymentHash: variables.paymentHash, paymentRequest, paymentStatus: 'PAID' } });
      };
      const told = await backend.recall?.(new Date((at - 3_600) * 1000), soon());
      expect(told?.map(({ about, ...rest }) => ({ about, ...('hash' in rest && { hash: rest.hash, bolt11: rest.bolt11 }) }))).toEqual([
        { about: 'invoice', hash: got.hash, bolt11: got.bolt11 },
        { about: 'invoice', hash: gone.hash, bolt11: null },
        // A request of another hash is none of this one.
        { about: 'invoice', hash: other.hash, bolt11: null },
        { about: 'payment', hash: paid.hash, bolt11: null },
      ]);
    }));
});
