// Money on the chain: when a deposit counts, and how sends are priced.
import { z } from 'zod';
import { key, whole } from './fields.ts';

const target = (byDefault: number) => whole(1, 1008).default(byDefault);
const blocks = 'a whole number from 1 to 1008';

export const onChain = z.strictObject({
  confirmations: key(
    whole(1, 100).default(2),
    'a whole number from 1 to 100',
    'Blocks after which a deposit is credited, its own counted. An upstream Galoy credits by its own rule.',
  ),
  leastSats: key(
    whole(546, 100_000_000).default(5000),
    'a whole number from 546 to 100000000',
    'Smallest amount that is sent on the chain, in satoshis.',
  ),
  speeds: key(
    z
      .strictObject({
        fast: key(target(2), blocks, 'Blocks within which FAST shall be confirmed.'),
        medium: key(target(6), blocks, 'Blocks within which MEDIUM shall be confirmed.'),
        slow: key(target(24), blocks, 'Blocks within which SLOW shall be confirmed.'),
      })
      .prefault({}),
    'fast, medium and slow',
    'What the node is asked for when it chooses the fee of a send.',
  ),
});
