// Pages of transactions and invoices, newest first, with Galoy's rules for asking for them (contract §5.10).
import type { GraphQLError } from 'graphql';
import type { InvoiceView } from '../../../invoices/view.ts';
import type { Page, PageAsk, TransactionView } from '../../../wallets/view.ts';
import { builder } from '../builder.ts';
import { cursorText } from '../map/texts.ts';
import { topLevel } from '../map/trouble.ts';
import { Invoice } from './Invoice.ts';
import { LnHoldInvoice } from './LnHoldInvoice.ts';
import { Transaction } from './Transaction.ts';

/** The most that one page holds, and what it holds when nobody says. */
export const maxPage = 100;

export const pageArgs = builder.args((t) => ({
  after: t.string({ description: 'Only what stands behind this cursor in the list (older).' }),
  before: t.string({ description: 'Only what stands before this cursor in the list (newer).' }),
  first: t.int({ description: 'At most so many, from the start of what is left.' }),
  last: t.int({ description: 'At most so many, from its end.' }),
}));

export interface PageArgs {
  readonly after?: string | null | undefined;
  readonly before?: string | null | undefined;
  readonly first?: number | null | undefined;
  readonly last?: number | null | undefined;
}

/** @throws GraphQLError INVALID_INPUT with Galoy's texts. */
export const pageAsk = (args: PageArgs): PageAsk => {
  const first = args.first ?? null;
  const last = args.last ?? null;
  if (first !== null && last !== null) throw invalid('Cannot use both "first" and "last".');
  const take = first ?? last ?? maxPage;
  if (take > maxPage) throw invalid(`Requested page size (${take}) is greater than max allowed page size ${maxPage}.`);
  if (take <= 0) throw invalid(`Requested page size (${take}) must be greater than 0.`);
  return { take, after: cursor('after', args.after), before: cursor('before', args.before), fromEnd: last !== null };
};

const invalid = (message: string): GraphQLError => topLevel({ code: 'INVALID_INPUT', message });

// What no cursor of ours looks like goes no further; whether it names a row, the read knows.
/** A cursor as it was given, or null. @throws GraphQLError when it cannot be one. */
export const cursor = (argument: string, given: string | null | undefined): string | null => {
  if (given === null || given === undefined) return null;
  if (!/^[\w+/=.:-]{1,200}$/.test(given)) throw topLevel(cursorText(argument));
  return given;
};

export const PageInfo = builder.objectRef<Page<unknown>>('PageInfo').implement({
  description: 'Where a page stands in its list.',
  fields: (t) => ({
    endCursor: t.string({ nullable: true, resolve: (page) => page.rows.at(-1)?.cursor ?? null }),
    hasNextPage: t.exposeBoolean('hasNext', { description: 'Something older follows.' }),
    hasPreviousPage: t.exposeBoolean('hasPrevious', { description: 'Something newer stands before it.' }),
    startCursor: t.string({ nullable: true, resolve: (page) => page.rows[0]?.cursor ?? null }),
  }),
});

type Edge<T> = Page<T>['rows'][number];

const TransactionEdge = builder.objectRef<Edge<TransactionView>>('TransactionEdge').implement({
  description: 'A transaction and its place in the list.',
  fields: (t) => ({ cursor: t.exposeString('cursor'), node: t.expose('node', { type: Transaction }) }),
});

export const TransactionConnection = builder.objectRef<Page<TransactionView>>('TransactionConnection').implement({
  description: 'A page of transactions, newest first.',
  fields: (t) => ({
    edges: t.expose('rows', { type: [TransactionEdge], nullable: true }),
    pageInfo: t.field({ type: PageInfo, resolve: (page) => page }),
  }),
});

const InvoiceEdge = builder.objectRef<Edge<InvoiceView>>('InvoiceEdge').implement({
  description: 'An invoice and its place in the list.',
  fields: (t) => ({ cursor: t.exposeString('cursor'), node: t.expose('node', { type: Invoice }) }),
});

export const InvoiceConnection = builder.objectRef<Page<InvoiceView>>('InvoiceConnection').implement({
  description: 'A page of invoices, newest first.',
  fields: (t) => ({
    edges: t.expose('rows', { type: [InvoiceEdge], nullable: true }),
    pageInfo: t.field({ type: PageInfo, resolve: (page) => page }),
  }),
});

const LnHoldInvoiceEdge = builder.objectRef<Edge<InvoiceView>>('LnHoldInvoiceEdge').implement({
  description: 'A hold invoice and its place in the list.',
  fields: (t) => ({ cursor: t.exposeString('cursor'), node: t.expose('node', { type: LnHoldInvoice }) }),
});

export const LnHoldInvoiceConnection = builder.objectRef<Page<InvoiceView>>('LnHoldInvoiceConnection').implement({
  description: 'A page of hold invoices, newest first.',
  fields: (t) => ({
    edges: t.expose('rows', { type: [LnHoldInvoiceEdge] }),
    pageInfo: t.field({ type: PageInfo, resolve: (page) => page }),
  }),
});
