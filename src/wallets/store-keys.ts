// API keys as they are stored: a digest, what the key may do, and what it may spend. The key's text is in the answer that makes it and
// nowhere else.
import { createHash, randomBytes } from 'node:crypto';
import type { ApiKey } from '../generated/prisma/client.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/db.ts';
import { newId } from '../platform/ids.ts';
import { cached } from './cache.ts';
import type { LimitWindow, SpendingLimits } from './spending.ts';
import type { Principal, Scope } from './view.ts';

export interface NewKey {
  readonly accountId: string;
  readonly walletId: string | null;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt: Date | null;
  readonly waitSeconds: number | null;
}

export interface KeyView {
  readonly id: string;
  readonly accountId: string;
  readonly walletId: string | null;
  readonly name: string;
  readonly prefix: string;
  readonly scopes: readonly Scope[];
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  /** To the minute; null: never. */
  readonly lastUsedAt: Date | null;
  /** Seconds that its sends wait before PENDING; null: the gateway's setting. */
  readonly waitSeconds: number | null;
  readonly limits: SpendingLimits;
}

export interface KeyStore {
  /** The key's text is in the answer and nowhere else. */
  createKey(key: NewKey): Promise<{ readonly key: string; readonly view: KeyView }>;
  keys(): Promise<readonly KeyView[]>;
  /** By id or by the shown prefix; null when there is none. */
  revokeKey(idOrPrefix: string): Promise<KeyView | null>;
  /** Whole satoshis, fees included, from now on for what is sent next; null removes the limit. Null when there is no such key. */
  setLimit(id: string, window: LimitWindow, sats: number | null): Promise<KeyView | null>;
  authenticate(key: string): Promise<Principal | null>;
}

const scopeNames: ReadonlySet<string> = new Set(['READ', 'RECEIVE', 'WRITE', 'ADMIN']);
const isScope = (text: string): text is Scope => scopeNames.has(text);

const toKey = (row: ApiKey): KeyView => ({
  id: row.id,
  accountId: row.accountId,
  walletId: row.walletId,
  name: row.name,
  prefix: row.prefix,
  scopes: row.scopes.filter(isScope),
  createdAt: row.createdAt,
  expiresAt: row.expiresAt,
  revokedAt: row.revokedAt,
  lastUsedAt: row.lastUsedAt,
  waitSeconds: row.waitSeconds,
  limits: { daily: row.dailyLimitSats, weekly: row.weeklyLimitSats, monthly: row.monthlyLimitSats, annual: row.annualLimitSats },
});

const digest = (key: string): string => createHash('sha256').update(key).digest('hex');
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

// 48 letters of 62: 285 bits; a byte modulo 62 leans a little and is still far beyond guessing. The pattern is Galoy's.
const newKeyText = (): string => `blink_${Array.from(randomBytes(48), (byte) => alphabet[byte % alphabet.length]).join('')}`;

const columnOf = {
  daily: 'dailyLimitSats',
  weekly: 'weeklyLimitSats',
  monthly: 'monthlyLimitSats',
  annual: 'annualLimitSats',
} as const;

// One write a key and minute, however many requests: who polls must not make us write.
const usedMs = 60_000;

export const createKeyStore = ({ prisma }: Database, clock: Clock): KeyStore => {
  const noteUse = async (row: ApiKey): Promise<void> => {
    const now = clock.now();
    if (row.lastUsedAt !== null && now.getTime() - row.lastUsedAt.getTime() < usedMs) return;
    await prisma.apiKey.updateMany({
      where: { id: row.id, OR: [{ lastUsedAt: null }, { lastUsedAt: { lt: now } }] },
      data: { lastUsedAt: now },
    });
  };
  const valid = (row: ApiKey | null): row is ApiKey =>
    row !== null && row.revokedAt === null && (row.expiresAt === null || row.expiresAt > clock.now());
  const keyCache = cached(clock, async (keyHash: string) => {
    const row = await prisma.apiKey.findUnique({ where: { keyHash } });
    // Beside the request, and worth no error: it only tells people which keys are still in use.
    if (valid(row)) noteUse(row).catch(() => undefined);
    return row;
  });

  return {
    authenticate: async (key) => {
      const row = await keyCache.read(digest(key));
      if (!valid(row)) return null;
      return {
        accountId: row.accountId,
        keyId: row.id,
        walletId: row.walletId,
        scopes: new Set(row.scopes.filter(isScope)),
        waitSeconds: row.waitSeconds,
      };
    },
    createKey: async (key) => {
      const text = newKeyText();
      const made = { id: newId(clock.now()), prefix: text.slice(0, 12), keyHash: digest(text), createdAt: clock.now() };
      const row = await prisma.apiKey.create({ data: { ...key, ...made, scopes: [...key.scopes] } });
      return { key: text, view: toKey(row) };
    },
    revokeKey: async (idOrPrefix) => {
      const rows = await prisma.apiKey.findMany({ where: { revokedAt: null } });
      const found = rows.filter((row) => row.id === idOrPrefix || row.prefix === idOrPrefix);
      const [only] = found;
      if (!only || found.length > 1) return null;
      keyCache.forget();
      return toKey(await prisma.apiKey.update({ where: { id: only.id }, data: { revokedAt: clock.now() } }));
    },
    setLimit: async (id, window, sats) => {
      const [row] = await prisma.apiKey.updateManyAndReturn({ where: { id }, data: { [columnOf[window]]: sats } });
      return row ? toKey(row) : null;
    },
    keys: async () => (await prisma.apiKey.findMany({ orderBy: { id: 'asc' } })).map(toKey),
  };
};
