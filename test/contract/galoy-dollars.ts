// Galoy accounts with a wallet of dollars, as far as one is seen through the API: a balance and a ledger in cents, invoices whose satoshis follow
// from a price of its own, and sends that end as a test wants. Over upstream's own schema (galoy-server.ts); another gateway of ours cannot stand in,
// for none of them can originate dollars.
import { decodeBolt11 } from '../../src/lightning/bolt11.ts';
import { type Answer, type Asked, accountId, type GaloyServer, type Row, rowOf, startGaloyServer, testInvoice } from './galoy-server.ts';

/** What a cent is in these accounts. */
export const satsPerCent = 15;

/** How the next send ends: paid; taken and then paid or failed later; refused before anything; taken with no answer at all. */
export type Ending = 'paid' | 'pending' | 'refused' | 'silent';

export interface DollarUpstream {
  readonly server: GaloyServer;
  readonly endpoint: string;
  readonly walletId: string;
  /** Cents. */
  readonly balance: () => number;
  /** Somebody pays an invoice of this account over the network; the amount is for one without. @throws when it has no such invoice. */
  readonly receive: (bolt11: string, sats?: number) => void;
  /** How sends end, one after the other; `paid` when there is none left. */
  readonly endings: Ending[];
  /** Ends a payment that is pending. */
  readonly end: (hash: string, how: 'SUCCESS' | 'FAILURE') => void;
  /** What stands in its ledger, newest first. */
  readonly rows: () => readonly Row[];
  readonly close: () => Promise<void>;
}

interface Made {
  readonly bolt11: string;
  readonly preimage: string;
  readonly cents: number | null;
  paid: boolean;
}

/** Accounts of one Galoy, which pay each other's invoices inside. */
export interface DollarWorld {
  readonly upstreams: { readonly made: Map<string, Made>; readonly credit: (hash: string, cents: number) => string }[];
  /** Preimages of invoices outside, by hash. */
  readonly outside: Map<string, string>;
  /** An invoice of somebody outside that these accounts can pay. */
  readonly invoice: (sats: number | null) => { readonly hash: string; readonly bolt11: string };
}

export const newDollarWorld = (): DollarWorld => {
  const outside = new Map<string, string>();
  const invoice = (sats: number | null) => {
    const { hash, preimage, bolt11 } = testInvoice({ sats });
    outside.set(hash, preimage);
    return { hash, bolt11 };
  };
  return { upstreams: [], outside, invoice };
};

const hashIn = (bolt11: string): { readonly hash: string; readonly sats: number | null } => {
  const decoding = decodeBolt11(bolt11);
  if (decoding.is === 'undecodable') throw new Error('no invoice');
  const { hash, amount } = decoding.invoice;
  return { hash, sats: amount === null ? null : Number(amount / 1000n) };
};

const error = (message: string, code: string) => ({ __typename: 'GraphQLApplicationError', message, code, path: null });

export const startDollarUpstream = async (world: DollarWorld, number: number): Promise<DollarUpstream> => {
  const server = await startGaloyServer();
  const walletId = `00000000-0000-4000-8000-00000000000${number}`;
  const account = accountId.replace(/.$/, String(number));
  const made = new Map<string, Made>();
  const endings: Ending[] = [];
  const rows: Row[] = [];
  let cents = 100_000;
  let times = 0;

  const note = (row: Omit<Row, 'id' | 'currency' | 'at'>): Row => {
    times += 1;
    const kept = { ...row, id: `u${number}-${times}`, currency: 'USD', at: Math.floor(Date.now() / 1000) } as const;
    rows.unshift(kept);
    return kept;
  };
  const credit = (hash: string, amount: number): string => {
    const invoice = made.get(hash);
    if (!invoice || invoice.paid) throw new Error('no open invoice of this account');
    invoice.paid = true;
    cents += amount;
    note({ hash, status: 'SUCCESS', direction: 'RECEIVE', amount, fee: 0, preimage: invoice.preimage });
    return invoice.preimage;
  };
  world.upstreams.push({ made, credit });

  const wallet = (held: object): Answer => ({
    holds: {
      me: { defaultAccount: { id: account, walletById: { __typename: 'UsdWallet', id: walletId, walletCurrency: 'USD', ...held } } },
    },
  });
  const create =
    (inCents: boolean) =>
    ({ variables: { input = {} } }: Asked): Answer => {
      if ((input.walletId ?? input.recipientWalletId) !== walletId) throw new Error(`asked of another wallet: ${JSON.stringify(input)}`);
      const amount = typeof input.amount === 'number' ? input.amount : null;
      const sats = amount === null || !inCents ? amount : amount * satsPerCent;
      const minutes = typeof input.expiresIn === 'number' ? input.expiresIn : 5;
      const { hash, preimage, bolt11 } = testInvoice({
        ...{ sats, minutes: Math.min(minutes, 5) },
        ...(typeof input.descriptionHash === 'string' && { descriptionHash: input.descriptionHash }),
      });
      made.set(hash, { bolt11, preimage, cents: inCents ? amount : null, paid: false });
      return { holds: { errors: [], invoice: { paymentHash: hash, paymentRequest: bolt11 } } };
    };

  const settle = (hash: string, amount: number): string | null => {
    const to = world.upstreams.find((one) => one.made.has(hash));
    return to ? to.credit(hash, amount) : (world.outside.get(hash) ?? null);
  };
  const send = ({ variables: { input = {} } }: Asked): Answer => {
    const { hash, sats } = hashIn(String(input.paymentRequest));
    const amount = typeof input.amount === 'number' ? input.amount : Math.ceil((sats ?? 0) / satsPerCent);
    const inside = world.upstreams.some((one) => one.made.has(hash));
    const fee = inside ? 0 : Math.max(1, Math.ceil(amount / 200));
    const ending = endings.shift() ?? 'paid';
    const refusal = { errors: [error(`Payment amount '${amount + fee}' cents exceeds balance '${cents}'`, 'INSUFFICIENT_BALANCE')] };
    if (ending === 'refused' || amount + fee > cents) return { holds: { ...refusal, status: 'FAILURE', transaction: null } };
    cents -= amount + fee;
    const isPaid = ending === 'paid';
    const row = note({
      ...{ hash, status: isPaid ? 'SUCCESS' : 'PENDING', direction: 'SEND', amount: -(amount + fee), fee },
      preimage: isPaid ? settle(hash, amount) : null,
    });
    if (ending === 'silent') return { cut: 'now' };
    return { holds: { errors: [], status: isPaid ? 'SUCCESS' : 'PENDING', transaction: rowOf(row) } };
  };
  const probe = ({ variables: { input = {} } }: Asked): Answer => {
    const { sats } = hashIn(String(input.paymentRequest));
    const amount = typeof input.amount === 'number' ? input.amount : Math.ceil((sats ?? 0) / satsPerCent);
    return { holds: { errors: [], amount: Math.max(1, Math.ceil(amount / 200)) } };
  };

  Object.assign(server.script, {
    globals: () => ({
      holds: {
        globals: { network: 'regtest' },
        me: {
          defaultAccount: {
            id: account,
            wallets: [
              { __typename: 'BTCWallet', id: walletId.replace(/^0/, 'b'), walletCurrency: 'BTC' },
              { __typename: 'UsdWallet', id: walletId, walletCurrency: 'USD' },
            ],
          },
        },
      },
    }),
    balance: () => wallet({ balance: cents }),
    transactionsByPaymentHash: ({ variables }: Asked) =>
      wallet({ transactionsByPaymentHash: rows.filter(({ hash }) => hash === variables.paymentHash).map(rowOf) }),
    transactions: () =>
      wallet({
        transactions: {
          pageInfo: { hasNextPage: false, hasPreviousPage: false, endCursor: null },
          edges: rows.map((row) => ({ cursor: row.id, node: rowOf(row) })),
        },
      }),
    invoiceByPaymentHash: ({ variables }: Asked) => {
      const invoice = made.get(String(variables.paymentHash));
      if (!invoice) return { body: { data: null, errors: [{ message: 'InvoiceNotFound', code: 'NOT_FOUND' }] } };
      const held = { paymentHash: variables.paymentHash, paymentRequest: invoice.bolt11, paymentStatus: invoice.paid ? 'PAID' : 'PENDING' };
      return wallet({ invoiceByPaymentHash: held });
    },
    lnUsdInvoiceCreate: create(true),
    lnUsdInvoiceCreateOnBehalfOfRecipient: create(true),
    lnUsdInvoiceBtcDenominatedCreateOnBehalfOfRecipient: create(false),
    lnNoAmountInvoiceCreate: create(false),
    lnInvoicePaymentSend: send,
    lnNoAmountUsdInvoicePaymentSend: send,
    lnUsdInvoiceFeeProbe: probe,
    lnNoAmountUsdInvoiceFeeProbe: probe,
  });

  return {
    server,
    endpoint: server.endpoint,
    walletId,
    balance: () => cents,
    receive: (bolt11, sats) => {
      const { hash, sats: asked } = hashIn(bolt11);
      credit(hash, made.get(hash)?.cents ?? Math.floor((asked ?? sats ?? 0) / satsPerCent));
    },
    endings,
    end: (hash, status) => {
      const at = rows.findIndex((row) => row.hash === hash && row.status === 'PENDING');
      const row = rows[at];
      if (!row) throw new Error('nothing pending');
      const amount = -(row.amount ?? 0) - (row.fee ?? 0);
      // What fails comes back to the account's wallet of bitcoin upstream (contract §5.13): not to this one.
      rows[at] = { ...row, status, preimage: status === 'SUCCESS' ? settle(hash, amount) : null };
    },
    rows: () => rows,
    close: () => server.close(),
  };
};
