// `keys limit`: what an API key may spend in the last 24 hours, 7, 30 and 365 days; fees count. Without a limit it prints those that there are.
import { keyRow } from './answers.ts';
import { withAdmin } from './load.ts';
import { json, table } from './print.ts';
import { type Call, configOptions, jsonOption, UsageError, type Verb } from './verb.ts';

const windows = ['daily', 'weekly', 'monthly', 'annual'] as const;
const mostSats = 2_147_483_647;

/** Null removes it; undefined leaves it as it is. */
const satsOf = (window: string, text: string | undefined): number | null | undefined => {
  if (text === undefined) return undefined;
  if (text === 'none') return null;
  const sats = /^\d{1,10}$/.test(text) ? Number(text) : 0;
  if (sats < 1 || sats > mostSats)
    throw new UsageError(`--${window} holds "${text}"; expected satoshis, a whole number from 1 to ${mostSats}, or none`);
  return sats;
};

const run = async (call: Call): Promise<number> => {
  const key = (call.operands[0] ?? '').replace(/…$/, '').replace(/^(blink_[A-Za-z0-9]{6}).+$/, '$1');
  const limits = Object.fromEntries(windows.map((window) => [window, satsOf(window, call.text[window])]));
  return withAdmin(call, async (admin) => {
    const row = keyRow.nullable().parse(await admin('keys.limit', { key, limits }));
    if (!row) throw new UsageError(`there is no key "${key}", or there are several: take an id of "switchyard keys list"`);
    if (call.on.has('json')) {
      call.io.out(json(row));
      return 0;
    }
    const rows = windows.map((window) => [window, String(row.limits?.[window] ?? 'none'), String(row.spentSats?.[window] ?? 0)]);
    call.io.out(table([`${row.prefix}… ${row.name}`, 'LIMIT (sats)', 'SPENT (sats)'], rows, ''));
    return 0;
  });
};

const option = (does: string) => ({ value: 'sats or none', does });

export const keysLimit: Verb = {
  name: 'keys limit',
  summary: 'Limit what an API key may spend, or look at it',
  operands: ['id or prefix'],
  options: {
    daily: option('in the last 24 hours'),
    weekly: option('in the last 7 days'),
    monthly: option('in the last 30 days'),
    annual: option('in the last 365 days'),
    ...configOptions,
    ...jsonOption,
  },
  examples: [
    ['keys limit blink_Ab3dEf --daily 2000000', 'at most two million satoshis in any 24 hours, fees included'],
    ['keys limit blink_Ab3dEf --daily none', 'no limit any more'],
    ['keys limit blink_Ab3dEf', 'what it has spent'],
  ],
  run,
};
