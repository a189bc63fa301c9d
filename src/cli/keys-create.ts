// `keys create`: makes an API key for one wallet or a whole account and prints it once. It is stored as a digest, so nobody can print it again.
import { durationSeconds } from '../config/duration.ts';
import { createdKey, walletRows } from './answers.ts';
import { findWallet } from './find-wallet.ts';
import { withAdmin } from './load.ts';
import { day, json } from './print.ts';
import { type Call, configOptions, jsonOption, UsageError, type Verb } from './verb.ts';

const scopeNames = ['READ', 'RECEIVE', 'WRITE', 'ADMIN'];

const scopesOf = (text: string): readonly string[] => {
  const scopes = text.split(',').map((scope) => scope.trim().toUpperCase());
  const wrong = scopes.find((scope) => !scopeNames.includes(scope));
  if (wrong !== undefined)
    throw new UsageError(`--scopes holds "${wrong}"; expected some of ${scopeNames.join(', ')}, with commas between them`);
  return [...new Set(scopes)];
};

const expiryOf = (text: string | undefined, now: Date): Date | null => {
  if (text === undefined) return null;
  const seconds = durationSeconds(text);
  if (seconds === null || seconds < 60)
    throw new UsageError(`--expires holds "${text}"; expected a time from now, at least a minute, such as 12h or 90d`);
  return new Date(now.getTime() + seconds * 1000);
};

const waitOf = (text: string | undefined): number | null => {
  if (text === undefined) return null;
  if (!/^\d{1,3}$/.test(text) || Number(text) > 300)
    throw new UsageError(`--wait-seconds holds "${text}"; expected a whole number from 0 to 300`);
  return Number(text);
};

const run = async (call: Call): Promise<number> => {
  const { text, io, on } = call;
  if ((text.wallet === undefined) === (text.account === undefined)) throw new UsageError('name either --wallet or --account');
  const terms = {
    scopes: scopesOf(text.scopes ?? 'READ,WRITE'),
    expiresAt: expiryOf(text.expires, io.now()),
    waitSeconds: waitOf(text['wait-seconds']),
  };
  return withAdmin(call, async (admin) => {
    const wallets = walletRows.parse(await admin('wallets', {}));
    const wallet = text.wallet === undefined ? null : findWallet(text.wallet, wallets);
    const accountId = wallet?.accountId ?? wallets.find((row) => [row.accountName, row.accountId].includes(text.account ?? ''))?.accountId;
    if (accountId === undefined)
      throw new UsageError(
        `there is no account "${text.account}"; there are: ${[...new Set(wallets.map((row) => row.accountName))].join(', ')}`,
      );
    const asked = {
      ...terms,
      expiresAt: terms.expiresAt?.toISOString() ?? null,
      accountId,
      walletId: wallet?.id ?? null,
      name: text.name ?? 'cli',
    };
    const { key, view } = createdKey.parse(await admin('keys.create', asked));
    if (on.has('json')) {
      io.out(json({ key, id: view.id, accountId, walletId: view.walletId, scopes: view.scopes, expiresAt: view.expiresAt }));
      return 0;
    }
    // The key alone on standard output, so that a script may catch it.
    io.err(`API key ${view.id} for ${wallet ? `wallet ${wallet.accountName}/${wallet.name} (${wallet.id})` : `account ${text.account}`}\n`);
    io.err(
      `scopes ${view.scopes.join(', ')}; ${view.expiresAt ? `ends ${day(view.expiresAt)} UTC` : 'without end'}. It is shown this once:\n`,
    );
    io.out(`${key}\n`);
    return 0;
  });
};

export const keysCreate: Verb = {
  name: 'keys create',
  summary: 'Make an API key and print it once',
  operands: [],
  options: {
    wallet: { value: 'name or id', short: 'w', does: 'the one wallet that the key sees; account/wallet when a name is not enough' },
    account: { value: 'name or id', does: 'instead of --wallet: all wallets of an account' },
    scopes: { value: 'list', short: 's', does: 'READ, RECEIVE, WRITE, ADMIN, with commas between them; default: READ,WRITE' },
    name: { value: 'text', short: 'n', does: 'who uses it, for the list of keys; default: cli' },
    expires: { value: 'time', does: 'when it ends, from now: 12h, 90d; default: never' },
    'wait-seconds': {
      value: 'n',
      does: 'how long a send waits for its end before it answers PENDING, 0 to 300; default: payments.waitSeconds',
    },
    ...configOptions,
    ...jsonOption,
  },
  examples: [
    ['keys create --wallet atm-1 --scopes READ,WRITE --name "ATM at the station"', 'a key for one machine'],
    ['keys create --wallet shop --scopes RECEIVE --expires 90d', 'a key that can be paid and cannot pay'],
  ],
  run,
};
