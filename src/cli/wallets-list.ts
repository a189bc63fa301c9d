// `wallets list`: the wallets with their ids, which clients are configured with.
import { walletRows } from './answers.ts';
import { withAdmin } from './load.ts';
import { json, table } from './print.ts';
import { configOptions, jsonOption, type Verb } from './verb.ts';

export const walletsList: Verb = {
  name: 'wallets list',
  summary: 'List the wallets with their ids and routes',
  operands: [],
  options: { ...configOptions, ...jsonOption },
  examples: [['wallets list', 'names, ids and backends']],
  run: (call) =>
    withAdmin(call, async (admin) => {
      const wallets = walletRows.parse(await admin('wallets', {}));
      const rows = wallets.map((wallet) => [
        `${wallet.accountName}/${wallet.name}`,
        wallet.id,
        wallet.currency,
        wallet.balanceKind,
        wallet.receiveRoute.join(', ') || '-',
        wallet.payRoute.join(', ') || '-',
      ]);
      const heads = ['WALLET', 'ID', 'CURRENCY', 'BALANCE', 'RECEIVES BY', 'PAYS BY'];
      call.io.out(
        call.on.has('json') ? json(wallets) : table(heads, rows, 'There are no wallets: name some under "accounts" in switchyard.yaml'),
      );
      return 0;
    }),
};
