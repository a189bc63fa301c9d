// What the four mutations that make an invoice have in common.
import type { CreateInvoice, CreateUsdInvoice } from '../../../commands/table.ts';
import type { InvoiceView } from '../../../invoices/view.ts';
import type { InvoicePayload } from '../types/payloads.ts';
import type { Trouble } from './trouble.ts';

interface Given {
  readonly expiresIn?: number | null | undefined;
  readonly externalId?: string | null | undefined;
  readonly memo?: string | null | undefined;
  readonly descriptionHash?: string | null | undefined;
  readonly webhookUrl?: string | null | undefined;
}

/** Zero included: the core refuses what it does not offer, nothing is replaced silently (contract §10). */
export const expirySeconds = (minutes: number | null | undefined): number | null =>
  minutes === null || minutes === undefined ? null : minutes * 60;

/** `amount` in satoshis, null when the payer chooses; `expiresIn` in minutes. */
export const createInvoiceInput = (walletId: string, amount: number | null, given: Given): CreateInvoice => ({
  walletId,
  amountMsat: amount === null ? null : BigInt(amount) * 1000n,
  ...termsOf(given),
});

/** For a wallet that holds dollars. */
export const usdInvoiceInput = (of: Pick<CreateUsdInvoice, 'walletId' | 'amount' | 'inSats'>, given: Given): CreateUsdInvoice => ({
  ...of,
  ...termsOf(given),
});

const termsOf = (given: Given): Omit<CreateInvoice, 'walletId' | 'amountMsat'> => ({
  memo: given.memo ?? null,
  descriptionHash: given.descriptionHash ?? null,
  expirySeconds: expirySeconds(given.expiresIn),
  externalId: given.externalId ?? null,
  webhookUrl: given.webhookUrl ?? null,
});

export const invoiceAnswer = (invoice: InvoiceView): InvoicePayload => ({ errors: [], invoice });
export const noInvoice = ({ errors }: Trouble): InvoicePayload => ({ errors, invoice: null });
