// What the command line asks of a running gateway, by name.
import type { Opened } from './open.ts';

/** What a verb works with. */
export type Parts = Pick<Opened, 'core' | 'db'>;
/** Throws an Error (or a Refused) whose words the person reads. */
export type Verb<P = Parts> = (opened: P, args: Record<string, unknown>) => Promise<unknown>;
