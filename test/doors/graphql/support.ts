// A context for the schema with fakes typed by the contracts: what is not given throws, so that a test notices what it did not expect.
import DataLoader from 'dataloader';
import { type ExecutionResult, graphql } from 'graphql';
import type { Reads } from '../../../src/commands/reads.ts';
import type { Ask, CommandName, CommandTypes } from '../../../src/commands/table.ts';
import type { GraphqlContext } from '../../../src/doors/graphql/context.ts';
import { schema } from '../../../src/doors/graphql/schema.ts';
import type { InvoiceView } from '../../../src/invoices/view.ts';
import type { PaymentView } from '../../../src/payments/view.ts';
import type { AccountView, Principal, Scope, TransactionView, WalletView } from '../../../src/wallets/view.ts';

export const now = new Date('2026-08-20T12:00:00.900Z');
export const later = new Date(now.getTime() + 3_600_000);
export const accountId = '0b8d8f0e-6f1f-4c7e-9d3a-0a4a6e1b2c3d';
export const walletId = '3f2c1b0a-9e8d-4c7b-a6f5-4e3d2c1b0a99';
export const otherWalletId = '7a6b5c4d-3e2f-4a1b-8c9d-0e1f2a3b4c5d';
export const hash = 'aa'.repeat(32);
export const preimage = 'bb'.repeat(32);
export const bolt11 = `lnbcrt10u1${'q'.repeat(80)}`;

export const principal = (scopes: readonly Scope[] = ['READ', 'RECEIVE', 'WRITE'], bound: string | null = null): Principal => ({
  accountId,
  keyId: 'key',
  walletId: bound,
  scopes: new Set(scopes),
  waitSeconds: null,
});

export const account: AccountView = {
  id: accountId,
  name: 'atm',
  username: 'atm_one',
  displayCurrency: 'USD',
  defaultWalletId: walletId,
  createdAt: now,
};

export const wallet = (id = walletId): WalletView => ({
  id,
  accountId,
  name: 'main',
  currency: 'BTC',
  balanceKind: 'ledger',
  availableMsat: 0n,
  receiveRoute: ['a'],
  payRoute: ['a'],
  acceptFixedAmount: true,
  keylessCreate: false,
  defaultExpirySeconds: null,
  defaultFeeLimitPpm: null,
  settleAfterSeconds: null,
});

export const invoice = (changes: Partial<InvoiceView> = {}): InvoiceView => ({
  id: '018f0000-0000-7000-8000-000000000001',
  accountId,
  walletId,
  kind: 'plain',
  state: 'open',
  paymentHash: hash,
  bolt11,
  paymentSecret: 'cc'.repeat(32),
  amountMsat: 1_500_000n,
  receivedMsat: null,
  memo: null,
  externalId: hash,
  preimage: null,
  createdAt: now,
  expiresAt: later,
  settledAt: null,
  paidWhenHeld: false,
  hold: null,
  ...changes,
});

export const payment = (changes: Partial<PaymentView> = {}): PaymentView => ({
  id: '018f0000-0000-7000-8000-000000000002',
  accountId,
  walletId,
  paymentHash: hash,
  bolt11,
  destination: '02'.padEnd(66, 'd'),
  amountMsat: 100_500n,
  amountCents: null,
  maxFeeMsat: 10_000n,
  feeMsat: null,
  memo: null,
  state: 'pending',
  preimage: null,
  failure: null,
  createdAt: now,
  endedAt: null,
  attempts: [],
  ...changes,
});

export const transaction = (changes: Partial<TransactionView> = {}): TransactionView => ({
  id: '018f0000-0000-7000-8000-000000000003',
  accountId,
  walletId,
  direction: 'send',
  status: 'success',
  kind: 'lightning',
  amountMsat: 100_000n,
  feeMsat: 1_500n,
  amountCents: null,
  feeCents: null,
  paymentHash: hash,
  bolt11,
  preimage,
  address: null,
  txid: null,
  vout: null,
  memo: 'coffee',
  externalId: null,
  subjectId: 'subject',
  counterpartyWalletId: null,
  counterpartyUsername: null,
  priceBase: 36_941_263_391n,
  priceCurrency: 'USD',
  createdAt: now,
  endedAt: now,
  ...changes,
});

export interface Asked {
  readonly name: CommandName;
  readonly input: unknown;
}

export type Answers = { readonly [N in CommandName]?: (input: CommandTypes[N]['input']) => CommandTypes[N]['output'] };

export interface World {
  readonly who?: Principal | null;
  readonly answers?: Answers;
  readonly reads?: Partial<Reads>;
  readonly balances?: Readonly<Record<string, bigint | Error>>;
}

export interface Fake extends GraphqlContext {
  readonly asked: Asked[];
  readonly reported: unknown[];
}

const unwanted = (name: string) => (): never => {
  throw new Error(`nobody expected ${name}`);
};

export const fake = (world: World = {}): Fake => {
  const asked: Asked[] = [];
  const reported: unknown[] = [];
  const who = world.who === undefined ? principal() : world.who;
  const ask: Ask = async (name, input) => {
    asked.push({ name, input });
    const answer = world.answers?.[name];
    return answer ? answer(input) : unwanted(name)();
  };
  const names = [
    'authenticate',
    'account',
    'wallets',
    'wallet',
    'publicWallet',
    'balances',
    'transactions',
    'transactionsByHash',
    'transactionsByAddress',
    'pendingIncoming',
    'pendingIncomingBalances',
    'onChainFee',
    'payoutSpeeds',
    'transactionById',
    'invoices',
    'holdInvoices',
    'watchHoldInvoice',
    'blockHeight',
    'cashOut',
    'invoiceByHash',
    'statusByRequest',
    'statusByHash',
    'payment',
    'watchStatus',
    'watchPayment',
    'globals',
    'spentByKeys',
    'isNameTaken',
  ] as const satisfies readonly (keyof Reads)[];
  const none = Object.fromEntries(names.map((name) => [name, unwanted(name)])) as unknown as Reads;
  const balance = new DataLoader<string, bigint>(async (ids) => ids.map((id) => world.balances?.[id] ?? new Error(`no balance of ${id}`)));
  const asking = { who, door: 'graphql', key: 'idem', from: null, signal: new AbortController().signal } as const;
  return {
    ask,
    reads: { ...none, ...world.reads },
    who,
    keyHolds: null,
    asking,
    loaders: {
      balance,
      spent: new DataLoader((ids) => none.spentByKeys(ids)),
      pendingIncoming: new DataLoader((ids) => ({ ...none, ...world.reads }).pendingIncomingBalances(ids)),
    },
    now: () => now,
    report: (error) => reported.push(error),
    asked,
    reported,
  };
};

/** Runs one operation; the answer as JSON would carry it. */
export const run = async (context: Fake, source: string, variables: Readonly<Record<string, unknown>> = {}): Promise<ExecutionResult> => {
  const result = await graphql({ schema, source, variableValues: variables, contextValue: context });
  return JSON.parse(JSON.stringify(result)) as ExecutionResult;
};

/** What one root field answered. */
export const fieldOf = (result: ExecutionResult, name: string): Readonly<Record<string, unknown>> => {
  const value = result.data?.[name];
  if (typeof value !== 'object' || value === null) throw new Error(`no ${name} in ${JSON.stringify(result)}`);
  return value as Readonly<Record<string, unknown>>;
};

/** Message and code of each top-level error. */
export const errorsOf = (result: ExecutionResult): readonly (readonly [string, unknown])[] =>
  (result.errors ?? []).map(({ message, extensions }) => [message, extensions?.code] as const);

/** A read's stream out of a list. */
export async function* streamOf<T>(...events: readonly T[]): AsyncGenerator<T> {
  yield* events;
}
