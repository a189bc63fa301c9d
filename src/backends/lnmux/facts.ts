// All that lnmux tells as one sequence of facts: sets that it accepted or gave back, and settlements that are final. The accepted ones are listened
// to before anything else is asked. The cursor is the place in the list of settlements up to which everything has been given out.
import type { Msat, PaymentHash } from '../../lightning/values.ts';
import { type Cursor, cursor, type Fact } from '../port.ts';
import type { Listed } from './book.ts';
import type { LnmuxContext } from './context.ts';
import { followAccepted } from './facts-accepted.ts';
import { followSettled } from './facts-settled.ts';
import { newInbox } from './inbox.ts';
import { heldSighting, listedSighting } from './translate.ts';

export const writeCursor = (upTo: bigint): Cursor => cursor(`settled:${upTo}`);

/** A text that is not ours is the beginning, not an error: facts may repeat. */
export const readCursor = (text: string | null): bigint | null => {
  const place = /^settled:(\d{1,19})$/.exec(text ?? '')?.[1];
  return place === undefined ? null : BigInt(place);
};

export const lnmuxFacts = (context: LnmuxContext) =>
  async function* (after: Cursor | null, signal: AbortSignal): AsyncGenerator<Fact> {
    const inbox = newInbox<Fact>();
    const stop = new AbortController();
    const both = AbortSignal.any([signal, stop.signal]);
    if (both.aborted) return;
    both.addEventListener('abort', () => inbox.end(), { once: true });
    const now = () => context.clock.now();
    const say = (hash: PaymentHash, fact: Pick<Fact & { about: 'invoice' }, 'sighting' | 'cursor' | 'at'>) =>
      inbox.push({ about: 'invoice', hash, ...fact });
    const held = (hash: PaymentHash, set: Parameters<typeof heldSighting>[0]) =>
      say(hash, { sighting: heldSighting(set, unknownAmount), cursor: null, at: now() });
    const released = (hash: PaymentHash) => say(hash, { sighting: { is: 'open' }, cursor: null, at: now() });
    void followAccepted(context, { held, released }, both);
    const final = (row: Listed, upTo: bigint) => {
      if (row.status === 'failed') {
        const detail = 'a settlement failed after it was requested: some parts of it may have arrived all the same; look at the channels';
        context.log.error({ paymentHash: row.hash }, detail);
      }
      say(row.hash, { sighting: listedSighting(row, null), cursor: writeCursor(upTo), at: row.finalAt ?? now() });
    };
    void followSettled(context, { final, backlog: () => inbox.size }, { after: readCursor(after), signal: both });
    try {
      yield* inbox.items();
    } finally {
      stop.abort();
    }
  };

/** lnmux accepts the exact amount of the invoice and nothing else, and does not repeat it. */
const unknownAmount: Msat | null = null;
