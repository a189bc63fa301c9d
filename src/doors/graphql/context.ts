// What every resolver is given: who asks, the one way to ask, and loaders that batch what a list would fan out.
import type DataLoader from 'dataloader';
import type { Reads } from '../../commands/reads.ts';
import type { Ask, Asking } from '../../commands/table.ts';
import type { Spent } from '../../wallets/spending.ts';
import type { Principal } from '../../wallets/view.ts';

export interface GraphqlContext {
  readonly ask: Ask;
  readonly reads: Reads;
  readonly who: Principal | null;
  /** Whether the key is still valid, asked anew; null: none was given. */
  readonly keyHolds: (() => Promise<boolean>) | null;
  /** What `ask` wants to know of this request, with the idempotency key of its header. */
  readonly asking: Asking;
  readonly loaders: Loaders;
  readonly now: () => Date;
  /** Where an error goes that nobody foresaw, with the field that met it: a log, never the client. */
  readonly report: (error: unknown, field: string) => void;
}

/** One set a request (or a subscription's event). */
export interface Loaders {
  /** Balance in msat by wallet id; a wallet whose backend cannot be asked rejects alone. */
  readonly balance: DataLoader<string, bigint>;
  /** What is on its way on the chain and not credited yet, in msat by wallet id. */
  readonly pendingIncoming: DataLoader<string, bigint>;
  /** What a key has spent, by its id. */
  readonly spent: DataLoader<string, Spent>;
}
