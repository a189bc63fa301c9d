// An lnmux cluster's settings in the configuration: where lnmuxd listens. It knows neither TLS nor a password: keep it on a private network.
import { z } from 'zod';

export const lnmuxSettings = z.strictObject({
  kind: z.literal('lnmux').default('lnmux'),
  /** `host:port` of its gRPC. */
  socket: z
    .string()
    .regex(/^(\[[0-9a-fA-F:]+\]|[^\s:/]+):\d{1,5}$/, 'expected host:port, like localhost:19090')
    .default('localhost:19090'),
  /** Where it serves its metrics (`instrumentationAddress`), as a URL: from there comes how many of its nodes are connected. */
  instrumentation: z.url({ protocol: /^https?$/, error: 'expected a URL, like http://localhost:2112' }).optional(),
  /** Seconds after which it gives a held set back; 60 in lnmux as published. */
  heldSeconds: z.int().min(1).max(3600).default(60),
});

export type LnmuxSettings = z.output<typeof lnmuxSettings>;
