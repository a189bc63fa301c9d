// The operations of Galoy's API that the suites use, as plain functions over a door: each sends what a client sends and answers the payload.
import type { Door, Stream, Told } from './door.ts';

export interface MadeInvoice {
  readonly paymentRequest: string;
  readonly paymentHash: string;
  readonly satoshis?: number;
}
export interface InvoicePayload {
  readonly errors: readonly Told[];
  readonly invoice: MadeInvoice | null;
}
export interface SendPayload {
  readonly status: 'SUCCESS' | 'PENDING' | 'FAILURE' | 'ALREADY_PAID' | null;
  readonly errors: readonly Told[];
  readonly transaction: Moved | null;
}
export interface Moved {
  readonly id: string;
  readonly status: 'SUCCESS' | 'PENDING' | 'FAILURE';
  readonly direction: 'SEND' | 'RECEIVE';
  readonly settlementAmount: number;
  readonly settlementFee: number;
  readonly initiationVia: { readonly paymentHash?: string };
  readonly settlementVia: { readonly preImage?: string | null };
}
export interface ProbePayload {
  readonly amount: number | null;
  readonly errors: readonly Told[];
}
export interface Paid {
  readonly status: 'SUCCESS' | 'PENDING' | 'FAILURE';
  readonly failure: string | null;
  readonly preImage: string | null;
  readonly amountMsat: string;
  readonly feeMsat: string | null;
  readonly attempts: readonly { readonly backend: string; readonly status: string; readonly failure: string | null }[];
}
export interface PaymentEvent {
  readonly lnPayment: { readonly cursor: string | null; readonly errors: readonly Told[]; readonly payment: Paid | null };
}

const moved =
  '{ id status direction settlementAmount settlementFee initiationVia { ... on InitiationViaLn { paymentHash } } ' +
  'settlementVia { ... on SettlementViaLn { preImage } } }';
const paid = '{ status failure preImage amountMsat feeMsat attempts { backend status failure } }';

export const sends = {
  ofInvoice: `mutation s($input: LnInvoicePaymentInput!) { answer: lnInvoicePaymentSend(input: $input) { status errors { message code path } transaction ${moved} } }`,
  ofAmount: `mutation s($input: LnNoAmountInvoicePaymentInput!) { answer: lnNoAmountInvoicePaymentSend(input: $input) { status errors { message code path } transaction ${moved} } }`,
} as const;
export const statusDocument = `subscription s($input: LnInvoicePaymentStatusByPaymentRequestInput!) {
  lnInvoicePaymentStatusByPaymentRequest(input: $input) { status paymentHash paymentPreimage errors { message } } }`;
export const paymentDocument = `subscription p($hash: PaymentHash!, $after: String) {
  lnPayment(paymentHash: $hash, after: $after) { cursor errors { message code } payment ${paid} } }`;

interface Answered<T> {
  readonly answer: T;
}

/** What one wallet can do through a door. Amounts in satoshis; as text where a client sends text. */
export const walletAt = (door: Door, walletId: string) => {
  const mutate = async <T>(query: string, input: object): Promise<T> =>
    (await door.ask<Answered<T>>(query, { input: { walletId, ...input } })).answer;
  const read = async <T>(field: string, variables: object, types: string): Promise<T> => {
    const query = `query q($walletId: WalletId!${types}) { me { defaultAccount { walletById(walletId: $walletId) { ${field} } } } }`;
    const { me } = await door.ask<{ me: { defaultAccount: { walletById: T } } }>(query, { walletId, ...variables });
    return me.defaultAccount.walletById;
  };
  const invoice = 'errors { message code path } invoice { paymentRequest paymentHash';
  return {
    walletId,
    tryInvoice: (amount: number | string) =>
      mutate<InvoicePayload>(
        `mutation c($input: LnInvoiceCreateInput!) { answer: lnInvoiceCreate(input: $input) { ${invoice} satoshis } } }`,
        { amount },
      ),
    invoice: async (amount: number): Promise<MadeInvoice> => {
      const { invoice: made, errors } = await mutate<InvoicePayload>(
        `mutation c($input: LnInvoiceCreateInput!) { answer: lnInvoiceCreate(input: $input) { ${invoice} satoshis } } }`,
        { amount },
      );
      if (made === null) throw new Error(`no invoice: ${JSON.stringify(errors)}`);
      return made;
    },
    amountless: async (): Promise<MadeInvoice> => {
      const { invoice: made, errors } = await mutate<InvoicePayload>(
        `mutation c($input: LnNoAmountInvoiceCreateInput!) { answer: lnNoAmountInvoiceCreate(input: $input) { ${invoice} } } }`,
        {},
      );
      if (made === null) throw new Error(`no invoice: ${JSON.stringify(errors)}`);
      return made;
    },
    pay: (paymentRequest: string) => mutate<SendPayload>(sends.ofInvoice, { paymentRequest }),
    payAmount: (paymentRequest: string, amount: number | string) => mutate<SendPayload>(sends.ofAmount, { paymentRequest, amount }),
    probe: (paymentRequest: string) =>
      mutate<ProbePayload>(
        'mutation f($input: LnInvoiceFeeProbeInput!) { answer: lnInvoiceFeeProbe(input: $input) { amount errors { message code path } } }',
        {
          paymentRequest,
        },
      ),
    probeAmount: (paymentRequest: string, amount: number | string) =>
      mutate<ProbePayload>(
        'mutation f($input: LnNoAmountInvoiceFeeProbeInput!) { answer: lnNoAmountInvoiceFeeProbe(input: $input) { amount errors { message code path } } }',
        { paymentRequest, amount },
      ),
    balance: async () => (await read<{ balance: number }>('balance', {}, '')).balance,
    movedBy: async (hash: string) =>
      (
        await read<{ transactionsByPaymentHash: readonly Moved[] }>(
          `transactionsByPaymentHash(paymentHash: $hash) ${moved}`,
          { hash },
          ', $hash: PaymentHash!',
        )
      ).transactionsByPaymentHash,
    transactions: async (): Promise<readonly Moved[]> => {
      const { transactions } = await read<{ transactions: { edges: readonly { node: Moved }[]; pageInfo: { hasNextPage: boolean } } }>(
        `transactions(first: 100) { pageInfo { hasNextPage } edges { node ${moved} } }`,
        {},
        '',
      );
      if (transactions.pageInfo.hasNextPage) throw new Error('more than a page of transactions');
      return transactions.edges.map(({ node }) => node);
    },
    payment: async (hash: string): Promise<Paid | null> =>
      (await door.ask<{ lnPayment: Paid | null }>(`query q($hash: PaymentHash!) { lnPayment(paymentHash: $hash) ${paid} }`, { hash }))
        .lnPayment,
    followPayment: (hash: string, after: string | null = null): Stream<PaymentEvent> =>
      door.overWs<PaymentEvent>(paymentDocument, { hash, after }),
  };
};
export type Wallet = ReturnType<typeof walletAt>;

/** What Lamassu polls: the deprecated query, by a door with or without a key. */
export const statusOf = async (door: Door, paymentRequest: string): Promise<string | null> => {
  const query = 'query lnInvoicePaymentStatus($input: LnInvoicePaymentStatusInput!) { lnInvoicePaymentStatus(input: $input) { status } }';
  const { lnInvoicePaymentStatus } = await door.ask<{ lnInvoicePaymentStatus: { status: string | null } }>(query, {
    input: { paymentRequest },
  });
  return lnInvoicePaymentStatus.status;
};
