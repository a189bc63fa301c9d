// API keys, for scope ADMIN: a key sees and changes those of its account, and one that is bound to a wallet those of that wallet alone.
import { isUuid } from '../platform/ids.ts';
import { refuse } from '../platform/refusal.ts';
import type { KeyView } from '../wallets/store-keys.ts';
import type { Principal } from '../wallets/view.ts';
import { namePattern, wrong } from './administer.ts';
import type { CommandDeps } from './deps.ts';
import { ownWallet, principal } from './scope.ts';
import type { Asking, CommandTypes, CreateKey } from './table.ts';

type KeyName = 'createKey' | 'revokeKey' | 'setKeyLimit';
type KeyHandlers = {
  readonly [N in KeyName]: (input: CommandTypes[N]['input'], asking: Asking) => Promise<CommandTypes[N]['output']>;
};

const dayMs = 86_400_000;
const maxDays = 3_650;
const maxWaitSeconds = 300;
// What Galoy's `Int` holds.
const mostSats = 2_147_483_647;

/** The keys that this principal may see, oldest first. */
export const keysOf = async (deps: CommandDeps, who: Principal): Promise<readonly KeyView[]> =>
  (await deps.wallets.keys()).filter((key) => key.accountId === who.accountId && (who.walletId === null || key.walletId === who.walletId));

export const keyHandlers = (deps: CommandDeps): KeyHandlers => ({
  createKey: async (input, asking) => {
    const who = principal(asking);
    checkKey(input);
    const days = input.expireInDays;
    // A key that is bound to a wallet cannot make one that sees more.
    const asked = input.walletId === null ? null : await ownWallet(deps, asking, input.walletId);
    const expiresAt = days === null ? null : new Date(deps.payments.clock.now().getTime() + days * dayMs);
    return deps.wallets.createKey({
      accountId: who.accountId,
      walletId: asked?.id ?? who.walletId,
      name: input.name,
      scopes: [...new Set(input.scopes)],
      waitSeconds: input.waitSeconds,
      expiresAt,
    });
  },
  revokeKey: async ({ id }, asking) => {
    const own = await ownKey(deps, asking, id);
    return own.revokedAt ? own : ((await deps.wallets.revokeKey(own.id)) ?? missing(id));
  },
  setKeyLimit: async ({ id, window, sats }, asking) => {
    if (sats !== null && (sats < 1 || sats > mostSats)) return wrong('limitSats', 'positive', String(sats));
    const own = await ownKey(deps, asking, id);
    return (await deps.wallets.setLimit(own.id, window, sats)) ?? missing(id);
  },
});

/** Throws Refused invalidInput. */
const checkKey = ({ scopes, name, expireInDays: days, waitSeconds: wait }: CreateKey): void => {
  if (scopes.length === 0) wrong('scopes', 'at least one', '[]');
  if (!namePattern.test(name)) wrong('name', '1 to 60 letters, digits, spaces, dots, dashes', name);
  if (days !== null && (days < 1 || days > maxDays)) wrong('expireInDays', `1 to ${maxDays}`, String(days));
  if (wait !== null && (wait < 0 || wait > maxWaitSeconds)) wrong('waitSeconds', `0 to ${maxWaitSeconds}`, String(wait));
};

const missing = (id: string): never => refuse({ is: 'notFound', what: 'key', given: id });

/** Throws Refused notFound for a key that the asker may not see. */
const ownKey = async (deps: CommandDeps, asking: Asking, id: string): Promise<KeyView> => {
  const own = isUuid(id) ? (await keysOf(deps, principal(asking))).find((key) => key.id === id.toLowerCase()) : undefined;
  return own ?? missing(id);
};
