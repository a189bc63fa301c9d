// Makes the complete configuration out of the file's values, and keeps the rules that span several keys.

import { accessSync, constants } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { ZodError, z } from 'zod';
import { backendId } from '../lightning/values.ts';
import { currencyIn, walletCurrency } from './currency.ts';
import { problemsOf } from './issues.ts';
import { absolute } from './paths.ts';
import { type Path, type Problem, problem, show, unknownName } from './problem.ts';
import type { Env, Read } from './read.ts';
import type { RawConfig } from './schema.ts';
import type { RawAccount, RawWallet } from './schema-accounts.ts';
import type {
  AccountConfig,
  BackendConfig,
  Config,
  ConfigKind,
  DatabaseConfig,
  ListenConfig,
  PriceConfig,
  PriceSourceConfig,
  WalletConfig,
} from './types.ts';

/** What every rule is given. */
export interface Shaping {
  readonly raw: RawConfig;
  readonly read: Read;
  readonly file: string | null;
  /** Relative paths start here. */
  readonly folder: string;
  readonly env: Env;
  readonly kinds: Readonly<Record<string, ConfigKind>>;
  readonly problems: Problem[];
}

/** Notes a problem of a key; `holds` is what the file says unless told otherwise. */
const complain = (shaping: Shaping, path: Path, told: { readonly holds: string; readonly expected: string }): void => {
  shaping.problems.push(problem(path, { line: shaping.read.line(path), ...told }));
};

const pathOf = ({ folder, env }: Shaping, path: string): string => absolute(folder, path, env);

/** True for addresses that only this machine can reach. */
export const isLoopback = (host: string): boolean => {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase();
  if (name === 'localhost' || name === '::1' || name === '0:0:0:0:0:0:0:1') return true;
  if (isIP(name) === 4) return name.startsWith('127.');
  return /^::ffff:127\.\d+\.\d+\.\d+$/.test(name);
};

const readable = (shaping: Shaping, path: Path, file: string): string => {
  const whole = pathOf(shaping, file);
  try {
    accessSync(whole, constants.R_OK);
  } catch {
    complain(shaping, path, { holds: show(file, [], false), expected: `a PEM file that can be read (${whole} can not)` });
  }
  return whole;
};

const shapeListen = (shaping: Shaping): ListenConfig => {
  const { host, port, tls, trustProxy, insecure, publicUrl, drainSeconds } = shaping.raw.listen;
  if (!isLoopback(host) && !tls && !trustProxy && !insecure) {
    complain(shaping, ['listen', 'host'], {
      holds: show(host, [], false),
      expected:
        '127.0.0.1, or beside a public address one of: tls (cert and key), trustProxy: true (a proxy in front speaks TLS), insecure: true (API keys are readable on the wire)',
    });
  }
  return {
    ...{ host, port, trustProxy, insecure, drainSeconds, publicUrl: publicUrl?.replace(/\/+$/, '') ?? null },
    tls: tls
      ? { cert: readable(shaping, ['listen', 'tls', 'cert'], tls.cert), key: readable(shaping, ['listen', 'tls', 'key'], tls.key) }
      : null,
  };
};

const shapeDatabase = (shaping: Shaping, dataDir: string, hasReal: boolean): DatabaseConfig => {
  const { url, dir, poolSize, durable } = shaping.raw.database;
  if (url !== undefined && dir !== undefined)
    complain(shaping, ['database', 'dir'], { holds: show(dir, [], false), expected: 'either database.url or database.dir, not both' });
  if (url !== undefined && durable !== undefined)
    complain(shaping, ['database', 'durable'], {
      holds: show(durable, [], false),
      expected: 'nothing beside database.url: a PostgreSQL server has its own setting (fsync, synchronous_commit)',
    });
  if (url !== undefined) return { is: 'server', url, poolSize };
  if (durable === false && hasReal)
    complain(shaping, ['database', 'durable'], {
      holds: 'false',
      expected: 'true beside a real backend: a power cut must not lose a payment',
    });
  return { is: 'embedded', dir: dir === undefined ? dataDir : pathOf(shaping, dir), durable: durable ?? hasReal };
};

const settingsSchema = (settings: unknown): z.core.$ZodType | null => (settings instanceof z.ZodType ? settings : null);

const shapeBackend = (shaping: Shaping, name: string): BackendConfig | null => {
  const { kind: kindName, ...given } = shaping.raw.backends?.[name] ?? sandboxBackend(shaping);
  const kind = Object.hasOwn(shaping.kinds, kindName) ? shaping.kinds[kindName] : undefined;
  if (!kind) {
    complain(shaping, ['backends', name, 'kind'], {
      holds: show(kindName, [], false),
      expected: unknownName(kindName, Object.keys(shaping.kinds)),
    });
    return null;
  }
  try {
    const settings = kind.settings.parse(given);
    return { id: backendId(name), kind: kindName, simulated: kind.simulated, currency: currencyIn(settings), settings };
  } catch (error) {
    if (error instanceof ZodError)
      shaping.problems.push(
        ...problemsOf(error.issues, { root: settingsSchema(kind.settings), under: ['backends', name], read: shaping.read }),
      );
    else complain(shaping, ['backends', name], { holds: 'settings', expected: error instanceof Error ? error.message : String(error) });
    return null;
  }
};

const shapeNetwork = (shaping: Shaping, backends: readonly BackendConfig[]): Config['network'] => {
  const { network } = shaping.raw;
  const real = backends.filter((backend) => !backend.simulated);
  const simulated = backends.filter((backend) => backend.simulated);
  if (network === undefined && real[0])
    complain(shaping, ['network'], {
      holds: 'nothing',
      expected: `mainnet, testnet, signet or regtest: it is required because the backend "${real[0].id}" (${real[0].kind}) is a real one`,
    });
  if (network === 'mainnet' && simulated[0]) {
    const path = shaping.raw.backends ? ['backends', simulated[0].id, 'kind'] : ['network'];
    const expected = shaping.raw.backends
      ? 'a real backend: play money is never served on mainnet'
      : 'backends that are real: without any, a simulated one stands in, and play money is never served on mainnet';
    complain(shaping, path, { holds: show(shaping.raw.backends ? simulated[0].kind : network, [], false), expected });
  }
  return network ?? 'regtest';
};

interface WalletPlace {
  readonly path: Path;
  readonly known: readonly string[];
  readonly backends: readonly BackendConfig[];
}

const shapeRoute = (shaping: Shaping, names: readonly string[], { path, known }: Omit<WalletPlace, 'backends'>) => {
  const unknown = names.flatMap((name, index) => (known.includes(name) ? [] : [{ name, index }]));
  for (const { name, index } of unknown) {
    const at = path.at(-1) === 'backend' ? path : [...path, index];
    complain(shaping, at, { holds: show(name, [], false), expected: `the name of a backend: ${unknownName(name, known)}` });
  }
  if (new Set(names).size < names.length) complain(shaping, path, { holds: names.join(', '), expected: 'every backend once' });
  return unknown.length > 0 ? [] : names.map((name) => backendId(name));
};

const routesOf = (
  shaping: Shaping,
  wallet: RawWallet,
  { path, known }: Omit<WalletPlace, 'backends'>,
): Pick<WalletConfig, 'receiveRoute' | 'payRoute'> => {
  const { backend, receive, pay } = wallet;
  if (backend !== undefined && (receive !== undefined || pay !== undefined))
    complain(shaping, [...path, 'backend'], { holds: show(backend, [], false), expected: 'either backend, or receive and pay, not both' });
  if (receive !== undefined || pay !== undefined) {
    if ((receive ?? []).length + (pay ?? []).length === 0)
      complain(shaping, path, { holds: 'no backend to receive or to pay by', expected: 'at least one backend in receive or pay' });
    return {
      receiveRoute: shapeRoute(shaping, receive ?? [], { path: [...path, 'receive'], known }),
      payRoute: shapeRoute(shaping, pay ?? [], { path: [...path, 'pay'], known }),
    };
  }
  const only = backend ?? (known.length === 1 ? known[0] : undefined);
  if (only === undefined) {
    complain(shaping, [...path, 'backend'], {
      holds: 'nothing',
      expected: `the name of a backend, because there are several: ${known.join(', ')}`,
    });
    return { receiveRoute: [], payRoute: [] };
  }
  const route = shapeRoute(shaping, [only], { path: [...path, 'backend'], known });
  return { receiveRoute: route, payRoute: route };
};

const shapeWallet = (shaping: Shaping, wallet: RawWallet, place: WalletPlace): WalletConfig => {
  const routes = routesOf(shaping, wallet, place);
  const told = walletCurrency([...routes.receiveRoute, ...routes.payRoute], { balance: wallet.balance, backends: place.backends });
  if (told.is === 'wrong') complain(shaping, [...place.path, told.key], told);
  return { ...routes, ...termsOf(shaping, wallet), currency: told.is === 'holds' ? told.currency : 'BTC' };
};

const termsOf = (shaping: Shaping, wallet: RawWallet): Omit<WalletConfig, 'receiveRoute' | 'payRoute' | 'currency'> => ({
  name: wallet.name,
  balanceKind: wallet.balance,
  acceptFixedAmount: wallet.acceptFixedAmount,
  keylessCreate: wallet.keylessCreate ?? shaping.raw.backends === undefined,
  defaultExpirySeconds: wallet.defaultExpiry ?? shaping.raw.invoices.defaultExpiry ?? null,
  defaultFeeLimitPpm: wallet.feeLimitPpm ?? shaping.raw.payments.feeLimitPpm ?? null,
  settleAfterSeconds: wallet.settleAfter ?? null,
});

const repeated = (shaping: Shaping, names: readonly (string | undefined)[], place: { readonly path: Path; readonly key: string }): void => {
  names.forEach((name, index) => {
    if (name !== undefined && names.indexOf(name) < index)
      complain(shaping, [...place.path, index, place.key], { holds: show(name, [], false), expected: 'a name that no other has' });
  });
};

const standIn: readonly RawAccount[] = [{ name: 'main', wallets: [{ name: 'main', balance: 'node', acceptFixedAmount: true }] }];

const shapeAccounts = (shaping: Shaping, known: readonly string[], backends: readonly BackendConfig[]): readonly AccountConfig[] => {
  const accounts = shaping.raw.accounts ?? standIn;
  if (!shaping.raw.accounts && known.length > 1) {
    complain(shaping, ['accounts'], {
      holds: 'nothing',
      expected: `accounts with wallets, because there are several backends to choose from: ${known.join(', ')}`,
    });
    return [];
  }
  repeated(
    shaping,
    accounts.map((account) => account.name),
    { path: ['accounts'], key: 'name' },
  );
  repeated(
    shaping,
    accounts.map((account) => account.username),
    { path: ['accounts'], key: 'username' },
  );
  return accounts.map((account, at) => {
    const path = ['accounts', at, 'wallets'];
    repeated(
      shaping,
      account.wallets.map((wallet) => wallet.name),
      { path, key: 'name' },
    );
    return {
      name: account.name,
      username: account.username ?? null,
      wallets: account.wallets.map((wallet, index) => shapeWallet(shaping, wallet, { path: [...path, index], known, backends })),
    };
  });
};

const dataDirOf = (shaping: Shaping): string => pathOf(shaping, shaping.raw.dataDir ?? shaping.raw.database.dir ?? 'data');

/** The simulated network of the sandbox remembers its invoices and balances across a restart, as a real one would. */
const sandboxBackend = (shaping: Shaping): { readonly kind: string; readonly stateFile: string } => ({
  kind: 'simulated',
  stateFile: join(dataDirOf(shaping), 'simulated.jsonl'),
});

const shapePrice = (shaping: Shaping): PriceConfig | null => {
  const given = shaping.raw.price;
  if (!given) return null;
  const { currency, perBtc, galoy, ticker, refreshSeconds, staleSeconds } = given;
  const all: readonly (PriceSourceConfig | null)[] = [
    perBtc === undefined ? null : { is: 'stated', perBtc: typeof perBtc === 'number' ? { [currency]: perBtc } : perBtc },
    galoy ? { is: 'galoy', ...galoy, currencies: [...new Set([currency, 'USD', ...galoy.currencies])] } : null,
    ticker ? { is: 'ticker', ...ticker } : null,
  ];
  const [source, ...others] = all.flatMap((one) => one ?? []);
  if (!source || others.length > 0) {
    const holds = source ? 'several sources' : 'no source';
    complain(shaping, ['price'], { holds, expected: 'one of perBtc, galoy and ticker' });
    return null;
  }
  if (source.is === 'stated' && !Object.hasOwn(source.perBtc, currency))
    complain(shaping, ['price', 'perBtc'], {
      holds: Object.keys(source.perBtc).join(', '),
      expected: `a rate for ${currency}, the currency`,
    });
  if (source.is === 'ticker' && source.currencies.length > 0 && !source.currencies.includes(currency))
    complain(shaping, ['price', 'ticker', 'currencies'], { holds: source.currencies.join(', '), expected: `${currency} among them` });
  return { currency, source, refreshSeconds, staleSeconds };
};

const hostAndPort = (text: string | undefined): { readonly host: string; readonly port: number } | null => {
  const [, host, port] = /^\[?(.*?)\]?:(\d+)$/.exec(text ?? '') ?? [];
  return host === undefined ? null : { host, port: Number(port) };
};

const domainOf = (url: string | null): string => (url === null ? 'localhost' : new URL(url).host);

/** The whole of it; what is wrong lands in `shaping.problems`, and then the answer must not be used. */
export const shape = (shaping: Shaping): Config => {
  const { raw, read, file } = shaping;
  const names = raw.backends ? Object.keys(raw.backends) : ['simulated'];
  if (names.length === 0)
    complain(shaping, ['backends'], { holds: 'no backend', expected: 'at least one backend, or no key "backends" at all for the sandbox' });
  const backends = names.flatMap((name) => shapeBackend(shaping, name) ?? []);
  const dataDir = dataDirOf(shaping);
  const listen = shapeListen(shaping);
  return {
    ...{ file, dataDir, listen, backends, sandbox: raw.backends === undefined, exclusive: raw.exclusive, limits: raw.limits },
    network: shapeNetwork(shaping, backends),
    database: shapeDatabase(
      shaping,
      dataDir,
      backends.some((backend) => !backend.simulated),
    ),
    log: { level: raw.log.level, pretty: raw.log.pretty ?? null },
    accounts: names.length === 0 ? [] : shapeAccounts(shaping, names, backends),
    payments: { waitSeconds: raw.payments.waitSeconds },
    holds: { ...raw.holds, keyFile: raw.holds.keyFile === undefined ? join(dataDir, 'preimage.keys') : pathOf(shaping, raw.holds.keyFile) },
    onChain: raw.onChain,
    outbound: { allowPrivate: raw.outbound.allowPrivate, onionProxy: hostAndPort(raw.outbound.onionProxy) },
    graphql: raw.graphql,
    price: shapePrice(shaping),
    lightningAddressDomain: raw.lightningAddressDomain ?? domainOf(listen.publicUrl),
    secretFiles: [...new Set([...read.secretFiles, ...(listen.tls ? [listen.tls.key] : [])])],
  };
};
