// How often somebody may make something: without a key as Galoy allows, with one as often as they like unless the operator says otherwise.
import { z } from 'zod';
import { key, seconds, whole } from './fields.ts';

const most = () => whole(1, 1_000_000).optional();
const expects = 'a whole number from 1 to 1000000';
const block = (text: string) => `Whoever makes more waits ${text}.`;

export const limits = z.strictObject({
  keylessInvoicesPerMinute: key(
    whole(0, 100_000).default(60),
    'a whole number from 0 to 100000',
    'Invoices that may be made in a minute without a key: for each recipient account, and for each network address (of IPv6, each /64).',
  ),
  keylessBlock: key(
    seconds(1, 86_400).default(300),
    'seconds, or text such as 30s, 5m; from 1 second to 24 hours',
    'How long whoever makes more without a key has to wait.',
  ),
  keyInvoicesPerMinute: key(most(), expects, `Invoices that one API key may make in a minute. ${block('5 minutes')}`, 'no limit'),
  accountInvoicesPerMinute: key(
    most(),
    expects,
    `Invoices that all keys of an account may make in a minute (Galoy: 60). ${block('5 minutes')}`,
    'no limit',
  ),
  keyAddressesPerHour: key(most(), expects, `On-chain addresses that one API key may make in an hour. ${block('4 hours')}`, 'no limit'),
  accountAddressesPerHour: key(
    most(),
    expects,
    `On-chain addresses that all keys of an account may make in an hour (Galoy: 20). ${block('4 hours')}`,
    'no limit',
  ),
});

export type RawLimits = z.output<typeof limits>;
