// How often somebody may make invoices and addresses (contract §4.4). Without a key: as often as Galoy allows, for each recipient account and for
// each network address. With one: without a limit unless the operator sets it, for a fleet of machines behind one key would be blocked for minutes.
import { isIPv6 } from 'node:net';
import type { Rate, Rates } from '../platform/rates.ts';
import { refuse } from '../platform/refusal.ts';
import type { Principal } from '../wallets/view.ts';
import type { CommandName } from './table.ts';

export type Limited = 'invoices' | 'addresses';

/** What a command makes, where that is limited. */
export const limitedCommands: { readonly [N in CommandName]?: Limited } = {
  createInvoice: 'invoices',
  createUsdInvoice: 'invoices',
  createHoldInvoice: 'invoices',
  createCashOut: 'invoices',
  createAddress: 'addresses',
};

/** So many in a window; whoever exceeds them waits. Null: as many as they like. */
export interface LimitSettings {
  readonly keyless: { readonly perMinute: number; readonly blockSeconds: number };
  readonly keyed?:
    | {
        readonly key: { readonly [L in Limited]: number | null };
        readonly account: { readonly [L in Limited]: number | null };
      }
    | undefined;
}

export interface Limits {
  /** Counts an invoice that somebody makes for a wallet that is not theirs. Throws Refused `tooManyRequests`. */
  keyless(recipientAccountId: string, from: string | null): Promise<void>;
  /** Counts what a key makes for itself. Throws Refused `tooManyRequests`. */
  keyed(what: Limited, who: Principal): Promise<void>;
}

// Galoy's windows and blocks (contract §4.4).
const terms = {
  invoices: { windowSeconds: 60, blockSeconds: 300 },
  addresses: { windowSeconds: 3_600, blockSeconds: 14_400 },
} as const;

/** Who asks, as far as an address tells: of IPv6 the /64, which is what one household or machine has. */
export const addressGroup = (address: string): string => {
  const bare = address.replace(/^\[(.+)\](:\d+)?$/, '$1').replace(/^((?:\d+\.){3}\d+):\d+$/, '$1');
  const [plain = ''] = bare.split('%');
  const mapped = /^::ffff:((?:\d+\.){3}\d+)$/i.exec(plain)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.split('::');
  const groups = (text: string): readonly string[] => (text === '' ? [] : text.split(':'));
  const [left, right] = [groups(head), groups(tail ?? '')];
  // Dotted decimal at the end stands for two groups.
  const width = (all: readonly string[]): number => all.length + (all.at(-1)?.includes('.') ? 1 : 0);
  const zeros = tail === undefined ? 0 : 8 - width(left) - width(right);
  const all = [...left, ...Array.from({ length: zeros }, () => '0'), ...right];
  return `${all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
};

export const createLimits = ({ keyless, keyed }: LimitSettings, rates: Rates): Limits => {
  const count = async (what: Limited, asked: readonly Rate[]): Promise<void> => {
    const wait = await rates.count(asked);
    if (wait !== null) refuse({ is: 'tooManyRequests', what, retryAfterSeconds: Math.ceil(wait / 1000) });
  };
  return {
    keyless: (recipientAccountId, from) => {
      const subjects = [`recipient:${recipientAccountId}`, ...(from === null ? [] : [`from:${addressGroup(from)}`])];
      const rate = { most: keyless.perMinute, windowSeconds: terms.invoices.windowSeconds, blockSeconds: keyless.blockSeconds };
      return count(
        'invoices',
        subjects.map((subject) => ({ subject, ...rate })),
      );
    },
    keyed: async (what, { accountId, keyId }) => {
      if (!keyed) return;
      const asked = [
        ...(keyId === null || keyed.key[what] === null ? [] : [{ subject: `key:${what}:${keyId}`, most: keyed.key[what] }]),
        ...(keyed.account[what] === null ? [] : [{ subject: `account:${what}:${accountId}`, most: keyed.account[what] }]),
      ];
      if (asked.length > 0)
        await count(
          what,
          asked.map((one) => ({ ...one, ...terms[what] })),
        );
    },
  };
};
