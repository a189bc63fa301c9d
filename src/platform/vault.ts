// Secrets at rest: AES-256-GCM under a key from a file, with the key's id beside the ciphertext, so that keys can be rotated.
// A secret is opened only on the line that uses it; a key that is missing refuses the start, not the first settlement.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { chmodSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

export interface Vault {
  /** `secret` as `<key id>.<nonce, tag and ciphertext in base64url>`; bound to `label`, so that it opens nowhere else. */
  seal(secret: string, label: string): string;
  /** Throws an Error when the key is not in the file, or the text was sealed for another label. */
  open(sealed: string, label: string): string;
  /** Ids of the keys in the file; the first one seals. */
  readonly keyIds: readonly [string, ...string[]];
}

interface Key {
  readonly id: string;
  readonly bytes: Buffer;
}

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/** A key file's line: an id of up to 20 letters and digits, a space, 64 hex digits. */
const parseLine = (line: string, file: string): Key => {
  const match = /^([A-Za-z0-9]{1,20}) +([0-9a-fA-F]{64})$/.exec(line);
  if (!match?.[1] || !match[2]) throw new Error(`${file}: each line of a key file is an id and 64 hex digits with a space between them`);
  return { id: match[1], bytes: Buffer.from(match[2], 'hex') };
};

const keysIn = (text: string, file: string): readonly Key[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => parseLine(line, file));

/** From the time, to the second; a letter more for every other key of that second. */
const unusedId = (used: ReadonlySet<string>, now: Date): string => {
  const id = `k${now.toISOString().replaceAll(/\D/g, '').slice(0, 14)}`;
  const more = 'abcdefghijklmnopqrstuvwxyz'.split('').map((letter) => `${id}${letter}`);
  const free = [id, ...more].find((one) => !used.has(one));
  if (free === undefined) throw new Error('so many keys are made in no second');
  return free;
};

/** Throws an Error when the file is not there, is empty, or holds anything but keys. */
export const readVault = (file: string): Vault => {
  const keys = keysIn(readFileSync(file, 'utf8'), file);
  const [first, ...others] = keys;
  if (!first) throw new Error(`${file} holds no key`);
  // One id, two keys: what the one sealed the other would not open.
  if (new Set(keys.map((key) => key.id)).size < keys.length) throw new Error(`${file}: every key needs an id of its own`);
  return vaultOf([first, ...others]);
};

/** A new key in front of the file's others (made, with mode 0600, when there is none); its id. What older keys sealed still opens. */
export const addVaultKey = (file: string, now: Date): string => {
  const older = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const id = unusedId(new Set(keysIn(older, file).map((key) => key.id)), now);
  mkdirSync(dirname(file), { recursive: true });
  // Whole or not at all: a power cut in the middle must not take the older keys along.
  const draft = `${file}.new`;
  const text = openSync(draft, 'w', 0o600);
  writeSync(text, `${id} ${randomBytes(32).toString('hex')}\n${older}`);
  fsyncSync(text);
  closeSync(text);
  chmodSync(draft, 0o600);
  renameSync(draft, file);
  return id;
};

const vaultOf = (keys: readonly [Key, ...Key[]]): Vault => {
  const [current, ...others] = keys;
  const byId = new Map(keys.map((key) => [key.id, key]));
  return {
    keyIds: [current.id, ...others.map((key) => key.id)],
    seal: (secret, label) => {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv(algorithm, current.bytes, nonce).setAAD(Buffer.from(label));
      const body = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
      return `${current.id}.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')}`;
    },
    open: (sealed, label) => {
      const [id = '', text = ''] = sealed.split('.');
      const key = byId.get(id);
      if (!key) throw new Error(`the key ${id} that sealed this secret is not in the key file`);
      const bytes = Buffer.from(text, 'base64url');
      const decipher = createDecipheriv(algorithm, key.bytes, bytes.subarray(0, nonceBytes)).setAAD(Buffer.from(label));
      decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
      return Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]).toString('utf8');
    },
  };
};

/** The id of the key that sealed this. */
export const sealedUnder = (sealed: string): string => sealed.split('.')[0] ?? '';
