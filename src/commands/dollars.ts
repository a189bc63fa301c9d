// What Galoy offers for wallets that hold dollars. No wallet does here: whoever asks for a wallet of theirs is told what upstream tells of a
// wallet in another currency, after what is wrong with the question itself.
import { decodeFor } from '../payments/prepare.ts';
import { refuse } from '../platform/refusal.ts';
import type { CommandDeps } from './deps.ts';
import { ownWallet } from './scope.ts';
import type { Asking, CommandTypes, UsdAsk } from './table.ts';

type Names = 'createUsdInvoice' | 'createUsdInvoiceOnBehalf' | 'sendUsd' | 'probeUsd';
type Handlers = { readonly [N in Names]: (input: CommandTypes[N]['input'], asking: Asking) => Promise<CommandTypes[N]['output']> };

const refused = (deps: CommandDeps, { amount, inSats, bolt11, expirySeconds }: UsdAsk): never => {
  if (bolt11 !== undefined) decodeFor(bolt11, deps.payments.network);
  if (typeof expirySeconds === 'number' && (expirySeconds < 60 || expirySeconds > 86_400))
    refuse({ is: 'invalidInput', field: 'expirySeconds', rule: '60 to 86400', given: String(expirySeconds) });
  if (amount === 0) refuse({ is: inSats === true ? 'amountIsZero' : 'usdAmountIsZero' });
  return refuse({ is: 'wrongCurrency' });
};

export const dollarHandlers = (deps: CommandDeps): Handlers => {
  const ofOwn = async (input: UsdAsk, asking: Asking): Promise<never> => {
    await ownWallet(deps, asking, input.walletId);
    return refused(deps, input);
  };
  return {
    createUsdInvoice: ofOwn,
    sendUsd: ofOwn,
    probeUsd: ofOwn,
    createUsdInvoiceOnBehalf: async (input, asking) => {
      const wallet = await deps.wallets.wallet(input.walletId.toLowerCase());
      const own = wallet && asking.who?.accountId === wallet.accountId && (asking.who.walletId ?? wallet.id) === wallet.id;
      // What a stranger may not be paid on does not exist for them, as in bitcoin.
      if (!wallet || (!own && !wallet.keylessCreate)) return refuse({ is: 'notFound', what: 'wallet', given: input.walletId });
      return refused(deps, input);
    },
  };
};
