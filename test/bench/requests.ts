// The requests that are sent, to the letter of what Lamassu's plugin sends.
import type { Work } from './jobs.ts';

/** Lamassu's headers; `key` null: without one. */
export const headersOf = (key: string | null): Readonly<Record<string, string>> => ({
  'content-type': 'application/json',
  accept: 'application/json, text/plain, */*',
  ...(key === null ? {} : { 'x-api-key': key }),
  'user-agent': 'axios/0.21.1',
});

const pollDocument =
  'query lnInvoicePaymentStatus($input: LnInvoicePaymentStatusInput!) { lnInvoicePaymentStatus(input: $input) { status } }';
const createDocument =
  'mutation lnInvoiceCreate($input: LnInvoiceCreateInput!) { lnInvoiceCreate(input: $input) { errors { message path } invoice { paymentRequest } } }';
const sendDocument =
  'mutation lnInvoicePaymentSend($input: LnInvoicePaymentInput!) { lnInvoicePaymentSend(input: $input) { errors { message path } status } }';

const body = (operationName: string, query: string, input: object): string =>
  JSON.stringify({ operationName, query, variables: { input } });

export const pollBody = (paymentRequest: string): string => body('lnInvoicePaymentStatus', pollDocument, { paymentRequest });
export const createBody = (walletId: string, sat: number): string =>
  body('lnInvoiceCreate', createDocument, { walletId, amount: String(sat) });
export const sendBody = (walletId: string, paymentRequest: string): string =>
  body('lnInvoicePaymentSend', sendDocument, { walletId, paymentRequest });

/** A client of the gateway with a key. */
export const gatewayWork = (
  to: { readonly url: string; readonly key: string },
  bodies: Extract<Work, { is: 'http' }>['bodies'],
  expect: string,
): Work => ({ is: 'http', url: to.url, headers: headersOf(to.key), bodies, expect });

/** Asks a bare server; its body is about as long as that of a poll. */
export const bareWork = (port: number): Work => ({
  is: 'http',
  url: `http://127.0.0.1:${port}/graphql`,
  headers: headersOf('blink_0000000000000000000000000000000000000000000000'),
  bodies: [JSON.stringify({ operationName: 'hello', query: 'query hello { hello }', variables: { input: 'x'.repeat(380) } })],
  expect: '"data"',
});
