// The operations for wallets that hold dollars, asked of wallets that hold bitcoin: upstream's text, in upstream's order, and nothing is done.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Json, startTestGateway, type TestGateway } from '../../support/gateway-inprocess.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(async () => {
  expect(gateway.errors()).toEqual([]);
  await gateway.close();
});

const wrong = { message: "Unsupported operation for wallet's currency.", code: 'INVALID_INPUT' };
const noCents = { message: 'A valid usd amount is required', code: 'INVALID_INPUT' };
const noSats = { message: 'A valid satoshi amount is required', code: 'INVALID_INPUT' };
const noWallet = { message: expect.stringContaining('CouldNotFindWalletFromIdError'), code: null };

interface Case {
  readonly name: string;
  readonly type: string;
  readonly wallet: 'walletId' | 'recipientWalletId';
  readonly data: string;
  readonly bolt11?: 'priced' | 'open';
  readonly noAmount?: object;
}

const cases: readonly Case[] = [
  { name: 'lnUsdInvoiceCreate', type: 'LnUsdInvoiceCreateInput', wallet: 'walletId', data: 'invoice { paymentHash }', noAmount: noCents },
  {
    name: 'lnUsdInvoiceCreateOnBehalfOfRecipient',
    type: 'LnUsdInvoiceCreateOnBehalfOfRecipientInput',
    wallet: 'recipientWalletId',
    data: 'invoice { paymentHash }',
    noAmount: noCents,
  },
  {
    name: 'lnUsdInvoiceBtcDenominatedCreateOnBehalfOfRecipient',
    type: 'LnUsdInvoiceBtcDenominatedCreateOnBehalfOfRecipientInput',
    wallet: 'recipientWalletId',
    data: 'invoice { paymentHash }',
    noAmount: noSats,
  },
  { name: 'lnUsdInvoiceFeeProbe', type: 'LnUsdInvoiceFeeProbeInput', wallet: 'walletId', data: 'amount', bolt11: 'priced' },
  {
    name: 'lnNoAmountUsdInvoiceFeeProbe',
    type: 'LnNoAmountUsdInvoiceFeeProbeInput',
    wallet: 'walletId',
    data: 'amount',
    bolt11: 'open',
    noAmount: noCents,
  },
  {
    name: 'lnNoAmountUsdInvoicePaymentSend',
    type: 'LnNoAmountUsdInvoicePaymentInput',
    wallet: 'walletId',
    data: 'status transaction { id }',
    bolt11: 'open',
    noAmount: noCents,
  },
];

const errorsOf = async ({ name, type, data }: Case, input: object): Promise<Json> => {
  const query = `mutation m($input: ${type}!) { ${name}(input: $input) { errors { message code } ${data} } }`;
  const { data: answer } = await gateway.ask(query, { input });
  const { errors, ...rest } = answer[name];
  for (const [field, value] of Object.entries(rest)) if (field !== 'status') expect(value).toBeNull();
  return errors;
};

describe.each(cases)('$name', (one) => {
  const input = (walletId: string, amount: number): object => ({
    [one.wallet]: walletId,
    ...(one.noAmount === undefined ? {} : { amount }),
    ...(one.bolt11 === undefined ? {} : { paymentRequest: gateway.foreignInvoice(one.bolt11 === 'priced' ? 1000 : null) }),
  });

  it('is refused for a wallet that holds bitcoin, and nothing is written', async () => {
    const before = await gateway.checksums();
    expect(await errorsOf(one, input(gateway.wallets.ledger, 500))).toEqual([wrong]);
    expect(await gateway.checksums()).toEqual(before);
  });
  it('says first that the wallet is not there, or that the amount is none', async () => {
    expect(await errorsOf(one, input(gateway.wallets.unknown, 500))).toEqual([noWallet]);
    expect(await errorsOf(one, input(gateway.wallets.foreign, 500))).toEqual([noWallet]);
    if (one.noAmount) expect(await errorsOf(one, input(gateway.wallets.ledger, 0))).toEqual([one.noAmount]);
  });
});
