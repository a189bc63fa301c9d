// The wallet's ledger upstream, a page at a time.
import type { GaloyContext } from './context.ts';
import { GatewayMovements, type MovementFragment } from './documents.generated.ts';
import { type Movement, movementOf } from './movements.ts';

const pageSize = 100;

export interface Page {
  /** Newest first. */
  readonly rows: readonly Movement[];
  readonly next: string | null;
}

/** A page of the wallet's ledger, from the newest row on or after this place. @throws BackendFault */
export const page = async ({ asking, account, log, settings }: GaloyContext, after: string | null, signal: AbortSignal): Promise<Page> => {
  const walletId = await account.walletId(signal);
  return asking.read(
    {
      document: GatewayMovements,
      variables: { walletId, first: pageSize, after },
      pick: ({ me }) => {
        const found = me?.defaultAccount.walletById.transactions;
        if (!found) throw new TypeError('no transactions');
        const { hasNextPage, endCursor } = found.pageInfo;
        return { rows: (found.edges ?? []).flatMap(({ node }) => readable({ log, settings }, node)), next: hasNextPage ? endCursor : null };
      },
    },
    signal,
  );
};

/** One row that cannot be understood must not hide the others; nothing is concluded from it. */
export const readable = ({ log, settings }: Pick<GaloyContext, 'log' | 'settings'>, row: MovementFragment): readonly Movement[] => {
  try {
    return [movementOf(row, settings.currency)];
  } catch (error) {
    log.warn({ err: error }, 'a transaction of the Galoy wallet cannot be understood; it is passed over');
    return [];
  }
};
