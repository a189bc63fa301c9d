// What the admin port answers, as far as the command line prints it. Read leniently: a newer gateway may say more.
import { z } from 'zod';

const time = z.union([z.string(), z.date()]).transform((at) => new Date(at));

export const walletRows = z.array(
  z.looseObject({
    id: z.string(),
    name: z.string(),
    accountId: z.string(),
    accountName: z.string(),
    currency: z.string(),
    balanceKind: z.string(),
    receiveRoute: z.array(z.string()),
    payRoute: z.array(z.string()),
  }),
);
export type WalletRow = z.output<typeof walletRows>[number];

const perWindow = <T extends z.ZodType>(of: T) => z.object({ daily: of, weekly: of, monthly: of, annual: of });

export const keyRow = z.looseObject({
  id: z.string(),
  name: z.string(),
  prefix: z.string(),
  accountId: z.string(),
  walletId: z.string().nullable(),
  scopes: z.array(z.string()),
  createdAt: time,
  expiresAt: time.nullable(),
  revokedAt: time.nullable(),
  lastUsedAt: time.nullish(),
  limits: perWindow(z.number().nullable()).nullish(),
  spentSats: perWindow(z.number()).nullish(),
});
export const keyRows = z.array(keyRow);
export const createdKey = z.object({ key: z.string(), view: keyRow });

export const incidentRows = z.array(
  z.looseObject({
    id: z.string(),
    kind: z.string(),
    subject: z.string(),
    detail: z.unknown(),
    createdAt: time,
    resolvedAt: time.nullable(),
  }),
);

/** Who is behind each backend, as it was first seen. */
export const pinRows = z.array(z.looseObject({ backendId: z.string(), kind: z.string(), network: z.string(), identityKey: z.string() }));
export type PinRow = z.output<typeof pinRows>[number];
