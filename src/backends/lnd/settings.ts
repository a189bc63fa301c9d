// An LND node's settings in the configuration: where it listens and what opens it, each secret as a file or as its content.
// Reading decides by what certificates and macaroons always begin with, so a path is never taken for a secret or the other way round.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { BackendFault } from '../port.ts';

/** `file` is read at every (re)connection, so that a rotated file is taken up; `content` is what the file would hold, base64. */
export type Material =
  | { readonly is: 'file'; readonly path: string; readonly key: string }
  | { readonly is: 'content'; readonly base64: string };

export interface LndSettings {
  readonly kind: 'lnd';
  /** `host:port`. A host name that the node's certificate lists (localhost rather than 127.0.0.1): TLS sends no server name for an address. */
  readonly socket: string;
  /** Null: the system's certificate authorities. */
  readonly cert: Material | null;
  readonly macaroon: Material;
  /** Seconds during which LND may start new attempts of one payment; what is in flight goes on. */
  readonly pathfindingSeconds: number;
  /** Paths that one payment may be split over. */
  readonly maxParts: number;
  /** Seconds after which a fee probe says that it does not know. */
  readonly probeSeconds: number;
  /**
   * Blocks before a held payment's end at which the node gives it back by itself: its own `--invoices.holdexpirydelta`. It would tell us only
   * together with its whole log (GetDebugInfo), so it is said here.
   */
  readonly holdExpiryDelta: number;
}

const shape = z.strictObject({
  kind: z.literal('lnd').default('lnd'),
  socket: z
    .string()
    .regex(/^(\[[0-9a-fA-F:]+\]|[^\s:/]+):\d{1,5}$/, 'expected host:port, like localhost:10009')
    .optional(),
  cert: z.string().min(1).optional(),
  macaroon: z.string().min(1).optional(),
  uri: z.string().startsWith('lndconnect://', 'expected lndconnect://host:port?cert=…&macaroon=…').optional(),
  pathfindingSeconds: z.number().int().min(5).max(600).default(60),
  maxParts: z.number().int().min(1).max(1000).default(16),
  probeSeconds: z.number().int().min(2).max(60).default(12),
  holdExpiryDelta: z.number().int().min(0).max(1000).default(18),
});

export const lndSettings: { parse(raw: unknown): LndSettings } = shape.transform((raw, context): LndSettings => {
  const { uri, socket, cert, macaroon, ...rest } = raw;
  const missing = (key: string, text: string) => {
    context.addIssue({ code: 'custom', path: [key], message: text, input: raw });
    return z.NEVER;
  };
  const found = uri === undefined ? null : parseLndconnect(uri);
  if (found !== null && typeof found === 'string') return missing('uri', found);
  const where = socket ?? found?.socket;
  if (where === undefined) return missing('socket', 'expected host:port of the node, or a "uri" that names it');
  const key = macaroon === undefined ? found?.macaroon : macaroonMaterial(macaroon);
  if (key === undefined) return missing('macaroon', 'expected the path of a macaroon file, or its content in hex or base64');
  return { ...rest, socket: where, cert: cert === undefined ? (found?.cert ?? null) : certMaterial(cert), macaroon: key };
});

interface Lndconnect {
  readonly socket: string;
  readonly cert: Material | null;
  readonly macaroon: Material;
}

/** Reads lndconnect://host:port?cert=<DER, base64url>&macaroon=<base64url>; answers with a sentence when it is not one. */
export const parseLndconnect = (uri: string): Lndconnect | string => {
  if (!URL.canParse(uri)) return 'expected lndconnect://host:port?cert=…&macaroon=…';
  const url = new URL(uri);
  if (url.protocol !== 'lndconnect:' || url.hostname === '') return 'expected lndconnect://host:port?cert=…&macaroon=…';
  const macaroon = url.searchParams.get('macaroon');
  if (macaroon === null || macaroon === '') return 'an lndconnect URI without a macaroon opens nothing';
  const cert = url.searchParams.get('cert');
  return {
    socket: `${url.hostname}:${url.port === '' ? '10009' : url.port}`,
    cert: cert === null || cert === '' ? null : { is: 'content', base64: pem(Buffer.from(cert, 'base64url')).toString('base64') },
    macaroon: { is: 'content', base64: Buffer.from(macaroon, 'base64url').toString('base64') },
  };
};

const pem = (der: Buffer): Buffer => {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return Buffer.from(`-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`);
};

/** A PEM text, PEM in base64 or hex, DER in base64; anything else is a path. */
export const certMaterial = (text: string): Material => {
  const trimmed = text.trim();
  if (trimmed.startsWith('-----BEGIN')) return content(Buffer.from(`${trimmed}\n`));
  if (/^2d2d2d2d2d[0-9a-f]+$/i.test(trimmed)) return content(Buffer.from(trimmed, 'hex'));
  if (/^LS0tLS1[\w+/=\s-]+$/.test(trimmed)) return content(Buffer.from(trimmed, 'base64'));
  if (/^MI[\w+/=\s-]{100,}$/.test(trimmed)) return content(pem(Buffer.from(trimmed, 'base64')));
  return { is: 'file', path: trimmed, key: 'cert' };
};

/** A macaroon (version 2, identifier 3) in hex or base64; anything else is a path. */
export const macaroonMaterial = (text: string): Material => {
  const trimmed = text.trim();
  if (/^0201[0-9a-f]{40,}$/i.test(trimmed)) return content(Buffer.from(trimmed, 'hex'));
  if (/^AgE[\w+/=-]{40,}$/.test(trimmed)) return content(Buffer.from(trimmed, 'base64'));
  return { is: 'file', path: trimmed, key: 'macaroon' };
};

const content = (buffer: Buffer): Material => ({ is: 'content', base64: buffer.toString('base64') });

/** The material as base64. @throws BackendFault naming the key of the configuration when its file cannot be read. */
export const readMaterial = (material: Material): string => {
  if (material.is === 'content') return material.base64;
  try {
    return readFileSync(material.path).toString('base64');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new BackendFault({ kind: 'auth', detail: `"${material.key}" names a file that cannot be read: ${why}` });
  }
};
