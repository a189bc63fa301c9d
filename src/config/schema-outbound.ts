// Requests to addresses that strangers name: payees of LNURLs and Lightning addresses, and what callbacks are sent to.
import { z } from 'zod';
import { flag, key } from './fields.ts';

export const outbound = z.strictObject({
  allowPrivate: key(
    flag().default(false),
    'true or false',
    'Private, loopback and link-local addresses may be asked too, over plain HTTP as well. Whoever has a key can then make the gateway ask them.',
  ),
  onionProxy: key(
    z
      .string()
      .regex(/^([\w.-]+|\[[0-9a-f:]+\]):\d{1,5}$/i)
      .optional(),
    'host:port, such as 127.0.0.1:9050',
    'A SOCKS5 proxy, such as Tor, through which onion services are asked.',
    'they are not asked',
  ),
});
