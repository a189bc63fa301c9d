// `keys list`: every API key by its first letters; the keys themselves are nowhere.
import { keyRows, walletRows } from './answers.ts';
import { withAdmin } from './load.ts';
import { day, json, table } from './print.ts';
import { configOptions, jsonOption, type Verb } from './verb.ts';

export const keysList: Verb = {
  name: 'keys list',
  summary: 'List the API keys',
  operands: [],
  options: { ...configOptions, ...jsonOption },
  examples: [['keys list', 'every key, revoked ones too']],
  run: (call) =>
    withAdmin(call, async (admin) => {
      const keys = keyRows.parse(await admin('keys.list', {}));
      if (call.on.has('json')) {
        call.io.out(json(keys));
        return 0;
      }
      const wallets = new Map(
        walletRows.parse(await admin('wallets', {})).map((wallet) => [wallet.id, `${wallet.accountName}/${wallet.name}`]),
      );
      const now = call.io.now();
      const rows = keys.map((key) => {
        const state = key.revokedAt ? `revoked ${day(key.revokedAt)}` : key.expiresAt && key.expiresAt <= now ? 'expired' : 'valid';
        const sees = key.walletId === null ? 'all of its account' : (wallets.get(key.walletId) ?? key.walletId);
        return [
          `${key.prefix}…`,
          key.name,
          sees,
          key.scopes.join(','),
          day(key.createdAt),
          day(key.expiresAt),
          day(key.lastUsedAt ?? null),
          state,
          key.id,
        ];
      });
      call.io.out(
        table(
          ['KEY', 'NAME', 'WALLET', 'SCOPES', 'CREATED (UTC)', 'ENDS', 'LAST USED', 'STATE', 'ID'],
          rows,
          'There are no API keys: switchyard keys create --help',
        ),
      );
      return 0;
    }),
};
