// An account: its wallets, and the movements and invoices of all of them or of some.
import type { AccountView, Page, Principal, TransactionView } from '../../../wallets/view.ts';
import { builder } from '../builder.ts';
import type { GraphqlContext } from '../context.ts';
import { reader, reading } from '../map/ask.ts';
import { csvHead, csvLines } from '../map/csv.ts';
import { foreignWalletText } from '../map/texts.ts';
import { topLevel } from '../map/trouble.ts';
import { type BadInput, good } from '../scalars/input.ts';
import { AccountLimits } from './AccountLimits.ts';
import { InvoiceConnection, LnHoldInvoiceConnection, pageArgs, pageAsk, TransactionConnection } from './connections.ts';
import { AccountLevel } from './enums.ts';
import { PublicWallet } from './PublicWallet.ts';
import { RealtimePrice } from './RealtimePrice.ts';
import { Transaction } from './Transaction.ts';
import { Wallet } from './Wallet.ts';

const CallbackEndpoint = builder.objectRef<{ readonly id: string; readonly url: string }>('CallbackEndpoint').implement({
  description: 'An address that is called on events.',
  fields: (t) => ({ id: t.expose('id', { type: 'EndpointId' }), url: t.expose('url', { type: 'EndpointUrl' }) }),
});

type WalletIds = readonly (string | BadInput | null | undefined)[] | null | undefined;

/** The wallets that are meant: all of the asker's without `given`. @throws GraphQLError when one of them is not. */
const ownWalletIds = async (given: WalletIds, context: GraphqlContext): Promise<readonly string[]> => {
  const own = (await context.reads.wallets(reader(context))).map(({ id }) => id);
  if (given === null || given === undefined) return own;
  return given.map((id) => own.find((known) => known === good(id)) ?? foreign());
};

const foreign = (): never => {
  throw topLevel(foreignWalletText);
};

// A key that is bound to one wallet sees no other, whatever its account's default is.
const defaultWalletId = (account: AccountView, who: Principal): string => who.walletId ?? account.defaultWalletId;

const mostInCsv = 50_000;
const csvPage = 1000;

const csvOf = async (walletIds: readonly string[], { reads }: GraphqlContext): Promise<string> => {
  const parts = [csvHead];
  let after: string | null = null;
  for (let rows = 0; ; rows += csvPage) {
    // Half a list would look like a whole one.
    if (rows >= mostInCsv)
      throw topLevel({ code: 'INVALID_INPUT', message: `More than ${mostInCsv} transactions: read them by pages of "transactions".` });
    const page: Page<TransactionView> = await reads.transactions(walletIds, { take: csvPage, after, before: null, fromEnd: false });
    parts.push(csvLines(page.rows.map(({ node }) => node)));
    after = page.rows.at(-1)?.cursor ?? null;
    if (!page.hasNext || after === null) return Buffer.from(parts.join('')).toString('base64');
  }
};

const walletIdsArg = 'All of the account when left out.';

export const Account = builder.interfaceRef<AccountView>('Account').implement({
  description: 'Who owns wallets and API keys.',
  resolveType: () => 'ConsumerAccount',
  fields: (t) => ({
    callbackEndpoints: t.field({
      type: [CallbackEndpoint],
      description: 'Where the account is called on events, oldest first. None for a key that sees one wallet.',
      resolve: reading('callbackEndpoints', async (_account, _args, context) => context.reads.callbackEndpoints(reader(context))),
    }),
    csvTransactions: t.string({
      description: `The transactions of these wallets as CSV in base 64, newest first; refused when there are more than ${mostInCsv}.`,
      args: { walletIds: t.arg({ type: ['WalletId'], required: true }) },
      resolve: reading('csvTransactions', async (_account, args, context) => csvOf(await ownWalletIds(args.walletIds, context), context)),
    }),
    defaultWallet: t.field({
      type: PublicWallet,
      resolve: reading('defaultWallet', async (account, _args, context) => {
        const who = reader(context);
        return context.reads.wallet(who, defaultWalletId(account, who));
      }),
    }),
    defaultWalletId: t.field({
      type: 'WalletId',
      deprecationReason: "Shifting property to 'defaultWallet.id'",
      resolve: reading('defaultWalletId', async (account, _args, context) => defaultWalletId(account, reader(context))),
    }),
    displayCurrency: t.field({
      type: 'DisplayCurrency',
      description: 'In which its amounts are shown beside satoshis; the currency of the gateway while its own has no price.',
      resolve: ({ displayCurrency }, _args, context) => context.reads.shown(displayCurrency),
    }),
    holdInvoices: t.field({
      type: LnHoldInvoiceConnection,
      description: 'Invoices whose payment is held until somebody decides. Newest first.',
      args: { ...pageArgs, walletIds: t.arg({ type: ['WalletId'], required: { list: false, items: false }, description: walletIdsArg }) },
      resolve: reading('holdInvoices', async (_account, args, context) =>
        context.reads.holdInvoices(await ownWalletIds(args.walletIds, context), pageAsk(args)),
      ),
    }),
    id: t.exposeID('id'),
    invoices: t.field({
      type: InvoiceConnection,
      nullable: true,
      description: 'Newest first.',
      args: { ...pageArgs, walletIds: t.arg({ type: ['WalletId'], required: { list: false, items: false }, description: walletIdsArg }) },
      resolve: reading('invoices', async (_account, args, context) =>
        context.reads.invoices(await ownWalletIds(args.walletIds, context), pageAsk(args)),
      ),
    }),
    level: t.field({ type: AccountLevel, resolve: () => 'ONE' as const }),
    limits: t.field({ type: AccountLimits, resolve: (account) => account }),
    pendingIncomingTransactions: t.field({
      type: [Transaction],
      description: 'Deposits on the chain that are not credited yet. Newest first.',
      args: { walletIds: t.arg({ type: ['WalletId'], required: { list: false, items: false }, description: walletIdsArg }) },
      resolve: reading('pendingIncomingTransactions', async (_account, args, context) => {
        return context.reads.pendingIncoming(await ownWalletIds(args.walletIds, context), null);
      }),
    }),
    realtimePrice: t.field({
      type: RealtimePrice,
      description: 'What a satoshi is worth in the display currency.',
      resolve: reading('realtimePrice', async ({ displayCurrency }, _args, context) =>
        context.reads.price(context.reads.shown(displayCurrency)),
      ),
    }),
    transactions: t.field({
      type: TransactionConnection,
      nullable: true,
      description: 'Newest first.',
      args: { ...pageArgs, walletIds: t.arg({ type: ['WalletId'], required: { list: false, items: false }, description: walletIdsArg }) },
      resolve: reading('transactions', async (_account, args, context) =>
        context.reads.transactions(await ownWalletIds(args.walletIds, context), pageAsk(args)),
      ),
    }),
    walletById: t.field({
      type: Wallet,
      args: { walletId: t.arg({ type: 'WalletId', required: true }) },
      resolve: reading('walletById', async (_account, args, context) => context.reads.wallet(reader(context), good(args.walletId))),
    }),
    wallets: t.field({
      type: [Wallet],
      resolve: reading('wallets', async (_account, _args, context) => context.reads.wallets(reader(context))),
    }),
  }),
});

export const ConsumerAccount = builder.objectRef<AccountView>('ConsumerAccount').implement({
  description: 'The one kind of account there is.',
  interfaces: [Account],
  fields: (t) => ({
    // Upstream deprecates this on the interface alone.
    defaultWalletId: t.field({
      type: 'WalletId',
      resolve: reading('defaultWalletId', async (account, _args, context) => defaultWalletId(account, reader(context))),
    }),
  }),
});
