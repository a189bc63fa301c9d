// Where the facts of one LND node were left off: our own cursor, bound to the node's key, because LND's indexes mean nothing to another node.
import { type Cursor, cursor } from '../port.ts';

/** `settle`: the last settle_index that was given out, as a decimal. `block`: the last height whose deposits were. */
export interface Position {
  readonly node: string | null;
  readonly settle: string | null;
  readonly block: number | null;
}

export const nowhere: Position = { node: null, settle: null, block: null };

export const writeCursor = (position: Position): Cursor => cursor(JSON.stringify(position));

/** A text that is not ours is the beginning, not an error: facts may repeat. */
export const readCursor = (text: string | null): Position => {
  if (text === null) return nowhere;
  try {
    const found: unknown = JSON.parse(text);
    if (typeof found !== 'object' || found === null) return nowhere;
    const node = 'node' in found && typeof found.node === 'string' ? found.node : null;
    const settle = 'settle' in found && typeof found.settle === 'string' && /^\d+$/.test(found.settle) ? found.settle : null;
    const block = 'block' in found && Number.isSafeInteger(found.block) ? Number(found.block) : null;
    return { node, settle, block };
  } catch {
    return nowhere;
  }
};

/** The same position at this node; another node's indexes are dropped. */
export const atNode = (position: Position, node: string): Position => (position.node === node ? position : { ...nowhere, node });

/** Forward only: a repeated fact never moves it back. */
export const settledUpTo = (position: Position, index: string): Position =>
  position.settle !== null && BigInt(position.settle) >= BigInt(index) ? position : { ...position, settle: index };
