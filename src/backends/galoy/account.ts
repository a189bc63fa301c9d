// Whose money it is: the account behind the API key, its wallet, its network, what it can spend, and what is wrong with it.
import { fromSat, zeroMsat } from '../../lightning/values.ts';
import { BackendFault, type Balance, type Fault, type Health, type Identity, type Network } from '../port.ts';
import type { Asking } from './asking.ts';
import { GatewayAccount, type GatewayAccountQuery, GatewayBalance } from './documents.generated.ts';
import type { GaloySettings } from './settings.ts';

export interface Known {
  readonly accountId: string;
  readonly walletId: string;
  readonly network: Network;
}

export interface Account {
  /** Asks anew. @throws BackendFault */
  ask(signal: AbortSignal): Promise<Known>;
  /** The wallet's id; asked once, then remembered: neither accounts nor wallets change their ids. @throws BackendFault */
  walletId(signal: AbortSignal): Promise<string>;
}

export const newAccount = (asking: Asking, settings: GaloySettings): Account => {
  let known: Known | null = null;
  const ask = async (signal: AbortSignal): Promise<Known> => {
    const pick = (data: GatewayAccountQuery) => knownOf(data, settings);
    known = await asking.read({ document: GatewayAccount, variables: {}, pick }, signal);
    return known;
  };
  return { ask, walletId: async (signal) => (known ?? (await ask(signal))).walletId };
};

const refused = (detail: string): never => {
  throw new BackendFault({ kind: 'refused', detail });
};

const networks: readonly string[] = ['mainnet', 'testnet', 'signet', 'regtest'] satisfies readonly Network[];

const knownOf = ({ globals, me }: GatewayAccountQuery, settings: GaloySettings): Known => {
  if (me === null) throw new BackendFault({ kind: 'auth', detail: 'the API key opens no account' });
  const network = globals?.network;
  if (network === undefined || !networks.includes(network)) return refused(`the server is on the network ${network}, which is not served`);
  if (settings.network !== null && settings.network !== network)
    return refused(`the server is on ${network}, "network" of this backend says ${settings.network}`);
  const { id, wallets } = me.defaultAccount;
  if (typeof id !== 'string' || id === '') throw new TypeError('an account without an id');
  const { walletId: wanted, currency } = settings;
  const wallet = wallets.find((one) => (wanted === null ? one.walletCurrency === currency : one.id.toLowerCase() === wanted));
  if (wallet === undefined)
    return refused(wanted === null ? `the account has no ${currency} wallet` : `the account has no wallet ${wanted}`);
  // Its amounts would be cents where we count satoshis, or satoshis where we count cents.
  if (wallet.walletCurrency !== currency)
    return refused(`the wallet ${wallet.id} holds ${wallet.walletCurrency}: a ${currency} wallet is needed`);
  return { accountId: id, walletId: wallet.id, network };
};

/** The account is what is pinned: its id never changes, its keys do. @throws BackendFault */
export const galoyIdentity = async (account: Account, settings: GaloySettings, signal: AbortSignal): Promise<Identity> => {
  const { accountId, network } = await account.ask(signal);
  return { network, key: accountId, label: new URL(settings.endpoint).host };
};

/** What the wallet can spend, in whole satoshis or cents. @throws BackendFault */
export const galoyBalance = async (
  { asking, account, settings }: { readonly asking: Asking; readonly account: Account; readonly settings: GaloySettings },
  signal: AbortSignal,
): Promise<Balance> => {
  const walletId = await account.walletId(signal);
  const { currency } = settings;
  const balance = await asking.read(
    {
      document: GatewayBalance,
      variables: { walletId },
      pick: ({ me }) => {
        const wallet = me?.defaultAccount.walletById;
        if (wallet?.walletCurrency !== currency || !Number.isSafeInteger(wallet.balance)) throw new TypeError(`no balance in ${currency}`);
        return wallet.balance;
      },
    },
    signal,
  );
  // Upstream lets a wallet go below zero by its fees.
  const own = Math.max(balance, 0);
  const unknown = { receivable: null, chainConfirmed: null, chainPending: null, of: walletId };
  return currency === 'USD' ? { ...unknown, spendable: zeroMsat, cents: BigInt(own) } : { ...unknown, spendable: fromSat(own) };
};

/** Never throws. */
export const galoyHealth = async (account: Account, settings: GaloySettings, signal: AbortSignal): Promise<Health> => {
  try {
    await account.ask(signal);
    return { ready: true, syncedToChain: null, detail: 'ok' };
  } catch (error) {
    const fault: Fault =
      error instanceof BackendFault ? error.fault : { kind: 'internal', detail: error instanceof Error ? error.message : String(error) };
    return { ready: false, syncedToChain: null, ...sentence(fault, settings) };
  }
};

const sentence = (
  { kind, detail }: Fault,
  { endpoint }: GaloySettings,
): { readonly trouble: NonNullable<Health['trouble']>; readonly detail: string } => {
  switch (kind) {
    case 'auth':
      return { trouble: 'other', detail: `${endpoint} does not accept the API key: make a new one with READ and WRITE (${detail}).` };
    case 'unreachable':
    case 'timeout':
      return { trouble: 'down', detail: `${endpoint} does not answer: look at the network, or correct "endpoint" (${detail}).` };
    case 'rateLimited':
      return { trouble: 'other', detail: `${endpoint} is asked too often: wait, or raise "pollSeconds" (${detail}).` };
    case 'protocol':
      return { trouble: 'other', detail: `${endpoint} does not answer like a Galoy server: correct "endpoint" (${detail}).` };
    default:
      return { trouble: /network/.test(detail) ? 'network' : 'other', detail: `${endpoint} cannot be used: ${detail}.` };
  }
};
