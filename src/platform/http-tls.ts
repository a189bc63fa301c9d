// The certificate of the HTTPS listener, read again when its files change; a pair that does not fit leaves the old one in place.
import { unwatchFile, watchFile } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';

export interface TlsFiles {
  /** Paths of PEM files: the certificate with its chain, and its private key. */
  readonly cert: string;
  readonly key: string;
}

export interface TlsPair {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Both files, seen to fit together. Throws what the file system or OpenSSL says. */
export const readTls = async (files: TlsFiles): Promise<TlsPair> => {
  const [cert, key] = await Promise.all([readFile(files.cert), readFile(files.key)]);
  createSecureContext({ cert, key });
  return { cert, key };
};

export interface TlsWatch {
  stop(): void;
}

/**
 * Calls `use` with the new pair after either file changed, `fail` when they cannot be used (one of the two is not written yet: the
 * other's change tries again). Looks every `everyMs`; follows symbolic links that are pointed elsewhere.
 */
export const watchTls = (files: TlsFiles, everyMs: number, on: { use(pair: TlsPair): void; fail(error: unknown): void }): TlsWatch => {
  // Polling: rename and symlink swaps (certbot, Kubernetes) replace the inode that fs.watch would hold on to.
  const changed = (): void => {
    readTls(files).then(on.use, on.fail);
  };
  watchFile(files.cert, { interval: everyMs, persistent: false }, changed);
  watchFile(files.key, { interval: everyMs, persistent: false }, changed);
  return {
    stop: () => {
      unwatchFile(files.cert, changed);
      unwatchFile(files.key, changed);
    },
  };
};
