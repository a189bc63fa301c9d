// The keys that guard preimages, from their file: made at the first start, rotated while running, and read again when another replica has
// sealed with one that this process does not know yet. A key that is missing refuses the start, not the first settlement.
import { existsSync } from 'node:fs';
import { sealingKeys } from '../invoices/lists.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/db.ts';
import { addVaultKey, readVault, type Vault } from '../platform/vault.ts';

export interface Keys {
  readonly vault: Vault;
  /** A new key seals from now on; what older keys sealed still opens. `inUse`: keys that something stored was sealed with. */
  readonly rotate: () => Promise<Rotated>;
}

export interface Rotated {
  readonly file: string;
  readonly added: string;
  readonly keys: readonly string[];
  readonly inUse: readonly string[];
}

// Nobody settles a hold that was canceled so long ago: its key need not be kept for it.
const keptMs = 30 * 86_400_000;

/** Throws an Error with one sentence when keys are missing that the database needs. */
export const openKeys = async (db: Database, file: string, clock: Clock): Promise<Keys> => {
  const inUse = (): Promise<readonly string[]> => sealingKeys(db, new Date(clock.now().getTime() - keptMs));
  const needed = await inUse();
  if (!existsSync(file) && needed.length === 0) addVaultKey(file, clock.now());
  if (!existsSync(file))
    throw new Error(`${file} is missing, and the database holds preimages that were sealed with its keys: put it back`);
  let current = readVault(file);
  const lost = needed.filter((id) => !current.keyIds.includes(id));
  if (lost.length > 0)
    throw new Error(`${file} lacks the key ${lost.join(', ')}, and the database holds preimages that were sealed with it: put it back`);
  const vault: Vault = {
    get keyIds() {
      return current.keyIds;
    },
    seal: (secret, label) => current.seal(secret, label),
    open: (sealed, label) => {
      const [id = ''] = sealed.split('.');
      if (!current.keyIds.includes(id)) current = readVault(file);
      return current.open(sealed, label);
    },
  };
  const rotate = async (): Promise<Rotated> => {
    const added = addVaultKey(file, clock.now());
    current = readVault(file);
    return { file, added, keys: current.keyIds, inUse: await inUse() };
  };
  return { vault, rotate };
};
