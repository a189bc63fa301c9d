// What a configuration may say of a simulated backend. Every key has a default: the sandbox needs no configuration at all.
import { z } from 'zod';

export const simulatedSettings = z.strictObject({
  /** Simulated backends of one world, in one process, can pay each other. The first of them to connect decides about seed, latency, blocks and file. */
  world: z.string().min(1).default('sandbox'),
  /** Node keys follow from it: another seed is another identity. */
  seed: z.string().min(1).default('switchyard'),
  network: z.literal('regtest').default('regtest'),
  /** Name of our node in its world; the backend's own id when absent. */
  node: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/)
    .optional(),
  alias: z.string().max(32).default('switchyard'),
  /** Outside nodes. */
  nodes: z.int().min(2).max(40).default(4),
  /** Size of an ordinary channel, in satoshis. */
  channelSats: z.int().min(100_000).max(1_000_000_000).default(10_000_000),
  /** Mean latency of a hop, in milliseconds. */
  latencyMs: z.int().min(0).max(60_000).default(40),
  /** Seconds between blocks; 0: only when somebody mines. */
  blockSeconds: z.int().min(0).max(86_400).default(600),
  /** Keeps the world across restarts of the process; without it everything but the keys is forgotten. */
  stateFile: z.string().min(1).optional(),
  /** `caller`: hold invoices take our hash (LND). `backend`: it chooses hash and preimage (lnmux). */
  holdHashFrom: z.enum(['caller', 'backend']).default('caller'),
  /** A held set is given back after so many seconds and the invoice is open again (lnmux); null: it is held to its end (LND). */
  heldSeconds: z.int().min(1).nullable().default(null),
  /** Plain invoices too are held until we settle them (lnmux). */
  heldUntilSettled: z.boolean().default(false),
  /** Whether `notFound` proves that nothing was sent (LND: yes). */
  findIsComplete: z.boolean().default(true),
  /** Whether `failed` proves that nothing was paid (LND: yes; a custodian: no). */
  failureIsProof: z.boolean().default(true),
});

/** As parsed. */
export type SimulatedSettings = z.output<typeof simulatedSettings>;
