// What scope ADMIN may do: wallets and their routes, asking about a payment, halting what goes out. Rows are the account's own.
import { askAbout } from '../payments/ask.ts';
import { attemptsForHash } from '../payments/store.ts';
import { refuse } from '../platform/refusal.ts';
import type { WalletView } from '../wallets/view.ts';
import type { CommandDeps } from './deps.ts';
import { paymentFor } from './paymentwatch.ts';
import { ownWallet, principal } from './scope.ts';
import type { Asking, CommandTypes, WalletRoutes } from './table.ts';

type AdminName = 'createWallet' | 'setWalletRoutes' | 'askPayment' | 'haltOutgoing' | 'resumeOutgoing';
export type AdminHandlers = {
  readonly [N in AdminName]: (input: CommandTypes[N]['input'], asking: Asking) => Promise<CommandTypes[N]['output']>;
};

/** Of wallets and keys. */
export const namePattern = /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,59}$/u;

/** The handlers of scope ADMIN over these parts. */
export const adminHandlers = (deps: CommandDeps): AdminHandlers => ({
  createWallet: async (input, asking) => {
    const who = principal(asking);
    if (!namePattern.test(input.name)) return wrong('name', '1 to 60 letters, digits, spaces, dots, dashes', input.name);
    checkRoutes(deps, input);
    const currency = currencyOfRoutes(deps, input);
    if (currency === 'USD' && input.balanceKind === 'ledger') return wrong('balanceKind', 'node, for backends that hold dollars', 'ledger');
    if ((await deps.wallets.walletsOf(who.accountId)).some((one) => one.name === input.name))
      return wrong('name', 'not taken in this account', input.name);
    const id = await deps.wallets.ensureWallet(who.accountId, { ...walletDefaults, ...input, currency });
    return (await deps.wallets.wallet(id)) ?? refuse({ is: 'internal' });
  },
  setWalletRoutes: async (input, asking) => {
    checkRoutes(deps, input);
    const wallet = await ownWallet(deps, asking, input.walletId);
    if (currencyOfRoutes(deps, input, wallet.currency) !== wallet.currency)
      return wrong('payRoute', `backends that hold ${wallet.currency}, as the wallet does`, input.payRoute.join(', '));
    return deps.wallets.setRoutes(wallet.id, input);
  },
  askPayment: async (input, asking) => {
    const who = principal(asking);
    const hash = input.paymentHash.toLowerCase();
    if (!(await paymentFor(deps, who, hash))) return refuse({ is: 'notFound', what: 'payment', given: hash });
    for (const row of await attemptsForHash(deps.payments.db, hash)) await askAbout(deps.payments, row);
    return (await paymentFor(deps, who, hash)) ?? refuse({ is: 'internal' });
  },
  haltOutgoing: async ({ reason }) => {
    if (reason.trim() === '') return wrong('reason', 'why it is halted', reason);
    await deps.outgoing.halt(reason.slice(0, 500));
    return { halted: await deps.outgoing.reason() };
  },
  resumeOutgoing: async () => {
    await deps.outgoing.resume();
    return { halted: await deps.outgoing.reason() };
  },
});

const walletDefaults = { acceptFixedAmount: true, keylessCreate: false, defaultExpirySeconds: null, defaultFeeLimitPpm: null } as const;

export const wrong = (field: string, rule: string, given: string): never =>
  refuse({ is: 'invalidInput', field, rule, given: given.slice(0, 100) });

/** Every backend of a route is configured and can do what the route is for. */
const checkRoutes = (deps: CommandDeps, { receiveRoute, payRoute }: WalletRoutes): void => {
  const { registry } = deps.invoices;
  const known = registry.configured.map((one) => one.backend.id).join(', ');
  for (const id of receiveRoute)
    if (!registry.get(id)?.backend.receive) wrong('receiveRoute', `backends that can receive, of ${known}`, id);
  for (const id of payRoute)
    if (id === 'inside' || !registry.get(id)?.backend.pay) wrong('payRoute', `backends that can pay, of ${known}`, id);
};

/** What all backends of both routes hold; a wallet of dollars is one upstream wallet, and no other. */
const currencyOfRoutes = (
  deps: CommandDeps,
  { receiveRoute, payRoute }: WalletRoutes,
  without: WalletView['currency'] = 'BTC',
): WalletView['currency'] => {
  const ids = [...new Set([...receiveRoute, ...payRoute])];
  const held = new Set(ids.map((id) => deps.invoices.registry.get(id)?.backend.currency ?? 'BTC'));
  if (held.has('USD') && ids.length > 1) return wrong('payRoute', 'one backend alone, where it holds dollars', ids.join(', '));
  return ids.length === 0 ? without : held.has('USD') ? 'USD' : 'BTC';
};
