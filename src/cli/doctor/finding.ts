// What a check of the doctor says: one line, and what to do about it. A check looks and never mends.
import type { Config } from '../../config/types.ts';
import type { AdminPort, Io, Kinds } from '../ports.ts';

export interface Finding {
  /** `bad`: the gateway does not work or money is at risk. `warn`: it works, but not as it should. */
  readonly level: 'ok' | 'warn' | 'bad';
  readonly about: string;
  readonly text: string;
  /** Null when nothing has to be done. */
  readonly todo: string | null;
}

export interface Checkup {
  readonly config: Config;
  readonly io: Io;
  readonly kinds: Kinds;
  /** The gateway that runs on this data folder; null when none does. */
  readonly running: AdminPort | null;
  /** Opens the stored truth for a question, when no gateway runs. */
  readonly openAdmin: () => Promise<{ readonly admin: AdminPort; close(): Promise<void> }>;
  /** Where this program is installed. */
  readonly folder: string;
}

export type Check = (checkup: Checkup) => Promise<readonly Finding[]>;

export const ok = (about: string, text: string): Finding => ({ level: 'ok', about, text, todo: null });
export const warn = (about: string, text: string, todo: string): Finding => ({ level: 'warn', about, text, todo });
export const bad = (about: string, text: string, todo: string): Finding => ({ level: 'bad', about, text, todo });

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message || error.name : String(error));
export const codeOf = (error: unknown): string | null =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
