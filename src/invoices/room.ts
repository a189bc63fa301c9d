// How much may be open or held at once, for held payments fill channels. What is being made now is counted beside what is stored, so that many
// at once do not pass where each alone would. A process counts its own: replicas go beyond a limit by what they make at the same moment.
import { refuse } from '../platform/refusal.ts';
import type { HoldInMaking, InvoiceDeps } from './deps.ts';
import { heldMsat } from './lists.ts';

/** Takes the amount at the node with this key, instead of where it was taken before; what that node may hold without it, in msat. */
export type RoomAt = (nodeKey: string) => Promise<bigint>;

/**
 * Makes a hold whose amount stays taken from wallet, gateway and node until it is stored, or nothing has come of it.
 * Throws Refused limitExceeded (held in this wallet, in this gateway) when `roomAt` is first asked; beside that, what `make` throws.
 */
export const withRoom = async <T>(
  deps: InvoiceDeps,
  ask: Pick<HoldInMaking, 'walletId' | 'amountMsat' | 'asked'>,
  make: (roomAt: RoomAt) => Promise<T>,
): Promise<T> => {
  const { walletId, amountMsat, asked } = ask;
  const mine: HoldInMaking = { walletId, amountMsat, asked, nodeKey: null, cameToNothing: false };
  const roomAt: RoomAt = async (nodeKey) => {
    const isFirst = mine.nodeKey === null;
    const counted = await countedBeside(deps, mine, nodeKey);
    if (isFirst) withinLimits(deps, mine, counted);
    return deps.holds.perNodeMsat - counted.node;
  };
  try {
    return await make(roomAt);
  } catch (error) {
    mine.cameToNothing = true;
    throw error;
  } finally {
    deps.holdsInMaking.delete(mine);
  }
};

interface Counted {
  readonly wallet: bigint;
  readonly gateway: bigint;
  readonly node: bigint;
}

/**
 * What is held or made beside this one. The order is what counts: take it, note in the same breath who else is making one, and only then read what
 * is stored. Of any two, the later to take finds the earlier one either among those it notes, or ended; what had ended before was stored before the
 * read began, so the read has it. Whoever is the last to pass has therefore counted all that passed before, and all of them keep the limit. One
 * that ends between the note and the read is counted twice: a moment's refusal too many, never one too few. Noted after the read instead, one
 * that was stored too late for the read and had ended before the note would be missed.
 */
const countedBeside = async (deps: InvoiceDeps, mine: HoldInMaking, nodeKey: string): Promise<Counted> => {
  mine.nodeKey = nodeKey;
  deps.holdsInMaking.add(mine);
  // Where each was asked for at that moment: one that comes to this node later counts us.
  const noted = [...deps.holdsInMaking].filter((one) => isBeside(one, mine)).map((one) => ({ one, nodeKey: one.nodeKey }));
  const held = await heldMsat(deps.db, mine.walletId, deps.clock.now());
  const others = noted.filter(({ one }) => !one.cameToNothing);
  const sum = (which: typeof others): bigint => which.reduce((total, { one }) => total + one.amountMsat, 0n);
  return {
    wallet: held.wallet + sum(others.filter(({ one }) => one.walletId === mine.walletId)),
    gateway: held.gateway + sum(others),
    // One that has gone on to another node meanwhile leaves nothing here.
    node: (held.nodes.get(nodeKey) ?? 0n) + sum(others.filter((seen) => seen.nodeKey === nodeKey && seen.one.nodeKey === nodeKey)),
  };
};

/** Of two with one idempotency key at most one is stored. */
const isBeside = (one: HoldInMaking, mine: HoldInMaking): boolean =>
  one !== mine && (one.asked === null || one.asked.by !== mine.asked?.by || one.asked.key !== mine.asked.key);

const withinLimits = ({ holds }: InvoiceDeps, { amountMsat }: HoldInMaking, counted: Counted): void => {
  const [wallet, gateway] = [holds.perWalletMsat - counted.wallet, holds.perGatewayMsat - counted.gateway];
  if (amountMsat > wallet) refuse({ is: 'limitExceeded', limit: 'held in this wallet', remainingMsat: wallet });
  if (amountMsat > gateway) refuse({ is: 'limitExceeded', limit: 'held in this gateway', remainingMsat: gateway });
};
